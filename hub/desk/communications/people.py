"""People of a communication: pasted or uploaded lists, the count without a plan, the people of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from hub.desk.communications import drafts
from hub.desk.communications.acts import draft_of, row_of
from hub.doors.cells import SMALL, STATE, Cell
from hub.doors.operator import Operator
from hub.errors import ChangedDraft
from hub.model.communications import Communication, ListRow, Side
from hub.model.pages import ListQuery, Rows
from hub.operations.communications import counted, lists, planning
from hub.operations.communications.cost import Cost, actual_cost
from hub.operations.communications.counted import Counted
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.whom import Scope, places_of
from hub.people.masking import mask_name
from hub.people.units import own_name
from hub.rendering.labels_es import CHANNELS
from hub.rendering.outcomes_es import REASONS
from hub.storage.communication_drafts import PlannedPerson
from hub.storage.database import read
from hub.storage.paging import read_ref, write_ref

MOST_AT_ONCE: Final = 5000
"""People that are counted while somebody writes; more are counted when somebody asks for it."""
WRONG_ES: Final[Mapping[str, str]] = {
    lists.UNKNOWN: "no está en sus copropiedades",
    lists.TWO: "hay más de uno",
    lists.ELSEWHERE: "es de otra copropiedad",
    lists.REMOVED: "ya no está en el directorio",
    lists.TWICE: "está repetido",
}
"""Why a row of a list means nobody → what its page says."""
_SHEET: Final = 5000


class ListBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list for a draft; it replaces the one of its side, and without text there is none."""

    version: Annotated[int, Meta(ge=1, description="The version that was read.")]
    text: Annotated[
        str,
        Meta(
            max_length=2_000_000,
            description="Units (`T2-302`), mails, phones or ids: one a line, or a sheet as CSV.",
        ),
    ] = ""
    side: Annotated[Side, Meta(description="`to` adds people, `without` leaves them out.")] = Side.TO


class CommunicationList(Struct, frozen=True, kw_only=True):
    """A list as it was resolved, those first that mean nobody. No contact is kept."""

    version: int
    people: int
    units: int
    wrong: int
    rows: list[ListRow]


class PlanPeopleQuery(ListQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    left_out: Annotated[bool, Meta(description="Only those whom nothing would reach.")] = False


class PlanPersonRow(Struct, frozen=True, kw_only=True):
    """Somebody of a plan; the name is masked for who does not answer people there."""

    person: Annotated[str, Cell("Persona", SMALL)]
    name: Annotated[str, Cell("Nombre")]
    units: Annotated[list[str], Cell("Unidades")]
    place: str
    building: Annotated[str, Cell("Copropiedad", SMALL)]
    channels: Annotated[list[str], Cell("Por dónde", words=CHANNELS)]
    left_out: Annotated[str | None, Cell("Queda fuera", STATE, words=REASONS)]


async def give_list(by: Operator, communication: UUID, body: ListBody) -> CommunicationList:
    """
    Give a draft a list of people, or of exceptions: each row is resolved, or says why not.

      hub communications give-rows ID --side without --version 3 --text "T2-302"
    """
    row = await draft_of(by, communication)
    near = await places_of(by.db, row.draft.whom, by.places) or ()
    rows = await lists.resolve(by.db, body.text, await _scope(by), near)
    await by.audit("communication.list", f"communication:{row.id}", side=body.side, rows=len(rows))
    store = by.stores.communications
    others = [one for one in await store.list_rows(row.id) if one.side != body.side]
    rows = [replace(one, side=body.side) for one in rows]
    whom = lists.with_lists(row.draft.whom, [*others, *rows])
    places = await places_of(by.db, whom, by.places)
    changed = replace(
        row, places=places, version=body.version, changed_at=by.now, writers=[*row.writers, by.by]
    )
    saved = await store.save_list(changed, drafts.words_of(row), body.side, rows)
    if saved is None:
        raise ChangedDraft
    return _list(saved, sorted(rows, key=lambda one: one.why is None))


async def show_list(by: Operator, communication: UUID) -> CommunicationList:
    """Show the rows of the lists of a draft, those first that mean nobody."""
    row = await row_of(by, communication)
    return _list(row, await by.stores.communications.list_rows(row.id))


async def count_communication(by: Operator, communication: UUID) -> Counted:
    """
    Count the people of a draft without a plan: who is left out, whom each channel can reach.

    Raises InvalidAudience.
    """
    return await counted_at_most(by, communication, None)


async def counted_at_most(by: Operator, communication: UUID, most: int | None) -> Counted:
    """Count the people of a draft. Raises TooLarge for more than `most`, InvalidAudience."""
    row = await row_of(by, communication)
    whom = lists.with_lists(row.draft.whom, await by.stores.communications.list_rows(row.id))
    # Before: who has a connection waits for no second one, or a few pages at once would wait for each other.
    scope = await _scope(by)
    async with by.db.snapshot() as run:
        return await counted.count(run, whom, scope, policy=by.stores.policy, at=by.now, most=most)


async def cost_communication(by: Operator, communication: UUID) -> Cost:
    """Sum up what providers have accepted of a communication, at the prices of today."""
    row, store = await row_of(by, communication), by.stores.communications
    keys = [] if row.plan is None else await store.keys(row.plan)
    spent = await store.accepted(keys, kind_of(row.kind).audiences) if keys else []
    plan = await store.plan_of(row.id)
    shown = planning.read_shown(plan) if plan else None
    enclosed = shown.cost.enclosed if shown and shown.cost else 0
    return actual_cost(spent, by.stores.policy.prices, enclosed=enclosed)


async def list_plan_people(by: Operator, communication: UUID, query: PlanPeopleQuery) -> Rows[PlanPersonRow]:
    """List the people of a plan: by which channel each would hear first, or why not."""
    start = read_ref(query.after)
    items = await _planned(by, communication, start, query.limit + 1, left_out=query.left_out)
    more = len(items) > query.limit
    return Rows(items=items[: query.limit], next=write_ref(items[query.limit - 1].person) if more else None)


async def plan_people_sheet(
    by: Operator, communication: UUID, *, left_out: bool = False
) -> Sequence[PlanPersonRow]:
    """Return all people of a plan."""
    rows, after = list[PlanPersonRow](), ""
    while page := await _planned(by, communication, after, _SHEET, left_out=left_out):
        rows += page
        after = page[-1].person
    await by.audit("communication.plan_people", f"communication:{communication}", rows=len(rows))
    return rows


async def _planned(
    by: Operator, communication: UUID, after: str, limit: int, *, left_out: bool
) -> list[PlanPersonRow]:
    row, store = await row_of(by, communication), by.stores.communications
    plan = await store.plan_of(row.id)
    if plan is None:
        return []
    names = await by.stores.directory.place_names(by.places)
    planned = await store.plan_people(plan.id, by.places, after=after, limit=limit, left_out=left_out)
    return [_person(by, one, names) for one in planned]


def _person(by: Operator, one: PlannedPerson, names: Mapping[str, str]) -> PlanPersonRow:
    name = one.name if by.sight.names(one.place or None) else mask_name(one.name)
    return read(PlanPersonRow, asdict(one), name=name, building=own_name(names.get(one.place, one.place)))


def _list(row: Communication, rows: Sequence[ListRow]) -> CommunicationList:
    return CommunicationList(
        version=row.version,
        people=sum(one.person is not None for one in rows),
        units=sum(one.unit is not None for one in rows),
        wrong=sum(one.why is not None for one in rows),
        rows=list(rows),
    )


async def _scope(by: Operator) -> Scope:
    return Scope(allowed=by.places, every=list(await by.stores.directory.place_names(by.places)))
