"""
Words that name several things together, in any order: `avila 302`, `302 rosal humedad`.

A person is sought by a name and the number of a unit, within the buildings that a word names; what is left
are words of a subject of theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from hub.desk.search import queries
from hub.desk.search.recognise import Sought
from hub.desk.search.rows import FoundEvent, FoundPerson, FoundPlace
from hub.model import PropertyScope
from hub.storage.database import Database

_MOST: Final = 4
"""Words besides numbers that are tried."""
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
    called = await queries.known_names(db, others)
    return await _Together(db, numbers, others, called, limit).found(reach)


class _Together:
    """One search: the numbers of a unit, the other words, and those of them with which a name begins."""

    def __init__(
        self,
        db: Database,
        numbers: Sequence[str],
        others: Sequence[str],
        called: Collection[str],
        limit: int,
    ) -> None:
        self._db, self._numbers, self._others = db, numbers, others
        self._called, self._limit = frozenset(called), limit

    async def found(self, reach: SearchReach) -> Together:
        if self._numbers and (people := await self._people(self._others, reach.named, self._limit)):
            return Together(people=people)
        of_buildings, buildings = await self._buildings(reach.places)
        names = [word for word in self._others if word not in of_buildings]
        here = _both(reach.named, buildings)
        if self._numbers and not names:
            return Together(units=await self._numbered(_both(reach.places, buildings), self._limit))
        if of_buildings and names and (people := await self._people(names, here, self._limit)):
            return Together(people=people)
        if events := await self._about(names, here, _both(reach.worded, buildings)):
            return Together(events=events)
        # The many words that may have been meant are looked up last.
        return Together(people=await self._nearly(names, here) if self._numbers else ())

    async def _people(self, names: Sequence[str], places: PropertyScope, limit: int) -> Sequence[FoundPerson]:
        if not self._numbers:
            return await queries.people_called(self._db, names, limit=limit, places=places)
        choices = [[word] if word in self._called else [] for word in names]
        return await self._at_home(choices, places, limit)

    async def _nearly(self, names: Sequence[str], places: PropertyScope) -> Sequence[FoundPerson]:
        """Find people by words of which each may have a typing error."""
        meant = await queries.meant(self._db, names)
        typed = [[word] if word in self._called else [] for word in names]
        choices = [near or word for near, word in zip(meant, typed, strict=True)]
        return await self._at_home(choices, places, self._limit) if choices != typed else ()

    async def _at_home(
        self, names: Sequence[Sequence[str]], places: PropertyScope, limit: int
    ) -> Sequence[FoundPerson]:
        # The homes are thousands: they are not looked through for what nobody is called.
        if not all(names):
            return ()
        return await queries.people_at_home(self._db, self._numbers, names, limit=limit, places=places)

    async def _numbered(self, places: PropertyScope, limit: int) -> Sequence[FoundPlace]:
        return await queries.units(self._db, self._numbers, limit=limit, places=places)

    async def _buildings(self, places: PropertyScope) -> tuple[Collection[str], Collection[str] | None]:
        """Return the words that name buildings, and these buildings; None where no word does."""
        asked = [word for word in self._others if len(word) >= _LEAST]
        # What somebody is called is no building's name with a typing error: Inés is not in Jardines.
        near = [word for word in asked if word not in self._called]
        named = await queries.buildings_named(self._db, asked, near=near, places=places)
        words: list[str] = []
        ids: frozenset[str] | None = None
        for word in asked:
            here = named.get(word, frozenset())
            both = here if ids is None else here & ids
            if both:
                words.append(word)
                ids = both
        return words, ids

    async def _about(
        self, words: Sequence[str], here: PropertyScope, worded: PropertyScope
    ) -> Sequence[FoundEvent]:
        """Find events of a subject: of the people whom the other words name, or of the units."""
        subject = [word for word in words if word not in self._called and len(word) >= _LEAST]
        names = [word for word in words if word in self._called]
        if not subject:
            return ()
        if not names and not self._numbers:
            return await queries.events_about(self._db, subject, limit=self._limit, places=worded)
        units = await self._units(names, here)
        return await queries.events_of_units(self._db, subject, units, limit=self._limit, places=worded)

    async def _units(self, names: Sequence[str], here: PropertyScope) -> Collection[str]:
        """Return the units that the words name."""
        if not names:
            return {place.id for place in await self._numbered(here, _MANY)}
        people = await self._people(names, here, _MANY)
        return await queries.homes_of(self._db, [person.ref for person in people])


def _both(places: PropertyScope, buildings: Collection[str] | None) -> PropertyScope:
    if buildings is None:
        return places
    return frozenset(buildings) if places is None else frozenset(buildings) & places
