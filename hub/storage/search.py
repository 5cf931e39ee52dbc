"""Finding things by what somebody typed, in PostgreSQL (`pg_trgm`, `unaccent`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from string import ascii_lowercase
from typing import Final
from uuid import UUID

from hub.model import PropertyScope
from hub.model.ids import earliest
from hub.people.units import unit_name
from hub.ports.search import FoundEvent, FoundMessage, FoundPerson, FoundPlace
from hub.resilience.database_time import NOW
from hub.storage.database import Store, load, read, storable
from hub.storage.filters import listed

_SQL = load("search")
_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
_DAYS_BACK: Final = (7, 62)
"""Where events are looked for first: of a common word the newest are wanted, not all."""
_LEAST_NEAR: Final = 4
"""Letters of a word that may have a typing error: a shorter one is like too many others."""
_ROLES_SHOWN: Final = 3
_BEGINS: Final = ":*"
"""In a query: the word begins so."""
_NO_PLACE: Final = "'@'"
"""What no event has."""


class PostgresSearch(Store):
    """The SearchStore."""

    async def people_called(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPerson]:
        found = await self._called(_beginning(words), words, limit, places)
        if len(found) < limit and any(len(word) >= _LEAST_NEAR for word in words):
            known = {person.ref for person in found}
            nearly = await self._nearly_called(words, limit, places)
            found = [*found, *(person for person in nearly if person.ref not in known)][:limit]
        return await self._with_roles(found, places)

    async def people_at(
        self, part: str, *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPerson]:
        there, asked = _there(places, first_free=3)
        rows = await self.rows(_SQL["at"].format(there=there), f"%{_literal(part)}%", limit, *asked)
        return await self._with_roles([read(FoundPerson, row) for row in rows], places)

    async def people(self, refs: Collection[str], *, places: PropertyScope = None) -> Sequence[FoundPerson]:
        there, asked = _there(places, first_free=2)
        given = [storable(ref) for ref in sorted(refs)]
        rows = await self.rows(_SQL["people"].format(there=there), given, *asked)
        return await self._with_roles([read(FoundPerson, row) for row in rows], places)

    async def units(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPlace]:
        statement = _SQL["units"].format(words=_each("words", words))
        rows = await self.rows(statement, _patterns(words), list(words), limit, listed(places))
        return [_named(read(FoundPlace, row)) for row in rows]

    async def copropiedades(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundPlace]:
        rows = await self.rows(_SQL["copropiedades"], _patterns(words), list(words), limit, listed(places))
        return [read(FoundPlace, row) for row in rows]

    async def places(self, ids: Collection[str], *, places: PropertyScope = None) -> Sequence[FoundPlace]:
        rows = await self.rows(_SQL["places"], [storable(text) for text in sorted(ids)], listed(places))
        return [_named(read(FoundPlace, row)) for row in rows]

    async def events(
        self, words: Collection[str], keys: Collection[UUID], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundEvent]:
        given = [storable(word) for word in sorted(words)]
        rows = await self.rows(_SQL["events"], given, sorted(keys), limit, listed(places))
        return [read(FoundEvent, row) for row in rows]

    async def events_about(
        self, words: Sequence[str], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundEvent]:
        found: list[FoundEvent] = []
        query = f"{_beginning(words)}{_in_places(places)}"
        for until, since in pairwise(_bounds(NOW())):
            wanted = limit - len(found)
            statement = _SQL["events_about"].format(since=since, until=until)
            rows = await self.rows(statement, query, wanted)
            found += [read(FoundEvent, row) for row in rows]
            if len(found) >= limit:
                break
        return found

    async def messages(
        self, ids: Collection[UUID], *, places: PropertyScope = None
    ) -> Sequence[FoundMessage]:
        rows = await self.rows(_SQL["messages"], sorted(ids), listed(places))
        return [read(FoundMessage, row) for row in rows]

    async def messages_of(
        self, events: Collection[UUID], *, limit: int, places: PropertyScope = None
    ) -> Sequence[FoundMessage]:
        rows = await self.rows(_SQL["messages_of"], list(events), limit, listed(places))
        return [read(FoundMessage, row) for row in rows]

    async def _called(
        self, query: str, words: Sequence[str], limit: int, places: PropertyScope
    ) -> list[FoundPerson]:
        there, asked = _there(places, first_free=4)
        rows = await self.rows(_SQL["called"].format(there=there), query, list(words), limit, *asked)
        return [read(FoundPerson, row) for row in rows]

    async def _nearly_called(
        self, words: Sequence[str], limit: int, places: PropertyScope
    ) -> list[FoundPerson]:
        """Find who has words with one typing error: most of these nobody has, so that is asked first."""
        meant = [sorted(_mistyped(word)) for word in words]
        asked = sorted({word for choices in meant for word in choices if not word.endswith(_BEGINS)})
        known = {row["word"] for row in await self.rows(_SQL["known_words"], asked)}
        known |= {f"{word}{_BEGINS}" for word in words}
        parts = [[word for word in choices if word in known] for choices in meant]
        if not all(parts) or all(choices == [word] for choices, word in zip(parts, words, strict=True)):
            return []
        query = " & ".join(f"({' | '.join(choices)})" for choices in parts)
        return await self._called(query, words, limit, places)

    async def _with_roles(
        self, people: Sequence[FoundPerson], places: PropertyScope
    ) -> Sequence[FoundPerson]:
        if not people:
            return []
        roles: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for row in await self.rows(_SQL["roles"], [person.ref for person in people], listed(places)):
            unit = "" if row["label"] is None else unit_name(row["tower"], row["label"])
            roles[row["person_id"]].append((row["role"], unit, row["copropiedad"]))
        return [replace(person, roles=roles[person.ref][:_ROLES_SHOWN]) for person in people]


def _there(places: PropertyScope, *, first_free: int) -> tuple[str, Sequence[object]]:
    """Make the condition that a person belongs to the places, and its parameters."""
    if places is None:
        return "true", ()
    return _SQL["there"].partition("\n")[2].format(places=f"${first_free}"), (listed(places),)


def _beginning(words: Sequence[str]) -> str:
    """Make the query for all of the words, each as the beginning of one: `maria:* & go:*`."""
    # Plain words are letters and figures: nothing in them is a sign of the query.
    return " & ".join(f"{word}{_BEGINS}" for word in words)


def _mistyped(word: str) -> set[str]:
    """Return the word, and what it was with one letter more, less, other, or exchanged with the next."""
    if len(word) < _LEAST_NEAR:
        return {f"{word}{_BEGINS}"}
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return {
        word,
        *(f"{head}{tail[1:]}" for head, tail in parts if tail),
        *(f"{head}{tail[1]}{tail[0]}{tail[2:]}" for head, tail in parts if len(tail) > 1),
        *(f"{head}{letter}{tail[1:]}" for head, tail in parts if tail for letter in ascii_lowercase),
        *(f"{head}{letter}{tail}" for head, tail in parts for letter in ascii_lowercase),
    }


def _in_places(places: PropertyScope) -> str:
    """Make the end of a query for what belongs to one of the places."""
    if places is None:
        return ""
    return f" & ({' | '.join(_quoted(f'@{place}') for place in sorted(places)) or _NO_PLACE})"


def _quoted(lexeme: str) -> str:
    escaped = (storable(lexeme) or "").replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _bounds(now: datetime) -> Iterator[UUID]:
    """Yield where to look up to; by days, because each is part of a statement that is prepared."""
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
