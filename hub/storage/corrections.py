"""Messages of events that were taken back: whom they had reached by then, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from hub.model.events import ReachCount, Reader
from hub.storage.database import Runner, load, read

_WRITTEN = load("corrections")
_SQL = {name: text.replace("<had>", _WRITTEN["had"]) for name, text in _WRITTEN.items()}


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
