"""Members of an audience, counted and listed before anything is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.access.sight import Field
from hub.desk.people.rows import AudienceQuery
from hub.doors.operator import Operator
from hub.model import Person, PropertyScope
from hub.people.audience import Group, Homes, asked, at_home, parse, within, write
from hub.people.headcount import Reach, Tally
from hub.people.masking import mask_name
from hub.storage import people
from hub.storage.database import Runner, beside
from hub.storage.paging import read_ref, write_ref
from hub.storage.suppressions import suppressed

_SQL = beside(__file__)
_PAGE: Final = 500
"""People per page; between two pages other requests get their turn."""


class AudienceMember(Struct, kw_only=True):
    """A person of the audience; the name is masked unless you answer wherever you read."""

    person: str
    name: str
    units: Annotated[list[str], Meta(description="The units that bring the person in.")]
    left_out: Annotated[str | None, Meta(description="Why the person is not notified.")]


class AudienceMeant(Struct, kw_only=True):
    """A page of people, ordered by reference; the first page also has the totals."""

    who: Annotated[list[str], Meta(description="What was asked, in full.")]
    people: Annotated[int | None, Meta(description="Null, as all counts, on the pages after the first.")]
    told: int | None
    reach: Reach | None
    left_out: Annotated[
        dict[str, int] | None,
        Meta(
            description="Reason → how many are left out for it. People are judged as for a notice of "
            "service, or for the purpose of `opted_in`: by wishes, marks and consents, not hours and limits."
        ),
    ]
    items: list[AudienceMember]
    next: str | None


async def read_audience(by: Operator, query: AudienceQuery) -> AudienceMeant:
    """
    Return the people whom these words mean now, each once: a page, and on the first one the counts.

    Raises StorageRefused for a cursor that this list did not give.
    """
    groups, start, policy, places = asked(query.who), read_ref(query.after), by.stores.policy, by.places
    named, first = by.sight.is_plain_in(Field.NAME, places), query.after is None
    async with by.db.transaction() as run:
        gone = await suppressed(run, policy.suppression_for)
        tally = Tally(gone, policy, at=by.now, after=start, limit=query.limit)
        for group in within(groups, places, await _homes_of(run, groups) if places is not None else {}):
            if first:
                async for found in _pages(run, group, places):
                    tally.add(found, group.opted_in)
            else:
                tally.add(await _behind(run, group, places, start, query.limit + 1), group.opted_in)
    return AudienceMeant(
        who=list(dict.fromkeys(write(parse(words)) for words in query.who)),
        people=tally.people if first else None,
        told=tally.told if first else None,
        reach=tally.reach if first else None,
        left_out=tally.left_out if first else None,
        items=[
            AudienceMember(
                person=person.ref,
                name=person.name if named else mask_name(person.name),
                units=list(person.units),
                left_out=person.left_out,
            )
            for person in tally.page
        ],
        next=write_ref(tally.page[-1].ref) if tally.more else None,
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
