"""Communications in PostgreSQL: their rows, the moves between their states, and what is published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from hub.model import Event, Json, PropertyScope
from hub.model.communications import (
    HELD,
    UNSTARTED,
    Communication,
    CommunicationState,
    Origin,
    Recalled,
    before,
    event_of,
)
from hub.model.documents import DIGEST_FIELD, FIELD, is_given
from hub.model.ids import event_key
from hub.model.json import Instant
from hub.model.pages import PageQuery, Rows
from hub.storage import documents
from hub.storage.communication_drafts import SQL, CommunicationDrafts, as_json, parts, save_draft, unchanged
from hub.storage.communication_progress import delivered, fates, standing
from hub.storage.corrections import PublishedPart
from hub.storage.database import Runner, read, read_first, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_FIND: Final = SQL["find"].replace("$4", "$2").replace("$5", "$3")
"""Without a page: the operator is in the second and third parameter."""


class OwnPause(Struct, frozen=True, kw_only=True):
    """The pause of one communication: who set it, and why, in their words. The hub itself gives none."""

    since: Instant
    by: str
    reason: str


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
    if to.to in HELD:
        await run.rows(SQL["pause"], communication, to.by, storable(to.words))
    else:
        await end_pause(run, communication)
    return read(Communication, rows[0])


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
        await _write_events(run, plan, {part.part: event_of(part, plan, row.kind, time=at) for part in made})
    return moved


async def _write_events(run: Runner, plan: UUID, events: Mapping[int, Event]) -> None:
    """
    Write the bytes that are published of each part: from now on they never change.

    The document that an event names is given to it: its messages find it from the first one on.
    """
    keys = [event_key(event) for event in events.values()]
    texts = [msgspec.json.encode(event) for event in events.values()]
    await run.rows(SQL["write_events"], list(events), keys, texts, plan)
    for key, event in zip(keys, events.values(), strict=True):
        if is_given(event.data):
            name, digest = str(event.data[FIELD]), bytes.fromhex(str(event.data[DIGEST_FIELD]))
            await documents.give_kept(run, [key], name, digest)


async def end_pause(run: Runner, communication: UUID) -> None:
    await run.rows(SQL["end_pause"], communication)


async def pause_of(run: Runner, communication: UUID) -> OwnPause | None:
    return read_first(OwnPause, await run.rows(SQL["own_pause"], communication))


async def lock(run: Runner, communication: UUID) -> tuple[CommunicationState, str | None]:
    """Return its state, which stays until the transaction ends, and the cause that somebody has accepted."""
    (row,) = await run.rows(SQL["lock"], communication)
    return CommunicationState(row["state"]), row["cause"]


class PostgresCommunications(CommunicationDrafts):
    """Communications, their plans and their parts."""

    save = save_draft
    standing = standing
    delivered = delivered
    fates = fates

    async def add(self, made: Communication, words: str) -> None:
        """Store a draft; one with the same id is there already."""
        places = None if made.places is None else list(made.places)
        values = made.kind, made.origin, storable(made.title), storable(words), as_json(made.draft), places
        who = made.by, made.person, made.made_at, made.corrects
        await self.rows(SQL["add"], made.id, *values, *who)

    async def find(self, communication: UUID, places: PropertyScope, who: str) -> Communication | None:
        """Return a communication whose people are all of these places; one without people is its author's."""
        return read_first(Communication, await self.rows(_FIND, communication, listed(places), who))

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

    async def start(
        self, row: Communication, plan: UUID, digest: bytes | None, at: datetime
    ) -> Communication | None:
        """
        Schedule it, or let it run at once, in one transaction.

        None if it or its plan has changed since: somebody else has started it, or planned it anew.
        """
        async with self._database.transaction() as run:
            return await leave(run, row, plan, at) if await unchanged(run, row, plan, digest) else None

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
        """Return the parts that have left for intake, or may have: a process died before its mark."""
        return [read(PublishedPart, row) for row in await self.rows(SQL["published_parts"], plan)]

    async def correction_of(self, communication: UUID) -> Communication | None:
        """Return the communication that corrects this one."""
        return read_first(Communication, await self.rows(SQL["correction_of"], communication))

    async def live(self, *states: CommunicationState) -> Sequence[Communication]:
        return [read(Communication, row) for row in await self.rows(SQL["live"], list(states))]

    async def maker_of(self, communication: UUID) -> str | None:
        """Return the person of the directory who made it; None of a system, and of an account without one."""
        rows = await self.rows(SQL["maker"], communication)
        return rows[0]["person"] if rows else None

    async def wait_for_parts(self, plan: UUID) -> None:
        """Return once no process has a part in its hands that it has begun to publish."""
        await self.rows(SQL["wait_for_parts"], plan)

    async def keys(self, plan: UUID) -> Sequence[UUID]:
        """Return the keys of the events of its parts."""
        return [row["event_key"] for row in await self.rows(SQL["event_keys"], plan)]

    async def opened(
        self, kind: str, since: datetime, places: PropertyScope
    ) -> Sequence[tuple[Mapping[str, Json], str]]:
        """Return the data of the parts of such communications since then, with the names of their places."""
        rows = await self.rows(SQL["opened"], kind, since, listed(places))
        return [(row["data"], row["name"]) for row in rows]

    async def towers(self, place: str) -> Sequence[str]:
        return [row["tower"] for row in await self.rows(SQL["towers"], place)]
