"""Receipts, early receipts and suppressions, over the memory store's tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from msgspec import structs

from hub.model import Attempt, InvalidContact, Message, Purpose, Receipt, State
from hub.model.state_machine import may
from hub.testing.tables import Row, Statements, Suppression, Tables


class MemoryReceipts(Statements):
    """The `hub.ports.ReceiptStore`, and the methods of delivery and timers on the same tables."""

    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        async with self._statement("settle") as tables:
            return _settle(tables, message_id, state, reason, attempt)

    async def message_of(self, provider: str, reference: str) -> UUID | None:
        async with self._statement("message_of") as tables:
            return by_reference(tables, provider, reference)

    async def keep_early(self, receipt: Receipt) -> None:
        async with self._statement("keep_early") as tables:
            key = receipt.provider, receipt.reference or "", receipt.state
            tables.early.setdefault(key, (receipt, self._now()))

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        async with self._statement("suppress") as tables:
            _suppress(tables, gone)

    async def settle_early(self, limit: int) -> int:
        async with self._statement("settle_early") as tables:
            known = [
                (key, message_id)
                for key in tables.early
                if (message_id := by_reference(tables, *key[:2])) is not None
            ][:limit]
            for key, message_id in known:
                receipt, at = tables.early.pop(key)
                attempt = Attempt(
                    message_id=message_id,
                    at=at,
                    outcome=receipt.state,
                    provider=receipt.provider,
                    reference=receipt.reference,
                    code=receipt.code,
                )
                _settle(tables, message_id, receipt.state, receipt.reason, attempt)
                if receipt.gone:
                    _suppress(tables, [_gone(receipt, attempt)])
            return len(known)

    async def drop_early(self, older_than: timedelta) -> int:
        async with self._statement("drop_early") as tables:
            old = [key for key, (_, at) in tables.early.items() if at < self._now() - older_than]
            for key in old:
                del tables.early[key]
            return len(old)


def by_reference(tables: Tables, provider: str, reference: str) -> UUID | None:
    """Return the message with this reference of the provider, or of a numbered provider of its kind."""
    found = (attempt for _, attempt in sorted(tables.attempts.items()) if attempt.reference == reference)
    return next((attempt.message_id for attempt in found if provider in _names(attempt.provider)), None)


def _names(provider: str) -> tuple[str, str]:
    """Return the name, and the name without a number."""
    return provider, re.sub("-[0-9]+$", "", provider)


def _settle(tables: Tables, message_id: UUID, state: State, reason: str | None, attempt: Attempt) -> bool:
    row = tables.messages.get(message_id)
    if row is not None and may(row.message.state, state) and not _outlived(tables, row, attempt):
        moved = structs.replace(row.message, state=state, reason=reason, next_at=None)
        tables.messages[message_id] = replace(row, message=moved)
        tables.attempts.setdefault((message_id, attempt.at), attempt)
        if state in {State.DELIVERED, State.READ}:
            _stop_later(tables, moved)
    return row is not None


def _outlived(tables: Tables, row: Row, attempt: Attempt) -> bool:
    """Return whether a failure belongs to an earlier call than the current one."""
    if attempt.outcome not in {State.FAILED, State.BOUNCED} or attempt.reference is None:
        return False
    calls = [call for _, call in sorted(tables.attempts.items()) if call.message_id == attempt.message_id]
    known = any(call.reference == attempt.reference for call in calls)
    if row.message.state is State.SENDING:
        return known
    accepted = [call.reference for call in calls if call.outcome == "accepted" and call.reference is not None]
    unsure = any(call.outcome == "unknown" for call in calls)
    return accepted[-1:] not in ([], [attempt.reference]) and (known or unsure)


def _stop_later(tables: Tables, arrived: Message) -> None:
    for row in list(tables.messages.values()):
        later = row.message
        if (
            may(later.state, State.CANCELLED)
            and later.purpose is not Purpose.LEGAL
            and _comes_after(later, arrived)
        ):
            stopped = structs.replace(later, state=State.CANCELLED, reason="reached", next_at=None)
            tables.messages[later.id] = replace(row, message=stopped)


def _comes_after(later: Message, arrived: Message) -> bool:
    names = ("event_key", "person", "audience", "occasion")
    return later.step > arrived.step and all(getattr(later, name) == getattr(arrived, name) for name in names)


def _suppress(tables: Tables, gone: Sequence[InvalidContact]) -> None:
    for contact in gone:
        message = tables.messages[contact.message_id].message
        if message.address:
            found = Suppression(
                since=contact.at,
                reason=contact.reason,
                provider=contact.provider,
                code=contact.code,
                message_id=contact.message_id,
            )
            tables.suppressions[message.address, message.channel] = found


def _gone(receipt: Receipt, attempt: Attempt) -> InvalidContact:
    return InvalidContact(
        message_id=attempt.message_id,
        at=attempt.at,
        reason=receipt.reason or receipt.state,
        provider=receipt.provider,
        code=receipt.code,
    )
