"""Messages as rows: adding them and reading them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Record

from hub.model import Lane, Message, Purpose, State, Target
from hub.model.state_machine import sources
from hub.storage.database import Runner, encode_some, load

_SQL = load("messages")
_Fallback = tuple[tuple[Target, ...], ...]


async def add(run: Runner, messages: Sequence[Message]) -> None:
    """Insert; one that exists already is left as it is."""
    # Sorted by key: two batches that overlap wait for each other instead of deadlocking.
    ordered = sorted(messages, key=lambda message: message.id)
    if ordered:
        await run.rows(_SQL["add"], *zip(*map(_row, ordered), strict=True))


async def end_reminders(run: Runner, ended: Mapping[str, datetime]) -> None:
    """Cancel what waits to remind of the events of these cases up to these instants."""
    given = list(ended), list(ended.values()), sorted(sources(State.CANCELLED))
    await run.rows(_SQL["end_reminders"], *given)


async def queued(run: Runner, event_keys: Collection[UUID]) -> Sequence[Message]:
    """Answer the messages of these events that are still `queued`."""
    return [message_of(row) for row in await run.rows(_SQL["queued"], sorted(event_keys))]


def message_of(row: Record) -> Message:
    """Read a row of `message`."""
    return Message(
        id=row["id"],
        event_key=row["event_key"],
        event_id=row["event_id"],
        event=row["event"],
        audience=row["audience"],
        step=row["step"],
        person=row["person"],
        name=row["name"],
        locale=row["locale"],
        channel=row["channel"],
        purpose=Purpose(row["purpose"]),
        lane=Lane(row["lane"]),
        occasion=row["occasion"],
        contact_id=row["contact_id"],
        address=row["address"],
        state=State(row["state"]),
        created_at=row["created_at"],
        reason=row["reason"],
        next_at=row["next_at"],
        expires_at=row["expires_at"],
        ends_at=row["ends_at"],
        patience=row["patience"],
        variant=row["variant"],
        units=tuple(row["units"] or ()),
        rests=row["rests"],
        skipped=tuple(row["skipped"] or ()),
        fallback=msgspec.convert(row["fallback"], _Fallback) if row["fallback"] else (),
    )


def _row(message: Message) -> tuple[object, ...]:
    return (
        message.id,
        message.event_key,
        message.created_at,
        message.next_at,
        message.expires_at,
        message.audience,
        message.step,
        message.event_id,
        message.event,
        message.person,
        message.name,
        message.locale,
        message.channel,
        message.purpose,
        message.lane,
        message.occasion,
        message.contact_id,
        message.address,
        message.state,
        message.reason,
        encode_some(message.skipped),
        encode_some(message.fallback),
        message.variant,
        message.ends_at,
        message.patience,
        encode_some(message.units),
        message.rests,
    )
