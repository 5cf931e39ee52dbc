"""
The rest of an event once a person is erased from it. Pure.

An event about the person alone keeps no free text: only ids, instants, numbers and words of lists. An event
that names others too loses the person's own fields, and each text that has a word of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.model import Json
from hub.people.audience.contacts import written_as

Path = tuple[str, ...]
"""The names of the fields that lead to a text; lists count for nothing: `("petitioner", "ref")`."""
Kept = frozenset[Path]
"""The texts that stay: instants, ids, numbers, words of a list. All others may tell of a person."""
LAST_VERSION: Final = 2**63 - 1
"""The greatest version of a directory entry: that of a person who was erased, so that none comes after it."""
STAFF: Final = frozenset({"agent", "assignee", "technician", "called", "by"})
"""Fields with people who act in their work: an event with them may still be about one person alone."""
_NAMED: Final = ("ref", "person_id", "subject_id")
_OF_WHOM: Final = ("person", "person_id", "subject_id", "person_ref")
"""Fields of an event, or of a clock, with the reference of the person whom it is about."""
_WRITER: Final = "sender"
"""The field with the address from which the person wrote."""
_REACHED: Final = ("email", "phone", "value", "address")
_FEWEST_DIGITS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """The erased people: their references, words of theirs in lower case, and their addresses as written."""

    refs: frozenset[str]
    words: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()

    def has(self, text: str) -> bool:
        """Return whether a text has a word of theirs."""
        lower = text.lower()
        return text in self.addresses or any(word in lower for word in self.words)


def strings(value: Json) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


def addresses_in(value: Json) -> dict[str, str]:
    """Return every text that may be an address → how messages write it."""
    found = (text for text in strings(value) if _may_be_address(text))
    return {text: written_as(text) or text for text in found}


def message_of(data: Json) -> UUID | None:
    """Return the message that an event of the hub's own is about."""
    named = data.get("message_id") if isinstance(data, Mapping) else None
    try:
        return UUID(named) if isinstance(named, str) else None
    except ValueError:
        return None


def concerns(data: Json, traces: Traces) -> bool:
    """Return whether a value names one of them, or has a word of theirs."""
    return any(text in traces.refs or traces.has(text) for text in strings(data))


def is_alone(data: Mapping[str, Json], traces: Traces) -> bool:
    """
    Return whether a value names nobody else, apart from staff at work.

    A reference goes before an address: who wrote is the person, from whatever address.
    """
    about = _about(data)
    if not about <= traces.refs:
        return False
    skipped = STAFF | {_WRITER} if about else STAFF
    rest = [value for name, value in data.items() if name not in skipped]
    return not any(_is_other(person, traces) for value in rest for person in _objects(value))


def names_them(data: Mapping[str, Json], traces: Traces) -> bool:
    """Return whether a value is about one of them, by reference."""
    return bool(_about(data) & traces.refs)


def _about(data: Mapping[str, Json]) -> frozenset[str]:
    found = (data.get(field) for field in _OF_WHOM)
    return frozenset(ref for ref in found if isinstance(ref, str))


def scrubbed(data: Json, traces: Traces, *, alone: bool, kept: Kept) -> Json:
    """Return what stays; `alone`: it is about them and nobody else, and of its texts only the `kept` stay."""
    return _scrubbed((), data, traces, alone=alone, kept=kept)


def _scrubbed(path: Path, value: Json, traces: Traces, *, alone: bool, kept: Kept) -> Json:
    if isinstance(value, str):
        stays = value in traces.refs or ((not alone or path in kept) and not traces.has(value))
        return value if stays else ""
    if isinstance(value, Mapping):
        own = alone or (bool(path) and _is_theirs(value, traces))
        return {
            name: _scrubbed((*path, name), part, traces, alone=own, kept=kept) for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        # Each has the path of the list: so an object in it may be theirs.
        return [_scrubbed(path or ("list",), part, traces, alone=alone, kept=kept) for part in value]
    return value


def _objects(value: Json) -> Iterator[Mapping[str, Json]]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _objects(part)


def _is_theirs(person: Mapping[str, Json], traces: Traces) -> bool:
    named = any(person.get(field) in traces.refs for field in _NAMED if isinstance(person.get(field), str))
    return named or any(traces.has(text) for field in _REACHED if isinstance(text := person.get(field), str))


def _is_other(person: Mapping[str, Json], traces: Traces) -> bool:
    is_person = bool(person.get("ref")) or ("name" in person and any(person.get(field) for field in _INLINE))
    return is_person and not _is_theirs(person, traces)


def _may_be_address(text: str) -> bool:
    return "@" in text or sum(sign.isdigit() for sign in text) >= _FEWEST_DIGITS


_INLINE: Final = frozenset({"email", "phone", "address"})
"""Fields that reach somebody whom no reference names; one who has left none has only a name."""


def without_inline(data: Json) -> Json:
    """Return a value without the people whom it names by an address and not by a reference."""
    if isinstance(data, Mapping):
        if not data.get("ref") and "name" in data and (_INLINE & data.keys() or data.keys() == {"name"}):
            return {**{key: data[key] for key in data.keys() - _INLINE}, "name": ""}
        return {key: without_inline(part) for key, part in data.items()}
    if isinstance(data, list | tuple):
        return [without_inline(part) for part in data]
    return data
