"""
Words that name several things together, in any order: `avila 302`, `302 rosal humedad`.

A person is sought by a name and the number of a unit, within the buildings that a word names; what is left
are words of a subject of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.desk.search import queries
from hub.desk.search.recognise import Sought
from hub.desk.search.rows import FoundEvent, FoundPerson, FoundPlace
from hub.model import PropertyScope
from hub.storage.database import Database

_MOST: Final = 4
"""Words besides numbers that are tried: each asks for buildings."""
_MANY: Final = 50
"""People and units whose subjects are looked at."""
_LEAST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The people, units and events that all words together name."""

    people: Sequence[FoundPerson] = ()
    units: Sequence[FoundPlace] = ()
    events: Sequence[FoundEvent] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchReach:
    """The places of the caller, those whose people are sought by name, and those whose subjects are."""

    places: PropertyScope
    named: PropertyScope
    worded: PropertyScope


async def together(db: Database, sought: Sought, *, limit: int, reach: SearchReach) -> Together:
    """Find what the words name together; nothing where one word alone says it."""
    numbers, others = sought.numbers, sought.others[:_MOST]
    if len(numbers) + len(others) < 2 or not others:
        return Together()
    return await _Together(db, numbers, others, limit).found(reach)


class _Together:
    """One search: the numbers of a unit, and the other words."""

    def __init__(self, db: Database, numbers: Sequence[str], others: Sequence[str], limit: int) -> None:
        self._db, self._numbers, self._others, self._limit = db, numbers, others, limit

    async def found(self, reach: SearchReach) -> Together:
        if self._numbers and (people := await self._people(self._others, reach.named, self._limit)):
            return Together(people=people)
        of_buildings, buildings = await self._buildings(reach.places)
        names = [word for word in self._others if word not in of_buildings]
        here = _both(reach.named, buildings)
        if self._numbers and not names:
            there = _both(reach.places, buildings)
            return Together(
                units=await queries.units(self._db, self._numbers, limit=self._limit, places=there)
            )
        if of_buildings and names and (people := await self._people(names, here, self._limit)):
            return Together(people=people)
        if events := await self._about(names, here, _both(reach.worded, buildings)):
            return Together(events=events)
        # The many words that may have been meant are looked up last.
        near = await self._people(names, here, self._limit, near=True) if self._numbers else ()
        return Together(people=near)

    async def _people(
        self, names: Sequence[str], places: PropertyScope, limit: int, *, near: bool = False
    ) -> Sequence[FoundPerson]:
        if not self._numbers:
            return await queries.people_called(self._db, names, limit=limit, places=places)
        return await queries.people_at_home(
            self._db, self._numbers, names, limit=limit, places=places, near=near
        )

    async def _buildings(self, places: PropertyScope) -> tuple[Collection[str], Collection[str] | None]:
        """Return the words that name buildings, and these buildings; None where no word does."""
        words: list[str] = []
        ids: frozenset[str] | None = None
        for word in (word for word in self._others if len(word) >= _LEAST):
            found = await queries.copropiedades(self._db, [word], limit=_MANY, places=places)
            here = frozenset(place.id for place in found)
            both = here if ids is None else here & ids
            if both:
                words.append(word)
                ids = both
        return words, ids

    async def _about(
        self, words: Sequence[str], here: PropertyScope, worded: PropertyScope
    ) -> Sequence[FoundEvent]:
        """Find events of a subject: of the people whom the other words name, or of the units."""
        known = await queries.known_names(self._db, words)
        subject = [word for word in words if word not in known and len(word) >= _LEAST]
        names = [word for word in words if word in known]
        if not subject:
            return ()
        if not names and not self._numbers:
            return await queries.events_about(self._db, subject, limit=self._limit, places=worded)
        units = await self._units(names, here)
        places = _both(worded, set(units.values()))
        return await queries.events_about(
            self._db, subject, limit=self._limit, places=places, units=units.keys()
        )

    async def _units(self, names: Sequence[str], here: PropertyScope) -> Mapping[str, str]:
        """Return the units that the words name, each with its copropiedad."""
        if not names:
            found = await queries.units(self._db, self._numbers, limit=_MANY, places=here)
            return {place.id: place.copropiedad for place in found}
        people = await self._people(names, here, _MANY)
        return await queries.homes_of(self._db, [person.ref for person in people])


def _both(places: PropertyScope, buildings: Collection[str] | None) -> PropertyScope:
    if buildings is None:
        return places
    return frozenset(buildings) if places is None else frozenset(buildings) & places
