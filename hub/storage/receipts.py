"""Receipts in PostgreSQL: moves a message to its new state, if allowed; keeps early receipts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from asyncpg import Record

from hub.model import Attempt, InvalidContact, Receipt, State
from hub.model.state_machine import sources
from hub.storage import suppressions
from hub.storage.database import Database, Runner, load, storable

_SQL = load("receipts")
_SETTLE = load("messages")["settle"]


class PostgresReceipts:
    """The ReceiptStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        """Move the message and store the attempt; false when the message is unknown."""
        return await settle(self._database, message_id, state=state, reason=reason, attempt=attempt)

    async def message_of(self, provider: str, reference: str) -> UUID | None:
        """Return the message with this reference of the provider."""
        rows = await self._database.rows(_SQL["by_reference"], storable(reference), provider)
        return rows[0]["message_id"] if rows else None

    async def keep_early(self, receipt: Receipt) -> None:
        """Store a receipt whose reference is not known yet."""
        await self._database.rows(
            _SQL["keep_early"],
            receipt.provider,
            storable(receipt.reference),
            receipt.state,
            storable(receipt.reason),
            storable(receipt.code),
            receipt.gone,
        )

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        """Suppress the contact points of these messages."""
        await suppressions.add(self._database, gone)


async def settle(
    run: Runner, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt
) -> bool:
    """Move the message and store the attempt; false when the message is unknown."""
    call = (
        attempt.at,
        attempt.outcome,
        attempt.provider,
        storable(attempt.reference),
        storable(attempt.code),
        attempt.took,
    )
    given = (message_id, state, storable(reason), sorted(sources(state)))
    rows = await run.rows(_SETTLE, *given, *call, sorted(sources(State.CANCELLED)))
    return bool(rows)


async def settle_early(database: Database, limit: int) -> int:
    """Apply the receipts that arrived before our own record; return how many."""
    async with database.transaction() as transaction:
        rows = await transaction.rows(_SQL["take_early"], limit)
        for row in rows:
            state = State(row["state"])
            attempt = _attempt(row)
            await settle(transaction, attempt.message_id, state=state, reason=row["reason"], attempt=attempt)
        await suppressions.add(transaction, _gone(rows))
    return len(rows)


async def drop_early(run: Runner, older_than: timedelta) -> int:
    """Delete receipts whose message was never found; return how many."""
    return len(await run.rows(_SQL["drop_early"], older_than))


def _attempt(row: Record) -> Attempt:
    return Attempt(
        message_id=row["message_id"],
        at=row["received_at"],
        outcome=row["state"],
        provider=row["provider"],
        reference=row["reference"],
        code=row["code"],
    )


def _gone(rows: Sequence[Record]) -> list[InvalidContact]:
    return [
        InvalidContact(
            message_id=row["message_id"],
            at=row["received_at"],
            reason=row["reason"] or row["state"],
            provider=row["provider"],
            code=row["code"],
        )
        for row in rows
        if row["gone"]
    ]
