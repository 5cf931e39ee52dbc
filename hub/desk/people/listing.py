"""List of people: their roles, the channels that reach them, and the marks against contact."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from msgspec import convert

from hub.desk.people.found import ListedPerson, PeopleFilter
from hub.desk.people.queries import PeopleList
from hub.desk.people.rows import PeoplePage, PersonRow, RoleRow
from hub.model import PropertyScope
from hub.people.masking import mask_name
from hub.people.readiness import ways_to
from hub.policy import Policy
from hub.ports.cases import Plain, nowhere_plain

_PAGE: Final = 500
MOST: Final = 2000
"""People to look at for one page: people out of reach are found by looking, and may be rare."""


async def listed(
    store: PeopleList,
    asked: PeopleFilter,
    *,
    policy: Policy,
    now: datetime,
    after: str | None = None,
    limit: int,
    places: PropertyScope = None,
    named: Plain = nowhere_plain,
) -> PeoplePage:
    """List people, or only those whom no electronic channel reaches; with names where they are `named`."""
    rows: list[PersonRow] = []
    seen, start = 0, after or ""
    while seen < MOST:
        size = _PAGE if asked.unreachable else limit + 1
        found = await store.people(asked, after=start, limit=size, places=places)
        gone = await _suppressed_of(store, found, policy, now)
        for one in found:
            row = _row(one, gone, now, named)
            if asked.unreachable and row.ways:
                continue
            if len(rows) == limit:
                return PeoplePage(items=rows, next=rows[-1].person)
            rows.append(row)
        if len(found) < size:
            return PeoplePage(items=rows, next=None)
        seen, start = seen + len(found), found[-1].person.ref
    return PeoplePage(items=rows, next=start)


async def _suppressed_of(
    store: PeopleList, found: Sequence[ListedPerson], policy: Policy, now: datetime
) -> Collection[tuple[str, str]]:
    addresses = {point.value for one in found for point in one.person.contact_points}
    return {
        (dead.address, dead.channel)
        for dead in await store.dead(addresses)
        if dead.holds(policy.suppression_for(dead.channel), now)
    }


def _row(listed: ListedPerson, gone: Collection[tuple[str, str]], now: datetime, named: Plain) -> PersonRow:
    person, mark = listed.person, listed.person.mark
    # Whose roles name no place is of the company.
    homes = {held.copropiedad_id for held in listed.roles} or {None}
    return PersonRow(
        person=person.ref,
        name=person.name if any(map(named, homes)) else mask_name(person.name),
        roles=convert(list(listed.roles), list[RoleRow], from_attributes=True),
        ways=sorted(ways_to(person, gone)),
        do_not_contact=mark.reason if mark is not None and mark.holds(now) else None,
    )
