"""The contacts of people in PostgreSQL: reserved before a send, given back after a refusal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from hub.contact_rules.limits import share_out, week_of
from hub.model import Message
from hub.model.contact_facts import ContactSlot
from hub.policy.limits import ContactLimits
from hub.storage.database import Database, Runner, load, read

_SQL = load("contact_slots")


async def reserve(
    database: Database, messages: Sequence[Message], *, token: UUID, on: date, limits: ContactLimits
) -> Mapping[UUID, date]:
    """Reserve the day's contacts, the oldest message first; return for each message its first allowed day."""
    people = sorted({message.person for message in messages})
    async with database.transaction() as run:
        await run.rows(_SQL["lock"], people)
        rows = await run.rows(_SQL["taken"], people, week_of(on), on)
        days, reserved = share_out(messages, [read(ContactSlot, row) for row in rows], on=on, limits=limits)
        if reserved:
            columns = zip(*((slot.person, slot.message_id, slot.channel) for slot in reserved), strict=True)
            await run.rows(_SQL["reserve"], *columns, on, token)
    return days


async def settle(run: Runner, token: UUID, *, free: Collection[UUID], retried: Collection[UUID]) -> None:
    if free:
        await run.rows(_SQL["free"], sorted(free), token)
    if retried:
        await run.rows(_SQL["keep"], sorted(retried), token)


async def drop(run: Runner, before: date) -> int:
    return len(await run.rows(_SQL["drop"], before))
