"""Communications in PostgreSQL: drafts and their moves, plans, chosen people, and what is published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record
from msgspec import Struct, structs

from hub.model import Brand, Event, Json, PropertyScope
from hub.model.communications import (
    STANDING,
    UNSTARTED,
    ChosenPerson,
    Communication,
    CommunicationState,
    ListRow,
    Origin,
    Part,
    Recalled,
    Side,
    before,
    event_of,
)
from hub.model.document_links import is_given
from hub.model.documents import DIGEST_FIELD, FIELD, FetchedDocument
from hub.model.ids import event_key, span
from hub.model.json import Instant
from hub.model.pages import PageQuery, Rows
from hub.storage import documents
from hub.storage.database import Runner, Store, encode, load, read, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of
from hub.storage.posters import brand_named

_RAW: Final = load("communications")
_FIELDS: Final = ", ".join(field.name for field in structs.fields(Communication))
_SQL: Final = {
    name: text.replace("{fields}", _FIELDS)
    .replace("{reached}", _RAW["reached"])
    .replace("{fate}", _RAW["fate"])
    for name, text in _RAW.items()
}
_AT_ONCE: Final = 5000
"""People that one statement writes."""


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


class PlannedPerson(Struct, frozen=True, kw_only=True):
    """Somebody of a plan; `channels` are those by which the first messages would leave."""

    person: str
    name: str
    place: str
    units: list[str]
    channels: list[str]
    left_out: str | None


class StoredFile(Struct, frozen=True, kw_only=True):
    """A file of a draft; `kind` is `pdf`, `png` or `jpeg`, `size` in bytes."""

    place: int
    name: str
    sha256: bytes
    kind: str = ""
    size: int = 0


class Accepted(Struct, frozen=True, kw_only=True):
    """Calls of a communication that a provider has accepted, or that nobody knows the outcome of."""

    channel: str
    provider: str
    unknown: bool
    calls: int
    parts: int


class Fate(Struct, frozen=True, kw_only=True):
    """What a dry run made of a person."""

    person: str
    channels: Sequence[str]
    left_out: str | None


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
    recall = None if to.recall is None else _json(to.recall)
    values = to.to, to.why, to.cause, to.at, to.plan, to.starts_at, recall
    rows = await run.rows(_SQL["move"], communication, to.states, *values)
    if not rows:
        return None
    if to.to in STANDING:
        await run.rows(_SQL["pause"], communication, to.by, storable(to.words))
    else:
        await run.rows(_SQL["end_pause"], communication)
    return read(Communication, rows[0])


async def unchanged(run: Runner, row: Communication) -> bool:
    """Lock a communication; return whether it is as it was read."""
    return bool(await run.rows(_SQL["unchanged"], row.id, row.version, row.state))


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
    return [read(Part, row) for row in await run.rows(_SQL["parts"], plan)]


async def write_events(run: Runner, plan: UUID, events: Mapping[int, Event]) -> None:
    """Write the bytes that are published of each part: from now on they never change."""
    keys = [event_key(event) for event in events.values()]
    texts = [msgspec.json.encode(event) for event in events.values()]
    await run.rows(_SQL["write_events"], list(events), keys, texts, plan)


async def homes(run: Runner, people: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return person → the copropiedades that they belong to, in order."""
    found: dict[str, list[str]] = {}
    for row in await run.rows(_SQL["homes"], sorted(people)):
        found.setdefault(row["person"], []).append(row["place"])
    return {person: sorted(set(places)) for person, places in found.items()}


async def units_like(
    run: Runner, ids: Sequence[str], ends: Iterable[str], labels: Sequence[str]
) -> Sequence[Record]:
    """Return the units that a list may mean by these words; the ends of labels are folded."""
    return await run.rows(_SQL["units_like"], ids, list(ends), labels)


async def known(run: Runner, ids: Sequence[str], contacts: Sequence[tuple[str, str]]) -> Sequence[Record]:
    """Return the people with these ids or contact points (kind and value), removed ones too."""
    kinds, values = [kind for kind, _ in contacts], [value for _, value in contacts]
    return await run.rows(_SQL["known"], ids, kinds, values)


async def count_units(run: Runner, places: Sequence[str]) -> int:
    [row] = await run.rows(_SQL["count_units"], places)
    count: int = row["n"]
    return count


async def list_rows(run: Runner, communication: UUID) -> Sequence[ListRow]:
    """Return the rows of its lists, those that mean nobody first."""
    return [read(ListRow, row) for row in await run.rows(_SQL["list_rows"], communication)]


class PostgresCommunications(Store):
    """Communications, their plans and their parts."""

    homes = homes
    list_rows = list_rows

    async def add(self, made: Communication, words: str) -> None:
        """Store a draft; one with the same id is there already."""
        places = None if made.places is None else list(made.places)
        values = made.kind, made.origin, storable(made.title), storable(words), _json(made.draft), places
        who = made.by, made.person, made.made_at, made.corrects
        await self.rows(_SQL["add"], made.id, *values, *who)

    async def save(self, changed: Communication, words: str) -> Communication | None:
        """Store the next version of a draft; None if another one was stored meanwhile, or it is none."""
        return await _save(self, changed, words)

    async def save_list(
        self, changed: Communication, words: str, side: Side, rows: Sequence[ListRow]
    ) -> Communication | None:
        """Store the next version of a draft with the rows of a list; None as `save`."""
        columns = [(row.place, row.person, row.unit, storable(row.masked), row.why) for row in rows]
        async with self._database.transaction() as run:
            saved = await _save(run, changed, words)
            if saved is not None:
                await run.rows(_SQL["forget_rows"], changed.id, side)
                given: Sequence[Sequence[object]] = [*zip(*columns, strict=True)] or [()] * 5
                await run.rows(_SQL["add_rows"], *given, changed.id, side)
            return saved

    async def save_files(
        self, changed: Communication, words: str, files: Sequence[StoredFile], new: Sequence[FetchedDocument]
    ) -> Communication | None:
        """Store the next version of a draft with these files, and the bytes that are new; None as `save`."""
        async with self._database.transaction() as run:
            saved = await _save(run, changed, words)
            if saved is not None:
                for document in new:
                    await documents.keep(run, document)
                rows = [(one.place, storable(one.name), one.sha256) for one in files]
                await run.rows(_SQL["forget_files"], changed.id)
                columns: Sequence[Sequence[object]] = [*zip(*rows, strict=True)] or [()] * 3
                await run.rows(_SQL["add_files"], *columns, changed.id)
            return saved

    async def attached(self, communication: UUID) -> Sequence[StoredFile]:
        """Return its files; at place 0 stands what is sent."""
        return [read(StoredFile, row) for row in await self.rows(_SQL["attached"], communication)]

    async def content(self, sha256: bytes) -> bytes | None:
        """Return the bytes of a document; None if they are not stored."""
        return await documents.content(self, sha256)

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
        return await rows_of(Communication, self, _SQL["list"], query, *asked, by="changed_at")

    async def move(self, communication: UUID, to: Move) -> Communication | None:
        async with self._database.transaction() as run:
            return await move(run, communication, to)

    async def plan_of(self, communication: UUID) -> StoredPlan | None:
        """Return its newest plan."""
        rows = await self.rows(_SQL["plan_of"], communication)
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
            await run.rows(_SQL["start_plan"], plan.id, plan.communication, plan.version, plan.made_at)
            await run.rows(_SQL["forget_people"], plan.id)
            await run.rows(_SQL["add_parts"], *columns, plan.id)
            chosen = list(people)
            for start in range(0, len(chosen), _AT_ONCE):
                rows = [_person_row(one) for one in chosen[start : start + _AT_ONCE]]
                await run.rows(_SQL["add_people"], *zip(*rows, strict=True), plan.id)

    async def lease_plan(self, now: datetime, lease: timedelta) -> StoredPlan | None:
        """Take a plan that is still to be made, for a while; None if there is none."""
        rows = await self.rows(_SQL["lease_plan"], now, now + lease)
        return read(StoredPlan, rows[0]) if rows else None

    async def end_plan(self, plan: StoredPlan) -> None:
        """Store what a plan came to."""
        shown = encode(plan.shown)
        await self.rows(_SQL["end_plan"], plan.id, plan.state, plan.digest, plan.people, shown)

    async def files(self, communication: UUID) -> Sequence[bytes]:
        """Return the digests of its documents, in order."""
        return [row["sha256"] for row in await self.rows(_SQL["files"], communication)]

    async def fill_people(self, plan: UUID, fates: Sequence[Fate]) -> None:
        """Store what the dry run made of people of a plan."""
        rows = [(one.person, " ".join(one.channels), one.left_out) for one in fates]
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            await self.rows(_SQL["fill_people"], *zip(*some, strict=True), plan)

    async def plan_people(
        self, plan: UUID, places: PropertyScope, *, after: str, limit: int, left_out: bool
    ) -> Sequence[PlannedPerson]:
        """Return people of a plan by ref, of these places."""
        rows = await self.rows(_SQL["plan_people"], plan, after, left_out, limit, listed(places))
        return [read(PlannedPerson, row) for row in rows]

    async def parts(self, plan: UUID) -> Sequence[Part]:
        return await parts(self, plan)

    async def people(self, plan: UUID) -> Sequence[ChosenPerson]:
        return [read(ChosenPerson, row) for row in await self.rows(_SQL["people"], plan)]

    async def start(self, planned: Communication, plan: UUID, at: datetime) -> Communication | None:
        """
        Schedule it, or let it run at once, in one transaction.

        None if it has changed since it was read: somebody else has started it, or taken it back.
        """
        async with self._database.transaction() as run:
            return await leave(run, planned, plan, at) if await unchanged(run, planned) else None

    async def due(self, now: datetime) -> Sequence[Communication]:
        """Return what is to start now, some at a time."""
        return [read(Communication, row) for row in await self.rows(_SQL["due"], now)]

    async def publish_some(
        self, limit: int, publish: Callable[[Event], Awaitable[object]], now: datetime
    ) -> int:
        """
        Publish the next parts of what runs, and return how many; other processes pass over these.

        Each is marked after its confirm, and the marks are committed together: what a dead process had
        published is published once more.
        """
        async with self._database.transaction() as run:
            rows = await run.rows(_SQL["unpublished"], limit)
            for row in rows:
                await publish(msgspec.json.decode(row["event"], type=Event))
                await run.rows(_SQL["published"], row["plan"], row["part"], now)
            return len(rows)

    async def published(self, plan: UUID) -> Sequence[PublishedPart]:
        """Return the parts that have left for intake."""
        return [read(PublishedPart, row) for row in await self.rows(_SQL["published_parts"], plan)]

    async def plan_of_started(self, communication: UUID) -> UUID | None:
        """Return the plan by which a communication was sent."""
        rows = await self.rows(_SQL["plan_of_started"], communication)
        return rows[0]["plan"] if rows else None

    async def correction_of(self, communication: UUID) -> Communication | None:
        """Return the communication that corrects this one."""
        rows = await self.rows(_SQL["correction_of"], communication)
        return read(Communication, rows[0]) if rows else None

    async def uncorrected(self, since: UUID) -> Sequence[TakenBack]:
        """Return events of others that were taken back since, and whose correction nobody has begun."""
        return [read(TakenBack, row) for row in await self.rows(_SQL["uncorrected"], since)]

    async def wrong(self, event: UUID) -> PublishedPart | None:
        """Return an event that was taken back, as if it were the one part of a communication."""
        rows = await self.rows(_SQL["wrong"], event)
        return read(PublishedPart, rows[0]) if rows else None

    async def live(self, *states: CommunicationState) -> Sequence[Communication]:
        return [read(Communication, row) for row in await self.rows(_SQL["live"], list(states))]

    async def standing(self, plan: UUID) -> Standing:
        (row,) = await self.rows(_SQL["standing"], plan)
        return read(Standing, row)

    async def wait_for_parts(self, plan: UUID) -> None:
        """Return once no process has a part in its hands that it has begun to publish."""
        await self.rows(_SQL["wait_for_parts"], plan)

    async def keys(self, plan: UUID) -> Sequence[UUID]:
        """Return the keys of the events of its parts."""
        return [row["event_key"] for row in await self.rows(_SQL["event_keys"], plan)]

    async def delivered(self, keys: Sequence[UUID], audiences: Sequence[int]) -> Sequence[Delivered]:
        """Count the messages of these events to these audiences, by what became of them."""
        rows = await self.rows(_SQL["progress"], list(keys), *span(keys), list(audiences))
        return [read(Delivered, row) for row in rows]

    async def opened(
        self, kind: str, since: datetime, places: PropertyScope
    ) -> Sequence[tuple[Mapping[str, Json], str]]:
        """Return the data of the parts of such communications since then, with the names of their places."""
        rows = await self.rows(_SQL["opened"], kind, since, listed(places))
        return [(row["data"], row["name"]) for row in rows]

    async def samples(self, plan: UUID) -> Sequence[tuple[str, str]]:
        """Return ref and name of some people of a plan, who has the longest name first."""
        rows = await self.rows(_SQL["samples"], plan)
        return [*dict.fromkeys((row["person"], row["name"]) for row in rows)]

    async def reader(
        self, plan: UUID, person: str, places: PropertyScope
    ) -> tuple[int, tuple[str, ...], str | None, Brand | None] | None:
        """Return part, units, building and its identity for a person of a plan of these places, or None."""
        rows = await self.rows(_SQL["reader"], plan, person, listed(places))
        if not rows:
            return None
        row = rows[0]
        brand = await brand_named(self, row["brand"])
        return row["part"], tuple(row["units"] or ()), row["building"], brand

    async def accepted(self, keys: Sequence[UUID], audiences: Sequence[int]) -> Sequence[Accepted]:
        """Count what providers have accepted of these events, with the parts of text messages."""
        rows = await self.rows(_SQL["accepted"], list(keys), *span(keys), list(audiences))
        return [read(Accepted, row) for row in rows]

    async def towers(self, place: str) -> Sequence[str]:
        return [row["tower"] for row in await self.rows(_SQL["towers"], place)]

    async def fates(self, keys: Sequence[UUID], audiences: Sequence[int]) -> Mapping[str, int]:
        """Count the people of these events by the best that became of each."""
        rows = await self.rows(_SQL["fates"], list(keys), *span(keys), list(audiences))
        return {row["fate"].partition("_")[2]: row["n"] for row in rows}


async def _save(run: Runner, changed: Communication, words: str) -> Communication | None:
    values = changed.kind, storable(changed.title), storable(words), _json(changed.draft), changed.places
    rows = await run.rows(_SQL["save"], changed.id, changed.version, *values, changed.changed_at)
    return read(Communication, rows[0]) if rows else None


async def _give_document(run: Runner, events: Iterable[Event]) -> None:
    """Give the parts the document that they name: their messages find it from the first one on."""
    for event in events:
        if is_given(event.data):
            name, digest = str(event.data[FIELD]), bytes.fromhex(str(event.data[DIGEST_FIELD]))
            await documents.give_kept(run, [event_key(event)], name, digest)


def _numbered(name: str) -> str:
    """Return a statement without page: its operator is in the second and third parameter."""
    return _SQL[name].replace("$4", "$2").replace("$5", "$3")


def _json(value: Struct) -> bytes:
    return encode(msgspec.to_builtins(value))


def _part_row(part: Part) -> tuple[object, ...]:
    return part.part, part.place, part.event_id, encode(part.data), part.chosen, part.on_boards


def _person_row(one: ChosenPerson) -> tuple[object, ...]:
    return one.person, one.part, encode(list(one.units))
