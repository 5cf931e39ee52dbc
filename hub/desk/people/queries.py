"""People as operators look for them, in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from asyncpg import Record

from hub.desk.people.history import CaseOfPerson, ChannelLately, DeadAddress, ReplyLine, RoleOverTime
from hub.desk.people.rows import (
    DuplicateRow,
    Housemate,
    JoinRow,
    PeoplePage,
    PeopleQuery,
    PersonRow,
    PossibleDuplicate,
    RoleRow,
)
from hub.model import Consent, Person, PropertyScope, Purpose
from hub.people.audience import Group
from hub.people.masking import mask_name
from hub.people.readiness import ways_to
from hub.people.units import unit_name
from hub.policy import Policy
from hub.ports.cases import Plain, nowhere_plain
from hub.storage import consents, people
from hub.storage.database import Runner, Store, beside, read, storable
from hub.storage.filters import listed

_SQL = beside(__file__)
ListedPerson: TypeAlias = tuple[Person, Sequence[RoleRow]]
"""A person with contact points, wishes and mark, and the roles that the caller may know of."""


_PAGE: Final = 500
MOST: Final = 2000
"""People to look at for one page: people out of reach are found by looking, and may be rare."""


class PeopleList(Store):
    """With `places`, only people, roles, cases and replies of these copropiedades are there."""

    async def people(
        self, asked: PeopleQuery, *, after: str, limit: int, places: PropertyScope = None
    ) -> Sequence[ListedPerson]:
        """
        List people by ref, from the one after `after`.

        `unreachable` is judged by the caller: the database cannot tell whether a channel reaches somebody.
        """
        rows = await self._found(asked, _within(asked, places), storable(after), limit)
        held = await self._roles([row["id"] for row in rows], places)
        return [(people.to_person(row), held[row["id"]]) for row in rows]

    async def _found(
        self, asked: PeopleQuery, within: PropertyScope, start: str | None, limit: int
    ) -> Sequence[Record]:
        """Read the page by the index that fits: one plan for all filters would fit none."""
        role = storable(asked.role)
        if within is not None or asked.unit is not None:
            scope = listed(within), storable(asked.unit)
            return await self.rows(_SQL["within"], *scope, role, asked.marked, start, limit)
        if asked.marked:
            return await self.rows(_SQL["marked"], role, start, limit)
        if role is not None:
            return await self.rows(_SQL["of_role"], role, start, limit)
        return await self.rows(_SQL["everywhere"], start, limit)

    async def _roles(self, refs: Sequence[str], places: PropertyScope) -> Mapping[str, Sequence[RoleRow]]:
        held: defaultdict[str, list[RoleRow]] = defaultdict(list)
        for row in await self.rows(_SQL["roles"], refs, listed(places)):
            held[row["person_id"]].append(read(RoleRow, row, unit=_unit(row)))
        return held

    async def held(self, ref: str, places: PropertyScope = None) -> Sequence[RoleRow]:
        """Return the roles of a person now."""
        clean = storable(ref) or ""
        return (await self._roles([clean], places))[clean]

    async def source_of(self, noun: str, ref: str) -> str | None:
        """Return the source that wrote an entry of the directory last."""
        rows = await self.rows(_SQL["source"], noun, storable(ref))
        return rows[0]["source"] if rows else None

    async def units_called(
        self, words: str, copropiedad: str | None, places: PropertyScope = None
    ) -> Sequence[str]:
        """Return the units with all these words, two at most: then they say too little."""
        rows = await self.rows(_SQL["units_called"], storable(words), storable(copropiedad), listed(places))
        return [row["id"] for row in rows]

    async def household(self, person: str, places: PropertyScope = None) -> Sequence[Housemate]:
        """Return the other people of the units of a person."""
        rows = await self.rows(_SQL["household"], storable(person), listed(places))
        return [read(Housemate, row, unit=_unit(row)) for row in rows]

    async def duplicates(self, person: str, places: PropertyScope = None) -> Sequence[PossibleDuplicate]:
        """Return the entries that may be the same person."""
        rows = await self.rows(_SQL["duplicates"], storable(person), listed(places))
        return [read(PossibleDuplicate, row) for row in rows]

    async def duplicates_of_place(self, copropiedad: str) -> Sequence[DuplicateRow]:
        """Return pairs of entries of a copropiedad that may be one person."""
        rows = await self.rows(_SQL["duplicates_of_place"], storable(copropiedad))
        return [read(DuplicateRow, row) for row in rows]

    async def roles_of(self, person: str) -> Sequence[str]:
        """Return the ids of the roles that a person has now."""
        return [row["id"] for row in await self.rows(_SQL["roles_of"], storable(person))]

    async def joins(self, person: str) -> Sequence[JoinRow]:
        return [read(JoinRow, row) for row in await self.rows(_SQL["joins"], storable(person))]

    @staticmethod
    async def add_join(run: Runner, ref: UUID, by: str, kept: str, other: str, written: bytes) -> None:
        await run.rows(_SQL["add_join"], ref, storable(by), storable(kept), storable(other), written)

    @staticmethod
    async def end_join(run: Runner, ref: UUID, kept: str) -> Sequence[Sequence[Any]] | None:
        """Take the note of a joining back; return what it has written, None if there is none."""
        rows = await run.rows(_SQL["end_join"], ref, storable(kept))
        return rows[0]["written"] if rows else None

    async def suppressed(
        self, addresses: Collection[str], policy: Policy, at: datetime
    ) -> Sequence[DeadAddress]:
        """Return those of the suppressions of these addresses that are in force."""
        found = await self.dead(addresses)
        return [dead for dead in found if dead.holds(policy.suppression_for(dead.channel), at)]

    async def dead(self, addresses: Collection[str]) -> Sequence[DeadAddress]:
        """Return the suppressions of these addresses, newest first, those that were lifted too."""
        rows = await self.rows(_SQL["dead"], [storable(address) for address in sorted(addresses)])
        return [read(DeadAddress, row) for row in rows]

    async def by_purpose(self, person: str, purposes: Collection[Purpose]) -> Mapping[Purpose, Person]:
        """Return a person with the contact facts of each of these purposes; empty without such a person."""
        group = Group(person=storable(person))
        found = (await people.look_up(self, [group]))[group]
        facts = {purpose: await consents.with_facts(self, purpose, found) for purpose in purposes}
        return {purpose: known[0] for purpose, known in facts.items() if known}

    async def ledger(self, person: str) -> Sequence[Consent]:
        """Return the person's consents and refusals, oldest first."""
        return await consents.ledger(self, {clean} if (clean := storable(person)) else ())

    async def terms(self, person: str, places: PropertyScope = None) -> Sequence[RoleOverTime]:
        """Return the memberships of a person, those that have ended too, newest first."""
        rows = await self.rows(_SQL["terms"], storable(person), listed(places))
        return [read(RoleOverTime, row, unit=_unit(row)) for row in rows]

    async def cases(self, person: str, *, limit: int, places: PropertyScope = None) -> Sequence[CaseOfPerson]:
        """Return the last cases of a person, each with the newest event about which it was written."""
        rows = await self.rows(_SQL["cases"], storable(person), limit, listed(places))
        return [read(CaseOfPerson, row) for row in rows]

    async def lately(self, person: str, *, places: PropertyScope = None) -> Sequence[ChannelLately]:
        """Return the last message to a person by each channel."""
        rows = await self.rows(_SQL["lately"], storable(person), listed(places))
        return [read(ChannelLately, row) for row in rows]

    async def replies(self, person: str, *, limit: int, places: PropertyScope = None) -> Sequence[ReplyLine]:
        """Return the last replies of a person."""
        rows = await self.rows(_SQL["replies"], storable(person), limit, listed(places))
        return [read(ReplyLine, row) for row in rows]


def _within(asked: PeopleQuery, places: PropertyScope) -> PropertyScope:
    if asked.copropiedad is None:
        return places
    chosen = frozenset({asked.copropiedad})
    return chosen if places is None else chosen & places


def _unit(row: Record) -> str | None:
    return None if row["label"] is None else unit_name(row["tower"], row["label"])


async def listing(
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
