"""Communications in PostgreSQL: drafts and their moves, plans, chosen people, and what is published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from hub.model import Event, Json, PropertyScope
from hub.model.communications import (
    STANDING,
    UNSTARTED,
    ChosenPerson,
    Communication,
    CommunicationState,
    Origin,
    Part,
    Recalled,
    before,
    event_of,
)
from hub.model.documents import DIGEST_FIELD, FIELD, is_given
from hub.model.ids import event_key, span
from hub.model.json import Instant
from hub.model.pages import PageQuery, Rows
from hub.storage import documents
from hub.storage.communication_drafts import AT_ONCE, SQL, CommunicationDrafts, as_json, save_draft
from hub.storage.database import Runner, encode, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of


class StoredPlan(Struct, frozen=True, kw_only=True):
    """
    A plan of one version of a draft: `making`, `ready` or `failed`.

    `shown` is what its readers see: the shape is of `hub.operations.communications.shown`.
    """

    id: UUID
    communication: UUID
    version: int
    made_at: Instant
    state: str
    digest: bytes | None
    people: int | None
    shown: Json


KEPT: Final = timedelta(days=90)
"""How long after the end the rows of who was chosen are kept."""


class Standing(Struct, frozen=True, kw_only=True):
    """How many parts there are, how many are published, and of these planned by intake, or `dead` letters."""

    parts: int
    published: int
    planned: int
    dead: int


class Delivered(Struct, frozen=True, kw_only=True):
    """Messages of a communication that fare alike."""

    channel: str
    state: str
    reason: str
    n: int


class PublishedPart(Struct, frozen=True, kw_only=True):
    """An event that is published; `hung` is whether it has a poster."""

    event_key: UUID
    source: str
    event_id: str
    place: str
    hung: bool


class TakenBack(Struct, frozen=True, kw_only=True):
    """An event that its publisher has taken back, with what its recall says."""

    event_key: UUID
    recall_key: UUID
    said_by: str
    said_at: Instant
    place: str | None
    event: str
    title: str | None
    correction_markdown: str
    reason: str | None


class Move(Struct, frozen=True, kw_only=True):
    """
    A move of a communication: the state that it gets, with the reason, the plan, and the hour.

    `since` are the only states from which it is moved; with a `plan`, those of what has not started. `by` and
    `words` are of the pause that comes with the states in which it stands.
    """

    to: CommunicationState
    at: datetime
    why: str | None = None
    cause: str | None = None
    plan: UUID | None = None
    starts_at: datetime | None = None
    recall: Recalled | None = None
    since: Collection[CommunicationState] = frozenset(CommunicationState)
    by: str = "hub"
    words: str = ""

    @property
    def states(self) -> list[CommunicationState]:
        """Return the states from which it may come. A second start would tell everybody again."""
        since = UNSTARTED.intersection(self.since) if self.plan is not None else self.since
        return [state for state in before(self.to) if state in since]


async def move(run: Runner, communication: UUID, to: Move) -> Communication | None:
    """Move it if its state allows that, with its pause, in an open transaction; None otherwise."""
    recall = None if to.recall is None else as_json(to.recall)
    values = to.to, to.why, to.cause, to.at, to.plan, to.starts_at, recall
    rows = await run.rows(SQL["move"], communication, to.states, *values)
    if not rows:
        return None
    if to.to in STANDING:
        await run.rows(SQL["pause"], communication, to.by, storable(to.words))
    else:
        await run.rows(SQL["end_pause"], communication)
    return read(Communication, rows[0])


async def unchanged(run: Runner, row: Communication) -> bool:
    """Lock a communication; return whether it is as it was read."""
    return bool(await run.rows(SQL["unchanged"], row.id, row.version, row.state))


async def leave(run: Runner, row: Communication, plan: UUID, at: datetime) -> Communication | None:
    """
    Schedule it if its hour is still to come, else let it run and write the events of its parts.

    The event of another system is published as it came, and has none.
    """
    if row.draft.starts_at is not None and row.draft.starts_at > at:
        scheduled = Move(to=CommunicationState.SCHEDULED, at=at, plan=plan, starts_at=row.draft.starts_at)
        return await move(run, row.id, scheduled)
    moved = await move(run, row.id, Move(to=CommunicationState.RUNNING, at=at, plan=plan))
    if moved is not None and row.origin is not Origin.EVENT:
        made = await parts(run, plan)
        events = {part.part: event_of(part, plan, row.kind, time=at) for part in made}
        await write_events(run, plan, events)
        await _give_document(run, events.values())
    return moved


async def parts(run: Runner, plan: UUID) -> Sequence[Part]:
    return [read(Part, row) for row in await run.rows(SQL["parts"], plan)]


async def write_events(run: Runner, plan: UUID, events: Mapping[int, Event]) -> None:
    """Write the bytes that are published of each part: from now on they never change."""
    keys = [event_key(event) for event in events.values()]
    texts = [msgspec.json.encode(event) for event in events.values()]
    await run.rows(SQL["write_events"], list(events), keys, texts, plan)


async def homes(run: Runner, people: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return person → the copropiedades that they belong to, in order."""
    found: dict[str, list[str]] = {}
    for row in await run.rows(SQL["homes"], sorted(people)):
        found.setdefault(row["person"], []).append(row["place"])
    return {person: sorted(set(places)) for person, places in found.items()}


class PostgresCommunications(CommunicationDrafts):
    """Communications, their plans and their parts."""

    homes = homes

    async def add(self, made: Communication, words: str) -> None:
        """Store a draft; one with the same id is there already."""
        places = None if made.places is None else list(made.places)
        values = made.kind, made.origin, storable(made.title), storable(words), as_json(made.draft), places
        who = made.by, made.person, made.made_at, made.corrects
        await self.rows(SQL["add"], made.id, *values, *who)

    async def save(self, changed: Communication, words: str) -> Communication | None:
        """Store the next version of a draft; None if another one was stored meanwhile, or it is none."""
        return await save_draft(self, changed, words)

    async def find(self, communication: UUID, places: PropertyScope, who: str) -> Communication | None:
        """Return a communication whose people are all of these places; one without people is its author's."""
        rows = await self.rows(_numbered("find"), communication, listed(places), who)
        return read(Communication, rows[0]) if rows else None

    async def listed(
        self,
        query: PageQuery,
        *,
        state: str | None,
        kind: str | None,
        copropiedad: str | None,
        places: PropertyScope,
        who: str,
    ) -> Rows[Communication]:
        """List communications, the last changed first."""
        asked = listed(places), who, state, kind, storable(copropiedad)
        return await rows_of(Communication, self, SQL["list"], query, *asked, by="changed_at")

    async def move(self, communication: UUID, to: Move) -> Communication | None:
        async with self._database.transaction() as run:
            return await move(run, communication, to)

    async def plan_of(self, communication: UUID) -> StoredPlan | None:
        """Return its newest plan."""
        rows = await self.rows(SQL["plan_of"], communication)
        return read(StoredPlan, rows[0]) if rows else None

    async def begin_plan(
        self,
        plan: StoredPlan,
        made: Sequence[Part],
        people: Iterable[ChosenPerson],
    ) -> None:
        """Store a plan with its parts and all its people, in one transaction; older plans of it go."""
        columns: Sequence[Sequence[object]] = [*zip(*map(_part_row, made), strict=True)] or [()] * 6
        async with self._database.transaction() as run:
            await run.rows(SQL["start_plan"], plan.id, plan.communication, plan.version, plan.made_at)
            await run.rows(SQL["forget_people"], plan.id, plan.made_at - KEPT)
            await run.rows(SQL["add_parts"], *columns, plan.id)
            chosen = list(people)
            for start in range(0, len(chosen), AT_ONCE):
                rows = [_person_row(one) for one in chosen[start : start + AT_ONCE]]
                await run.rows(SQL["add_people"], *zip(*rows, strict=True), plan.id)

    async def lease_plan(self, now: datetime, lease: timedelta) -> StoredPlan | None:
        """Take a plan that is still to be made, for a while; None if there is none."""
        rows = await self.rows(SQL["lease_plan"], now, now + lease)
        return read(StoredPlan, rows[0]) if rows else None

    async def end_plan(self, plan: StoredPlan) -> None:
        """Store what a plan came to."""
        shown = encode(plan.shown)
        await self.rows(SQL["end_plan"], plan.id, plan.state, plan.digest, plan.people, shown)

    async def files(self, communication: UUID) -> Sequence[bytes]:
        """Return the digests of its documents, in order."""
        return [row["sha256"] for row in await self.rows(SQL["files"], communication)]

    async def parts(self, plan: UUID) -> Sequence[Part]:
        return await parts(self, plan)

    async def people(self, plan: UUID) -> Sequence[ChosenPerson]:
        return [read(ChosenPerson, row) for row in await self.rows(SQL["people"], plan)]

    async def start(self, planned: Communication, plan: UUID, at: datetime) -> Communication | None:
        """
        Schedule it, or let it run at once, in one transaction.

        None if it has changed since it was read: somebody else has started it, or taken it back.
        """
        async with self._database.transaction() as run:
            return await leave(run, planned, plan, at) if await unchanged(run, planned) else None

    async def due(self, now: datetime) -> Sequence[Communication]:
        """Return what is to start now, some at a time."""
        return [read(Communication, row) for row in await self.rows(SQL["due"], now)]

    async def publish_some(
        self, limit: int, publish: Callable[[Event], Awaitable[object]], now: datetime
    ) -> int:
        """
        Publish the next parts of what runs, and return how many; other processes pass over these.

        Each is marked after its confirm, and the marks are committed together: what a dead process had
        published is published once more.
        """
        async with self._database.transaction() as run:
            rows = await run.rows(SQL["unpublished"], limit)
            for row in rows:
                await publish(msgspec.json.decode(row["event"], type=Event))
                await run.rows(SQL["published"], row["plan"], row["part"], now)
            return len(rows)

    async def published(self, plan: UUID) -> Sequence[PublishedPart]:
        """Return the parts that have left for intake."""
        return [read(PublishedPart, row) for row in await self.rows(SQL["published_parts"], plan)]

    async def plan_of_started(self, communication: UUID) -> UUID | None:
        """Return the plan by which a communication was sent."""
        rows = await self.rows(SQL["plan_of_started"], communication)
        return rows[0]["plan"] if rows else None

    async def correction_of(self, communication: UUID) -> Communication | None:
        """Return the communication that corrects this one."""
        rows = await self.rows(SQL["correction_of"], communication)
        return read(Communication, rows[0]) if rows else None

    async def uncorrected(self, since: UUID) -> Sequence[TakenBack]:
        """Return events of others that were taken back since, and whose correction nobody has begun."""
        return [read(TakenBack, row) for row in await self.rows(SQL["uncorrected"], since)]

    async def wrong(self, event: UUID) -> PublishedPart | None:
        """Return an event that was taken back, as if it were the one part of a communication."""
        rows = await self.rows(SQL["wrong"], event)
        return read(PublishedPart, rows[0]) if rows else None

    async def live(self, *states: CommunicationState) -> Sequence[Communication]:
        return [read(Communication, row) for row in await self.rows(SQL["live"], list(states))]

    async def standing(self, plan: UUID) -> Standing:
        (row,) = await self.rows(SQL["standing"], plan)
        return read(Standing, row)

    async def wait_for_parts(self, plan: UUID) -> None:
        """Return once no process has a part in its hands that it has begun to publish."""
        await self.rows(SQL["wait_for_parts"], plan)

    async def keys(self, plan: UUID) -> Sequence[UUID]:
        """Return the keys of the events of its parts."""
        return [row["event_key"] for row in await self.rows(SQL["event_keys"], plan)]

    async def delivered(self, keys: Sequence[UUID], audiences: Sequence[int]) -> Sequence[Delivered]:
        """Count the messages of these events to these audiences, by what became of them."""
        rows = await self.rows(SQL["progress"], list(keys), *span(keys), list(audiences))
        return [read(Delivered, row) for row in rows]

    async def opened(
        self, kind: str, since: datetime, places: PropertyScope
    ) -> Sequence[tuple[Mapping[str, Json], str]]:
        """Return the data of the parts of such communications since then, with the names of their places."""
        rows = await self.rows(SQL["opened"], kind, since, listed(places))
        return [(row["data"], row["name"]) for row in rows]

    async def towers(self, place: str) -> Sequence[str]:
        return [row["tower"] for row in await self.rows(SQL["towers"], place)]

    async def fates(self, keys: Sequence[UUID], audiences: Sequence[int]) -> Mapping[str, int]:
        """Count the people of these events by the best that became of each."""
        rows = await self.rows(SQL["fates"], list(keys), *span(keys), list(audiences))
        return {row["fate"].partition("_")[2]: row["n"] for row in rows}


async def _give_document(run: Runner, events: Iterable[Event]) -> None:
    """Give the parts the document that they name: their messages find it from the first one on."""
    for event in events:
        if is_given(event.data):
            name, digest = str(event.data[FIELD]), bytes.fromhex(str(event.data[DIGEST_FIELD]))
            await documents.give_kept(run, [event_key(event)], name, digest)


def _numbered(name: str) -> str:
    """Return a statement without page: its operator is in the second and third parameter."""
    return SQL[name].replace("$4", "$2").replace("$5", "$3")


def _part_row(part: Part) -> tuple[object, ...]:
    return part.part, part.place, part.event_id, encode(part.data), part.chosen, part.on_boards


def _person_row(one: ChosenPerson) -> tuple[object, ...]:
    return one.person, one.part, encode(list(one.units))
