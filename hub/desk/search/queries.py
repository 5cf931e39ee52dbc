"""
Things found by typed words, in PostgreSQL (`pg_trgm`, `unaccent`).

Never more than `limit` rows, the best first. `words` are lower case without accents; each begins a word of
the row. With `places`, rows of other places are not found; a person belongs where a membership of theirs
lasts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from string import ascii_lowercase
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from hub.desk.search.rows import FoundCommunication, FoundEvent, FoundMessage, FoundPerson, FoundPlace
from hub.model import PropertyScope
from hub.model.ids import earliest
from hub.people.units import own_name, unit_name
from hub.resilience.database_time import NOW
from hub.storage.database import Database, beside, read, storable
from hub.storage.filters import listed

_SQL: Final = beside(__file__)
_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
_DAYS_BACK: Final = (7, 62)
"""Days of the first looks for events: a common word wants the newest, not all."""
_LEAST_NEAR: Final = 4
"""Letters of a word that may have a typing error: a shorter one is like too many others."""
_ROLES_SHOWN: Final = 3
_FEW_PLACES: Final = 5
"""Places whose people are read before they are looked through."""
_BEGINS: Final = ":*"
"""In a query: the word begins so."""
_NO_PLACE: Final = "'@'"
"""A word that no event has."""


async def people_called(
    db: Database, words: Sequence[str], *, limit: int, places: PropertyScope = None
) -> Sequence[FoundPerson]:
    """Find people by all words of a name, in any order; where these are few, also with typing errors."""
    found = await _called(db, _beginning(words), words, limit, places)
    if len(found) < limit and any(len(word) >= _LEAST_NEAR for word in words):
        known = {person.ref for person in found}
        nearly = await _nearly_called(db, words, limit, places)
        found = [*found, *(person for person in nearly if person.ref not in known)][:limit]
    return await _with_roles(db, found, places)


async def people_at(
    db: Database, part: str, *, limit: int, places: PropertyScope = None
) -> Sequence[FoundPerson]:
    """Find people by a part of an e-mail address or a telephone number."""
    there, asked = _there(places, first_free=3)
    rows = await db.rows(_SQL["at"].format(there=there), f"%{_literal(part)}%", limit, *asked)
    return await _with_roles(db, [read(FoundPerson, row) for row in rows], places)


async def people(
    db: Database, refs: Collection[str], *, places: PropertyScope = None
) -> Sequence[FoundPerson]:
    """Return these people."""
    there, asked = _there(places, first_free=2)
    given = [storable(ref) for ref in sorted(refs)]
    rows = await db.rows(_SQL["people"].format(there=there), given, *asked)
    return await _with_roles(db, [read(FoundPerson, row) for row in rows], places)


async def units(
    db: Database, words: Sequence[str], *, limit: int, places: PropertyScope = None
) -> Sequence[FoundPlace]:
    """Find units by id, tower and label."""
    statement = _SQL["units"].format(words=_each("words", words))
    rows = await db.rows(statement, _patterns(words), list(words), limit, listed(places))
    return [_named(read(FoundPlace, row)) for row in rows]


async def copropiedades(
    db: Database, words: Sequence[str], *, limit: int, places: PropertyScope = None
) -> Sequence[FoundPlace]:
    """Find copropiedades by id, name and address."""
    rows = await db.rows(_SQL["copropiedades"], _patterns(words), list(words), limit, listed(places))
    return [read(FoundPlace, row) for row in rows]


async def buildings_named(
    db: Database, words: Sequence[str], *, near: Collection[str], places: PropertyScope = None
) -> Mapping[str, frozenset[str]]:
    """Return word → copropiedades that have it; of those `near` also with typing errors."""
    nearly = [word in near and len(word) >= _LEAST_NEAR for word in words]
    rows = await db.rows(_SQL["buildings_named"], _patterns(words), list(words), nearly, listed(places))
    return {row["word"]: frozenset(row["ids"]) for row in rows}


async def known_places(
    db: Database, ids: Collection[str], *, places: PropertyScope = None
) -> Sequence[FoundPlace]:
    """Return the units and copropiedades with these ids."""
    rows = await db.rows(_SQL["places"], [storable(text) for text in sorted(ids)], listed(places))
    return [_named(read(FoundPlace, row)) for row in rows]


async def events(
    db: Database, words: Collection[str], keys: Collection[UUID], *, limit: int, places: PropertyScope = None
) -> Sequence[FoundEvent]:
    """Find events by the publisher's id or by key, newest first."""
    given = [storable(word) for word in sorted(words)]
    rows = await db.rows(_SQL["events"], given, sorted(keys), limit, listed(places))
    return [read(FoundEvent, row) for row in rows]


async def people_at_home(
    db: Database,
    numbers: Sequence[str],
    names: Sequence[Sequence[str]],
    *,
    limit: int,
    places: PropertyScope = None,
) -> Sequence[FoundPerson]:
    """Find people by numbers of their unit and a word of their name, of each of several choices."""
    patterns = [rf"\m({'|'.join(words)})" for words in names]
    statement = _SQL["at_home"].format(words=_each("words", numbers))
    rows = await db.rows(statement, _patterns(numbers), patterns, limit, listed(places))
    return await _with_roles(db, [read(FoundPerson, row) for row in rows], places)


async def homes_of(db: Database, people: Collection[str]) -> Collection[str]:
    """Return the units in which these people live or own."""
    return {row["id"] for row in await db.rows(_SQL["homes"], sorted(people))}


async def known_names(db: Database, words: Sequence[str]) -> Collection[str]:
    """Return the words with which the name of somebody begins."""
    found = await _known(db, [f"{word}{_BEGINS}" for word in words])
    return {word for word in words if f"{word}{_BEGINS}" in found}


async def meant(db: Database, words: Sequence[str]) -> Sequence[Sequence[str]]:
    """Return the words of names that each may be, with one typing error; none for a short word."""
    # Most that it might be nobody has.
    nearly = [sorted(_mistyped(word)) for word in words]
    known = await _known(db, sorted({word for choices in nearly for word in choices}))
    return [[word for word in choices if word in known] for choices in nearly]


async def _known(db: Database, words: Sequence[str]) -> Collection[str]:
    """Return those of the words, or beginnings of words, that the name of somebody has."""
    return {row["word"] for row in await db.rows(_SQL["known_words"], words)}


async def events_about(
    db: Database, words: Sequence[str], *, limit: int, places: PropertyScope = None
) -> Sequence[FoundEvent]:
    """Find events by words of the fields from which their subjects are made, newest first."""
    found: list[FoundEvent] = []
    query = f"{_beginning(words)}{_in_places(places)}"
    for until, since in pairwise(_bounds(NOW())):
        wanted = limit - len(found)
        statement = _SQL["events_about"].format(since=since, until=until)
        rows = await db.rows(statement, query, wanted)
        found += [read(FoundEvent, row) for row in rows]
        if len(found) >= limit:
            break
    return found


async def events_of_units(
    db: Database, words: Sequence[str], units: Collection[str], *, limit: int, places: PropertyScope = None
) -> Sequence[FoundEvent]:
    """Find events about these units by words of their subjects, newest first."""
    if not units:
        return []
    rows = await db.rows(_SQL["events_of_units"], _beginning(words), limit, sorted(units), listed(places))
    return [read(FoundEvent, row) for row in rows]


async def communications(
    db: Database, words: Sequence[str], *, limit: int, places: PropertyScope, who: str
) -> Sequence[FoundCommunication]:
    """Find communications by the beginnings of their words, the last changed first."""
    rows = await db.rows(_SQL["communications"], _beginning(words), limit, listed(places), who)
    return [read(FoundCommunication, row) for row in rows]


async def messages(
    db: Database, ids: Collection[UUID], *, places: PropertyScope = None
) -> Sequence[FoundMessage]:
    """Return these messages."""
    rows = await db.rows(_SQL["messages"], sorted(ids), listed(places))
    return [read(FoundMessage, row) for row in rows]


async def messages_of(
    db: Database, events: Collection[UUID], *, limit: int, places: PropertyScope = None
) -> Sequence[FoundMessage]:
    """Return some messages of each of these events, in the order of the events."""
    rows = await db.rows(_SQL["messages_of"], list(events), limit, listed(places))
    return [read(FoundMessage, row) for row in rows]


async def _called(
    db: Database, query: str, words: Sequence[str], limit: int, places: PropertyScope
) -> list[FoundPerson]:
    there, asked = _there(places, first_free=4)
    rows = await db.rows(_SQL["called"].format(there=there), query, list(words), limit, *asked)
    return [read(FoundPerson, row) for row in rows]


async def _nearly_called(
    db: Database, words: Sequence[str], limit: int, places: PropertyScope
) -> list[FoundPerson]:
    """Find people by words with one typing error; a short word is the beginning of one."""
    nearly = zip(words, await meant(db, words), strict=True)
    parts = [found if len(word) >= _LEAST_NEAR else [f"{word}{_BEGINS}"] for word, found in nearly]
    if not all(parts) or all(choices == [word] for choices, word in zip(parts, words, strict=True)):
        return []
    query = " & ".join(f"({' | '.join(choices)})" for choices in parts)
    return await _called(db, query, words, limit, places)


async def _with_roles(
    db: Database, people: Sequence[FoundPerson], places: PropertyScope
) -> Sequence[FoundPerson]:
    if not people:
        return []
    roles: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    buildings: defaultdict[str, set[str]] = defaultdict(set)
    for row in await db.rows(_SQL["roles"], [person.ref for person in people], listed(places)):
        unit = "" if row["label"] is None else unit_name(row["tower"], row["label"])
        roles[row["person_id"]].append((row["role"], unit, row["copropiedad"]))
        buildings[row["person_id"]] |= {own_name(row["building"])} if row["building"] else set()
    return [
        replace(
            person,
            roles=roles[person.ref][:_ROLES_SHOWN],
            building=min(buildings[person.ref]) if len(buildings[person.ref]) == 1 else "",
        )
        for person in people
    ]


def _there(places: PropertyScope, *, first_free: int) -> tuple[str, Sequence[object]]:
    """Make the condition that a person belongs to the places, and its parameters."""
    if places is None:
        return "true", ()
    condition = _SQL["there" if len(places) <= _FEW_PLACES else "of_many"].partition("\n")[2]
    return condition.format(places=f"${first_free}"), (listed(places),)


def _beginning(words: Sequence[str]) -> str:
    """Make the query for all of the words, each as the beginning of one: `maria:* & go:*`."""
    # Plain words are letters and figures: nothing in them is a sign of the query.
    return " & ".join(f"{word}{_BEGINS}" for word in words)


def _mistyped(word: str) -> set[str]:
    """Return the word, and each word with one letter more, less, other, or exchanged with the next."""
    if len(word) < _LEAST_NEAR:
        return set()
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return {
        word,
        *(f"{head}{tail[1:]}" for head, tail in parts if tail),
        *(f"{head}{tail[1]}{tail[0]}{tail[2:]}" for head, tail in parts if len(tail) > 1),
        *(f"{head}{letter}{tail[1:]}" for head, tail in parts if tail for letter in ascii_lowercase),
        *(f"{head}{letter}{tail}" for head, tail in parts for letter in ascii_lowercase),
    }


def _in_places(places: PropertyScope) -> str:
    """Make the end of a query, which limits it to the places."""
    if places is None:
        return ""
    return f" & ({' | '.join(_quoted(f'@{place}') for place in sorted(places)) or _NO_PLACE})"


def _quoted(lexeme: str) -> str:
    escaped = (storable(lexeme) or "").replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _bounds(now: datetime) -> Iterator[UUID]:
    """Yield the bounds of each look; by days, because each is part of a statement that is prepared."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    yield _LAST
    for days in _DAYS_BACK:
        yield earliest(today - timedelta(days=days))
    yield _FIRST


def _each(of: str, words: Sequence[str]) -> str:
    """Make the condition that each pattern (`$1`) fits."""
    return " AND ".join(f"{of} LIKE ($1::text[])[{number}]" for number in range(1, len(words) + 1)) or "false"


def _patterns(words: Sequence[str]) -> list[str]:
    return [f"% {word}%" for word in words]


def _literal(part: str) -> str:
    """Leave nothing in it that LIKE reads as a sign."""
    return (storable(part) or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _named(place: FoundPlace) -> FoundPlace:
    return replace(place, name=unit_name(place.tower, place.name))
