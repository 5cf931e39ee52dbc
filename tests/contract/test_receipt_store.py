"""What the ReceiptStore promises."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from hub.delivery.moves import may
from hub.model import Attempt, Message, State, StoredEvent
from tests.contract.stores import Stores
from tests.contract.values import FALLBACK, HOUR, LEASE, NOON, message, now, outcome


async def settle(
    stores: Stores, message_id: UUID, state: State, *, reason: str | None = None, after: timedelta = HOUR
) -> bool:
    attempt = Attempt(
        message_id=message_id,
        at=NOON + after,
        outcome=state,
        provider="twilio",
        reference="SM1",
        code="30005",
    )
    return await stores.receipts.settle(message_id, state=state, reason=reason, attempt=attempt)


async def seen(stores: Stores, one: Message) -> tuple[object, object, object, list[object]]:
    shown = await stores.log.message(one.id)
    assert shown is not None
    return (
        shown["state"],
        shown["reason"],
        shown["next_at"],
        [attempt["outcome"] for attempt in shown["attempts"]],
    )


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", [State.DELIVERED, State.READ, State.FAILED])
async def test_a_receipt_moves_a_message_only_where_it_may_go(
    stores: Stores, of: StoredEvent, before: State, after: State
) -> None:
    one = message(of, state=before, reason="before")
    await stores.add(one)

    assert await settle(stores, one.id, after, reason="after")
    moved = (str(after), "after", None, [str(after)])
    assert (moved if may(before, after) else (str(before), "before", None, [])) == await seen(stores, one)


async def test_a_receipt_is_kept_as_an_attempt(stores: Stores, of: StoredEvent) -> None:
    one = message(of, state=State.SENT)
    await stores.add(one)
    await settle(stores, one.id, State.FAILED, reason="twilio_30005")
    shown = await stores.log.message(one.id)

    assert shown is not None
    assert [
        {
            "at": "2026-03-09T18:00:00Z",
            "outcome": "failed",
            "provider": "twilio",
            "reference": "SM1",
            "code": "30005",
        }
    ] == list(shown["attempts"])


async def test_a_receipt_that_comes_twice_is_written_once(stores: Stores, of: StoredEvent) -> None:
    one = message(of, state=State.SENT)
    await stores.add(one)

    assert await settle(stores, one.id, State.DELIVERED)
    assert await settle(stores, one.id, State.DELIVERED, after=2 * HOUR)
    assert ("delivered", None, None, ["delivered"]) == await seen(stores, one)


async def test_a_receipt_of_a_message_that_is_not_there_is_unknown(stores: Stores) -> None:
    assert not await settle(stores, uuid4(), State.DELIVERED)


async def test_a_receipt_before_our_own_record_stays_and_the_attempt_is_kept(
    stores: Stores, of: StoredEvent
) -> None:
    one = message(of)
    await stores.add(one)
    token = uuid4()
    await stores.delivery.claim([one.id], token=token, lease=LEASE)

    assert await settle(stores, one.id, State.DELIVERED, after=now() - NOON + HOUR)
    assert frozenset() == await stores.delivery.record(token, [outcome(one.id)])
    assert ("delivered", None, None, ["sent", "delivered"]) == await seen(stores, one)


async def test_a_message_that_a_receipt_lost_is_found_for_the_next_step(
    stores: Stores, of: StoredEvent
) -> None:
    one = message(of, state=State.SENT, fallback=FALLBACK)
    await stores.add(one)
    assert [] == await stores.timers.broken_cascades(10)

    await settle(stores, one.id, State.FAILED, reason="twilio_30005")
    assert [one.id] == [found.id for found in await stores.timers.broken_cascades(10)]
