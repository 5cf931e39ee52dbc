"""Receipts in PostgreSQL: moves a message to its new state, if allowed; keeps early receipts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.messages.planning.undelivered import REPORTED
from hub.model import Attempt, InvalidContact, PropertyScope, Receipt, SentMail, State
from hub.model.state_machine import UNSENT, sources
from hub.storage import events, messages, suppressions
from hub.storage.database import Database, Runner, Store, load, read, row_of, storable
from hub.storage.filters import listed

_SQL = load("receipts")
_SETTLE = load("messages")["settle"]
_ATTEMPT: Final = ("at", "outcome", "provider", "reference", "code", "took")
_RECEIPT: Final = ("provider", "reference", "state", "reason", "code", "gone")


async def settle(
    run: Runner, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt
) -> bool:
    """Move the message and store the attempt; false when the message is unknown."""
    given = message_id, state, storable(reason), sorted(sources(state)), *row_of(attempt, _ATTEMPT)
    return bool(await run.rows(_SETTLE, *given, sorted(UNSENT)))


class PostgresReceipts(Store):
    """The ReceiptStore."""

    settle = settle
    suppress = suppressions.add

    async def message_of(self, provider: str, reference: str) -> UUID | None:
        rows = await self.rows(_SQL["by_reference"], storable(reference), provider)
        return rows[0]["message_id"] if rows else None

    async def keep_early(self, receipt: Receipt) -> None:
        await self.rows(_SQL["keep_early"], *row_of(receipt, _RECEIPT))


async def settle_early(database: Database, limit: int) -> int:
    async with database.transaction() as transaction:
        rows = await transaction.rows(_SQL["take_early"], limit)
        for row in rows:
            state = State(row["state"])
            attempt = _attempt(row)
            await settle(transaction, attempt.message_id, state=state, reason=row["reason"], attempt=attempt)
        await suppressions.add(transaction, _gone(rows))
    return len(rows)


async def drop_early(run: Runner, older_than: timedelta) -> int:
    return len(await run.rows(_SQL["drop_early"], older_than))


def _attempt(row: Record) -> Attempt:
    return read(Attempt, row, at=row["received_at"], outcome=row["state"])


def _gone(rows: Sequence[Record]) -> list[InvalidContact]:
    return [
        read(InvalidContact, row, at=row["received_at"], reason=row["reason"] or row["state"])
        for row in rows
        if row["gone"]
    ]


class PostgresMailReports(PostgresReceipts):
    """The ReportStore."""

    async def sent(self, message_id: UUID, places: PropertyScope = None) -> SentMail | None:
        rows = await self.rows(_SQL["sent"], message_id, listed(places))
        if not rows:
            return None
        message = messages.message_of(rows[0])
        found = await events.by_key(self, {message.event_key})
        event = found.get(message.event_key)
        if event is None:
            return None
        return SentMail(message=message, event=event, at=rows[0]["accepted_at"])

    async def doubt(self, message_id: UUID, *, reason: str, until: datetime) -> bool:
        return bool(await self.rows(_SQL["doubt"], message_id, until, storable(reason), REPORTED))
