"""The people of an audience now, counted and listed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Final

from hub.model import Json, Person, PropertyScope
from hub.people.audience import Group, Homes, at_home, within
from hub.people.headcount import Tally
from hub.people.masking import mask_name
from hub.policy import Policy
from hub.ports import HeadcountPage, Now, Page
from hub.storage import people
from hub.storage.database import Database, Runner, Store, load
from hub.storage.paging import read_ref, write_ref
from hub.storage.suppressions import Lasts, suppressed

_SQL = load("headcount")
_PAGE: Final = 500
"""People per page; between two pages other requests get their turn."""


class PostgresHeadcount(Store):
    """Names are masked unless `named`."""

    def __init__(self, database: Database, lasts: Lasts, policy: Policy, now: Now) -> None:
        super().__init__(database)
        self._lasts = lasts
        self._policy = policy
        self._now = now

    async def meant(
        self,
        groups: Sequence[Group],
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
        named: bool = False,
    ) -> HeadcountPage:
        """
        List people by ref, each person once; without `after`, also count the whole audience.

        Raises StorageRefused for a cursor that this list did not give.
        """
        async with self._database.transaction() as run:
            gone = await suppressed(run, self._lasts)
            tally = Tally(gone, self._policy, at=self._now(), after=read_ref(after), limit=limit)
            for group in within(groups, places, await _homes_of(run, groups) if places is not None else {}):
                if after is None:
                    async for found in _pages(run, group, places):
                        tally.add(found, group.opted_in)
                else:
                    found = await _behind(run, group, places, read_ref(after), limit + 1)
                    tally.add(found, group.opted_in)
        listed = tally.page
        cursor = write_ref(listed[-1].ref) if tally.more else None
        return HeadcountPage(
            headcount=tally.headcount if after is None else None,
            page=Page(items=[_member(person, named=named) for person in listed], next=cursor),
        )


async def _pages(run: Runner, group: Group, places: PropertyScope) -> AsyncIterator[Sequence[Person]]:
    if not group.paged:
        yield await _few(run, group, places)
        return
    after = ""
    while found := await people.page(run, group, after, _PAGE):
        yield found
        after = found[-1].ref


async def _behind(
    run: Runner, group: Group, places: PropertyScope, after: str, limit: int
) -> Sequence[Person]:
    """Return at least the first `limit` after `after`: a later page needs no more, not all 200,000."""
    if group.paged:
        return await people.page(run, group, after, limit)
    return await _few(run, group, places)


async def _few(run: Runner, group: Group, places: PropertyScope) -> Sequence[Person]:
    found = (await people.look_up(run, [group]))[group]
    if places is None or not group.nearest:
        return found
    return at_home(found, group, places, await _homes(run, [person.ref for person in found], []))


async def _homes_of(run: Runner, groups: Sequence[Group]) -> Homes:
    persons = [group.person for group in groups if group.person is not None]
    units = [group.unit_id for group in groups if group.unit_id is not None]
    return await _homes(run, persons, units)


async def _homes(run: Runner, persons: Sequence[str], units: Sequence[str]) -> Homes:
    homes: defaultdict[str, set[str]] = defaultdict(set)
    for row in await run.rows(_SQL["homes"], persons, units):
        homes[row["ref"]].add(row["place"])
    return dict(homes)


def _member(person: Person, *, named: bool) -> dict[str, Json]:
    return {
        "person": person.ref,
        "name": person.name if named else mask_name(person.name),
        "units": list(person.units),
        "left_out": person.left_out,
    }
