"""Changes of a file: compare its entries with the directory's rows, and make the events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hub.model import Event, Json
from hub.model.ids import SHEET
from hub.people.erasing import LAST_VERSION
from hub.people.importing.entries import (
    COPROPIEDAD,
    HOURS,
    MEMBERSHIP,
    NOUNS,
    PERSON,
    STAFF_FACTS,
    UNIT,
    Entries,
    Facts,
    KnownDirectory,
    StoredEntry,
)
from hub.people.versions import entry_event

SOURCE: Final = "urn:hub:import"

Stored = Mapping[str, Mapping[str, StoredEntry]]
"""Noun → id → the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row to write, as the data of its event."""

    noun: str
    data: Mapping[str, Json]
    new: bool
    revived: bool = False
    """True for a row that was removed: the person may have left by their own will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    made: Sequence[Change]
    unchanged: Mapping[str, int]
    """Noun → how many rows match the file already."""
    foreign: Mapping[str, int]
    """Noun → how many rows belong to another system, the only one that may change them."""
    missing: Sequence[StoredEntry] = ()
    """Memberships of an earlier file that this file does not have."""
    ended: Sequence[Change] = field(default=())
    erased: Sequence[str] = ()
    """The people of the file whose data were erased at their request: nothing of them is written."""

    @property
    def revived(self) -> list[str]:
        """The removed people whom this file would restore."""
        return [change.data["person_id"] for change in self.made if change.revived and change.noun == PERSON]

    def counts(self) -> dict[str, dict[str, int]]:
        """Count by noun, in the order of writing."""
        new = Counter(change.noun for change in self.made if change.new)
        changed = Counter(change.noun for change in self.made if not change.new)
        return {
            noun: {
                "new": new[noun],
                "changed": changed[noun],
                "unchanged": self.unchanged.get(noun, 0),
                "foreign": self.foreign.get(noun, 0),
            }
            for noun in NOUNS
        }


def compare(entries: Entries, stored: Stored, known: KnownDirectory, *, now: datetime) -> Changes:
    """Return the changes that make the directory match the file."""
    made: list[Change] = []
    unchanged: Counter[str] = Counter()
    foreign: Counter[str] = Counter()
    erased = [ref for ref, before in stored[PERSON].items() if before.version == LAST_VERSION]
    for noun in NOUNS:
        for ref, facts in entries.facts[noun].items():
            before = stored[noun].get(ref)
            if erased and {ref, facts.get("person_id")}.intersection(erased):
                continue
            # A file may create a copropiedad, never change it: its address and branding come from elsewhere.
            if before is not None and (noun == COPROPIEDAD or not ref.startswith(SHEET)):
                foreign[noun] += 1
                continue
            data = {f"{noun}_id": ref, **_WHOLE[noun](facts, before.data if before else {})}
            if before is not None and not before.removed and data == before.data:
                unchanged[noun] += 1
            else:
                made.append(_change(noun, data, before))
    missing = _missing(entries, known, now)
    return Changes(
        made=made,
        unchanged=unchanged,
        foreign=foreign,
        missing=missing,
        ended=[_end(membership, now) for membership in missing],
        erased=erased,
    )


def events(changes: Iterable[Change], *, now: datetime) -> list[Event]:
    """Make the events of changes, in the form that other systems publish."""
    return [entry_event(change.noun, change.data, source=SOURCE, at=now) for change in changes]


def _change(noun: str, data: Mapping[str, Json], before: StoredEntry | None) -> Change:
    # Also after a removed row: it is kept so that its version wins over older events.
    version = 1 if before is None else before.version + 1
    revived = before is not None and before.removed
    return Change(
        noun=noun, data={**data, "version": version}, new=before is None or revived, revived=revived
    )


def _person(facts: Facts, before: Mapping[str, Json]) -> Facts:
    """Merge the file with what it does not have: devices, verification, values of empty cells."""
    kept = _kept(facts, before, locale="es", digital_access=True, large_print=False, document_hash=None)
    return {"names": facts["names"], **kept, "contact_points": _points(facts["points"], before)}


def _kept(facts: Facts, before: Mapping[str, Json], **defaults: Json) -> Facts:
    """Return these facts; where the file states none, the directory's value, or the default."""
    return {
        name: before.get(name, default) if facts[name] is None else facts[name]
        for name, default in defaults.items()
    }


def _points(wanted: Iterable[tuple[str, str]], before: Mapping[str, Json]) -> list[Json]:
    known = {(point["kind"], point["value"]): point for point in before.get("contact_points") or ()}
    points: list[Json] = []
    numbers: Counter[str] = Counter()
    taken = {
        point["id"] for key, point in known.items() if key in wanted or not point["id"].startswith(SHEET)
    }
    for kind, value in wanted:
        point = known.pop((kind, value), None)
        points.append(point or {"id": _point_id(kind, numbers, taken), "kind": kind, "value": value})
    return [*points, *(point for point in known.values() if not point["id"].startswith(SHEET))]


def _point_id(kind: str, numbers: Counter[str], taken: set[str]) -> str:
    while True:
        numbers[kind] += 1
        ref = f"{SHEET}{kind}-{numbers[kind]}"
        if ref not in taken:
            return ref


def _membership(facts: Facts, before: Mapping[str, Json]) -> Facts:
    kept = {name: before.get(name) or False for name in _FLAGS if facts.get(name, False) is None}
    kept |= {HOURS: before[HOURS]} if before.get(HOURS) else {}
    return {**facts, **kept}


_FLAGS: Final = ("on_call", "direction")


_WHOLE: Final[Mapping[str, Callable[[Facts, Mapping[str, Json]], dict[str, Any]]]] = {
    COPROPIEDAD: lambda facts, _: {"name": facts["name"], "towers": sorted(facts["towers"])},
    UNIT: lambda facts, before: {**facts, **_kept(facts, before, floor=None, coefficient=None)},
    PERSON: _person,
    MEMBERSHIP: _membership,
}


def _missing(entries: Entries, known: KnownDirectory, now: datetime) -> list[StoredEntry]:
    wanted = entries.facts[MEMBERSHIP]
    return [
        membership
        for membership in known.memberships
        if membership.id.startswith(SHEET)
        and membership.id not in wanted
        and (membership.until is None or membership.until > now)
    ]


def _end(membership: StoredEntry, now: datetime) -> Change:
    facts = membership.data
    data = {
        "membership_id": membership.id,
        "version": membership.version + 1,
        **{name: facts[name] for name in ("person_id", "scope", "role", "since")},
        **{name: facts[name] for name in (*STAFF_FACTS, HOURS) if name in facts},
        "until": now.isoformat(),
    }
    return Change(noun=MEMBERSHIP, data=data, new=False)
