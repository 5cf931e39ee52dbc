"""Events that were taken back, in PostgreSQL: whom they had reached, and which are to be corrected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import Struct

from hub.model.events import ReachCount, Reader
from hub.model.json import Instant
from hub.storage.database import Runner, load, read, read_first

_WRITTEN = load("corrections")
_SQL = {name: text.replace("<had>", _WRITTEN["had"]) for name, text in _WRITTEN.items()}


class PublishedPart(Struct, frozen=True, kw_only=True):
    """
    An event that is published, or may be: what has not `arrived` is unknown to intake, and marked by nobody.

    `hung` is whether it has a poster, `recalled` whether its recall is in.
    """

    event_key: UUID
    source: str
    event_id: str
    place: str
    hung: bool
    recalled: bool
    arrived: bool


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


async def is_being_sent(run: Runner, event_keys: Collection[UUID]) -> bool:
    """Return whether a worker has a message of these events, or had it last and may still answer."""
    return bool(await run.rows(_SQL["being_sent"], sorted(event_keys)))


async def recalled(run: Runner, event_keys: Collection[UUID]) -> Sequence[UUID]:
    """Return those of these events that were taken back."""
    return [row["key"] for row in await run.rows(_SQL["recalled"], sorted(event_keys))]


async def reached(run: Runner, event_key: UUID) -> ReachCount:
    return read(ReachCount, (await run.rows(_SQL["reached"], event_key))[0])


async def readers(run: Runner, event_key: UUID, *, after: str, limit: int) -> Sequence[Reader]:
    """Return the people after this one who had a message of the event, or may have had it, in order."""
    return [read(Reader, row) for row in await run.rows(_SQL["readers"], event_key, after, limit)]


async def uncorrected(run: Runner, since: UUID) -> Sequence[TakenBack]:
    """Return events of others that were taken back since, and whose correction nobody has begun."""
    return [read(TakenBack, row) for row in await run.rows(_SQL["uncorrected"], since)]


async def wrong(run: Runner, event: UUID) -> PublishedPart | None:
    """Return an event that was taken back, as if it were the one part of a communication."""
    return read_first(PublishedPart, await run.rows(_SQL["wrong"], event))
