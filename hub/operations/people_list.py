"""The list of people: who is there, by which channels they can be reached, who is not to be contacted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from hub.model import PropertyScope
from hub.people.masking import mask_name
from hub.people.readiness import ways_to
from hub.policy import Policy
from hub.ports.people_list import ListedPerson, PeopleFilter, PeopleListStore

_PAGE: Final = 500
MOST: Final = 2000
"""People to look at for one page: who cannot be reached is found by looking, and may be rare."""


class RoleRow(Struct, kw_only=True):
    """A role now. Without a copropiedad it is of the company."""

    role: str
    copropiedad_id: str | None
    copropiedad: str | None
    unit_id: str | None
    unit: str | None


class PersonRow(Struct, kw_only=True):
    """A person of the directory; the name is masked unless it was asked for whole."""

    person: str
    name: str
    roles: list[RoleRow]
    ways: Annotated[list[str], Meta(description="The channels that reach them: `email`, `sms`, `push`.")]
    do_not_contact: Annotated[str | None, Meta(description="The reason of the mark in force.")]


class PeoplePage(Struct, kw_only=True):
    """A page of people by reference. One may have fewer rows than asked for, and yet a next one."""

    items: list[PersonRow]
    next: Annotated[str | None, Meta(description="The reference after which the next page begins.")]


async def list_people(
    store: PeopleListStore,
    asked: PeopleFilter,
    *,
    policy: Policy,
    now: datetime,
    after: str | None = None,
    limit: int,
    places: PropertyScope = None,
    whole: bool = False,
) -> PeoplePage:
    """List people, or only those whom no electronic channel reaches."""
    rows: list[PersonRow] = []
    seen, start = 0, after or ""
    while seen < MOST:
        size = _PAGE if asked.unreachable else limit + 1
        found = await store.people(asked, after=start, limit=size, places=places)
        gone = await _suppressed_of(store, found, policy, now)
        for listed in found:
            row = _row(listed, gone, now, whole=whole)
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
    store: PeopleListStore, found: Sequence[ListedPerson], policy: Policy, now: datetime
) -> Collection[tuple[str, str]]:
    addresses = {point.value for listed in found for point in listed.person.contact_points}
    return {
        (dead.address, dead.channel)
        for dead in await store.dead(addresses)
        if dead.holds(policy.suppression_for(dead.channel), now)
    }


def _row(listed: ListedPerson, gone: Collection[tuple[str, str]], now: datetime, *, whole: bool) -> PersonRow:
    person, mark = listed.person, listed.person.mark
    return PersonRow(
        person=person.ref,
        name=person.name if whole else mask_name(person.name),
        roles=convert(list(listed.roles), list[RoleRow], from_attributes=True),
        ways=sorted(ways_to(person, gone)),
        do_not_contact=mark.reason if mark is not None and mark.holds(now) else None,
    )
