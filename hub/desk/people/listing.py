"""List of people: their roles, the channels that reach them, and the marks against contact."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from hub.desk.people.queries import PeopleList
from hub.desk.people.rows import PeoplePage, PeopleQuery, PersonRow, RoleRow
from hub.model import Person, PropertyScope
from hub.people.masking import mask_name
from hub.people.readiness import ways_to
from hub.policy import Policy
from hub.ports.cases import Plain, nowhere_plain

_PAGE: Final = 500
MOST: Final = 2000
"""People to look at for one page: people out of reach are found by looking, and may be rare."""


async def listed(
    store: PeopleList,
    asked: PeopleQuery,
    *,
    policy: Policy,
    now: datetime,
    places: PropertyScope = None,
    named: Plain = nowhere_plain,
) -> PeoplePage:
    """List people, or only those whom no electronic channel reaches; with names where they are `named`."""
    rows: list[PersonRow] = []
    seen, start = 0, asked.after or ""
    while seen < MOST:
        size = _PAGE if asked.unreachable else asked.limit + 1
        found = await store.people(asked, after=start, limit=size, places=places)
        addresses = {point.value for person, _ in found for point in person.contact_points}
        gone = {(dead.address, dead.channel) for dead in await store.suppressed(addresses, policy, now)}
        for person, roles in found:
            row = _row(person, roles, gone, now, named)
            if asked.unreachable and row.ways:
                continue
            if len(rows) == asked.limit:
                return PeoplePage(items=rows, next=rows[-1].person)
            rows.append(row)
        if len(found) < size:
            return PeoplePage(items=rows, next=None)
        seen, start = seen + len(found), found[-1][0].ref
    return PeoplePage(items=rows, next=start)


def _row(
    person: Person, roles: Sequence[RoleRow], gone: Collection[tuple[str, str]], now: datetime, named: Plain
) -> PersonRow:
    # Whose roles name no place is of the company.
    homes = {held.copropiedad_id for held in roles} or {None}
    return PersonRow(
        person=person.ref,
        name=person.name if any(map(named, homes)) else mask_name(person.name),
        roles=list(roles),
        ways=sorted(ways_to(person, gone)),
        do_not_contact=person.mark.reason if person.mark is not None and person.mark.holds(now) else None,
    )
