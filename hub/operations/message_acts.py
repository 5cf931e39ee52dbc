"""What an operator does to single messages: send them again, cancel them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from hub.ports import MessageActs, Publisher


async def resend_messages(
    ids: Collection[UUID], *, store: MessageActs, publisher: Publisher, anyway: bool = False
) -> Mapping[UUID, str]:
    """
    Send lost messages again; return those that were skipped, and why.

    After a crash before the tickets, the sweep finds the messages. `anyway`: also where another message has
    reached the person.
    """
    skipped, tickets = await store.resend(ids, anyway=anyway)
    await publisher.tickets(tickets)
    return skipped


async def cancel_messages(ids: Collection[UUID], *, store: MessageActs) -> Mapping[UUID, str]:
    """Cancel messages that have not left; return those that were skipped, and why."""
    return await store.cancel(ids)
