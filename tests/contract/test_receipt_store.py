"""The contract of the ReceiptStore."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from hub.inbound.process_receipt import take
from hub.model import Attempt, Message, Purpose, Receipt, State, StoredEvent
from hub.model.message_rows import AttemptRow
from hub.model.state_machine import UNSENT, may
from hub.storage.redrive import redrive
from tests.contract.stores import RealStores
from tests.contract.values import FALLBACK, HOUR, LEASE, NOON, message, next_of, now, outcome


async def settle(
    stores: RealStores, message_id: UUID, state: State, *, reason: str | None = None, after: timedelta = HOUR
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


async def seen(stores: RealStores, message: Message) -> tuple[object, object, object, list[object]]:
    shown = await stores.shown(message)
    return (
        shown.state,
        shown.reason,
        shown.next_at,
        [attempt.outcome for attempt in shown.attempts],
    )


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", [State.DELIVERED, State.READ, State.FAILED])
async def test_receipt_makes_only_allowed_transitions(
    stores: RealStores, of: StoredEvent, before: State, after: State
) -> None:
    one = message(of, state=before, reason="before")
    await stores.add(one)

    assert await settle(stores, one.id, after, reason="after")
    moved = (str(after), "after", None, [str(after)])
    assert (moved if may(before, after) else (str(before), "before", None, [])) == await seen(stores, one)


async def test_a_receipt_is_kept_as_an_attempt(stores: RealStores, of: StoredEvent) -> None:
    one = message(of, state=State.SENT)
    await stores.add(one)
    await settle(stores, one.id, State.FAILED, reason="twilio_30005")
    shown = await stores.shown(one)

    call = {"outcome": "failed", "provider": "twilio", "reference": "SM1", "code": "30005"}
    assert [AttemptRow(at=NOON + HOUR, **call)] == shown.attempts


async def test_a_receipt_that_comes_twice_is_written_once(stores: RealStores, of: StoredEvent) -> None:
    one = message(of, state=State.SENT)
    await stores.add(one)

    assert await settle(stores, one.id, State.DELIVERED)
    assert await settle(stores, one.id, State.DELIVERED, after=2 * HOUR)
    assert ("delivered", None, None, ["delivered"]) == await seen(stores, one)


@pytest.mark.parametrize("arrived", [State.DELIVERED, State.READ])
@pytest.mark.parametrize("before", State)
async def test_late_arrival_cancels_the_waiting_next_step(
    stores: RealStores, of: StoredEvent, before: State, arrived: State
) -> None:
    one = message(of, state=State.SENT, fallback=FALLBACK)
    later = replace(next_of(one), state=before, reason="before")
    await stores.add(one, later)
    await settle(stores, one.id, arrived)

    expected = ("cancelled", "reached") if before in UNSENT else (str(before), "before")
    assert (*expected, None, []) == await seen(stores, later)


@pytest.mark.parametrize(
    "other", [{"person": "p-other"}, {"audience": 1}, {"occasion": "reminder:T-24h"}, {"step": 0}]
)
async def test_late_arrival_cancels_nothing_else(
    stores: RealStores, of: StoredEvent, other: dict[str, Any]
) -> None:
    one = message(of, state=State.SENT)
    another = message(of, **{"channel": "sms", "step": 1, "state": State.HELD, **other})
    await stores.add(one, another)
    await settle(stores, one.id, State.DELIVERED)

    assert await stores.state_of(another) == "held"


async def test_legal_letter_is_made_despite_a_late_arrival(stores: RealStores, of: StoredEvent) -> None:
    one = message(of, state=State.SENT, purpose=Purpose.LEGAL)
    paper = message(of, channel="print", step=1, purpose=Purpose.LEGAL)
    await stores.add(one, paper)
    await settle(stores, one.id, State.DELIVERED)

    assert await stores.state_of(paper) == "queued"


async def test_failure_receipt_cancels_nothing(stores: RealStores, of: StoredEvent) -> None:
    one = message(of, state=State.SENT, fallback=FALLBACK)
    later = next_of(one)
    await stores.add(one, later)
    await settle(stores, one.id, State.FAILED)

    assert await stores.state_of(later) == "queued"


async def test_a_receipt_of_a_message_that_is_not_there_is_unknown(stores: RealStores) -> None:
    assert not await settle(stores, uuid4(), State.DELIVERED)


async def test_a_receipt_before_our_own_record_stays_and_the_attempt_is_kept(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of)
    token = await stores.begin(one)

    assert await settle(stores, one.id, State.DELIVERED, after=now() - NOON + HOUR)
    assert frozenset() == await stores.delivery.record(token, [outcome(one.id)])
    assert ("delivered", None, None, ["sent", "delivered"]) == await seen(stores, one)


async def test_message_failed_by_a_receipt_is_found_for_the_next_step(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of, state=State.SENT, fallback=FALLBACK)
    await stores.add(one)
    assert [] == await stores.timers.broken_cascades(10)

    await settle(stores, one.id, State.FAILED, reason="twilio_30005")
    assert [one.id] == [found.id for found in await stores.timers.broken_cascades(10)]


SID = "SM-early"


async def sent(stores: RealStores, message: Message, *, provider: str = "twilio-2") -> None:
    """Claim a message and record that the provider knows it as SID."""
    token = uuid4()
    await stores.delivery.claim([message.id], token=token, lease=LEASE)
    accepted = Attempt(message_id=message.id, at=now(), outcome="accepted", provider=provider, reference=SID)
    await stores.delivery.record(token, [outcome(message.id, attempts=(accepted,))])


def early(state: State = State.DELIVERED, **fields: Any) -> Receipt:
    return Receipt(**{"state": state, "provider": "twilio", "reference": SID, "code": "x", **fields})


async def test_a_receipt_may_name_its_message_by_the_providers_reference(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of)
    await stores.add(one)
    assert await stores.receipts.message_of("twilio", SID) is None

    await sent(stores, one)
    assert one.id == await stores.receipts.message_of("twilio", SID)
    assert await stores.receipts.message_of("aldeamo", SID) is None
    assert await take(early(), store=stores.receipts, at=now())
    assert "delivered" == await stores.state_of(one)


async def test_a_receipt_of_a_reference_that_is_not_known_yet_waits_for_it(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of)
    await stores.add(one)
    for receipt in (early(), early(), early(State.READ)):
        assert await take(receipt, store=stores.receipts, at=now())
    assert 0 == await stores.timers.settle_early(10)

    await sent(stores, one)
    assert 2 == await stores.timers.settle_early(10)
    assert 0 == await stores.timers.settle_early(10)
    assert "read" == await stores.state_of(one)


async def test_a_receipt_that_waited_may_say_that_the_contact_point_is_gone(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of, channel="sms", address="+573001234567")
    await stores.add(one)
    lost = early(State.FAILED, reason="twilio_30005", gone=True)
    await take(lost, store=stores.receipts, at=now())
    await sent(stores, one)
    await stores.timers.settle_early(10)
    again = message(of, channel="sms", address="+573001234567", occasion="again")
    await stores.add(again)
    [claimed] = await stores.claim(again)

    assert ("failed", "gone") == (
        await stores.state_of(one),
        claimed.suppression and claimed.suppression.reason,
    )


async def test_unmatched_early_receipt_is_deleted(stores: RealStores) -> None:
    await take(early(), store=stores.receipts, at=now())

    assert 0 == await stores.timers.drop_early(HOUR)
    assert 1 == await stores.timers.drop_early(timedelta(seconds=-1))
    assert 0 == await stores.timers.drop_early(timedelta(seconds=-1))


async def test_receipt_without_id_or_reference_matches_no_message(stores: RealStores) -> None:
    assert not await take(early(reference=None), store=stores.receipts, at=now())
    assert not await take(early(message_id=uuid4()), store=stores.receipts, at=now())


@pytest.mark.parametrize("gone", [True, False])
async def test_only_a_receipt_of_an_invalid_contact_suppresses(
    stores: RealStores, of: StoredEvent, *, gone: bool
) -> None:
    one, other = message(of, state=State.SENT), message(of, occasion="again")
    await stores.add(one, other)
    await take(early(State.FAILED, message_id=one.id, reason="x", gone=gone), store=stores.receipts, at=now())
    [claimed] = await stores.claim(other)

    assert gone is (claimed.suppression is not None)


async def called(
    stores: RealStores,
    message: Message,
    reference: str | None,
    state: State = State.SENT,
    result: str = "accepted",
) -> None:
    """Claim the message, and record the provider's answer."""
    token = uuid4()
    await stores.delivery.claim([message.id], token=token, lease=LEASE)
    call = Attempt(message_id=message.id, at=now(), outcome=result, provider="twilio", reference=reference)
    await stores.delivery.record(token, [outcome(message.id, state, attempts=(call,))])


def lost(message: Message, reference: str) -> Receipt:
    return early(State.FAILED, message_id=message.id, reference=reference, reason="twilio_30008")


async def test_failure_of_an_earlier_call_does_not_fail_the_later_one(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of)
    await stores.add(one)
    await called(stores, one, "SM-first")
    await take(lost(one, "SM-first"), store=stores.receipts, at=now())
    assert "failed" == await stores.state_of(one)

    await redrive(stores.database, one.id)
    await stores.delivery.claim([one.id], token=uuid4(), lease=LEASE)
    await take(lost(one, "SM-first"), store=stores.receipts, at=now())
    assert "sending" == await stores.state_of(one)


async def test_last_accepted_call_decides(stores: RealStores, of: StoredEvent) -> None:
    one = message(of)
    await stores.add(one)
    await called(stores, one, None, State.QUEUED, "unknown")
    await called(stores, one, "SM-second", State.QUEUED)
    await called(stores, one, "SM-third")
    for reference in ("SM-unheard-of", "SM-second"):
        assert await take(lost(one, reference), store=stores.receipts, at=now())
        assert "sent" == await stores.state_of(one)

    await take(lost(one, "SM-third"), store=stores.receipts, at=now())
    assert "failed" == await stores.state_of(one)


async def test_loss_under_another_reference_counts_when_only_one_call_went_out(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of)
    await stores.add(one)
    await called(stores, one, None, State.QUEUED, "transient")
    await called(stores, one, "batch-1")
    await take(lost(one, "text-1"), store=stores.receipts, at=now())

    assert "failed" == await stores.state_of(one)


async def test_provider_with_a_shared_name_prefix_is_distinct(stores: RealStores, of: StoredEvent) -> None:
    one = message(of)
    await stores.add(one)
    await sent(stores, one, provider="aldeamo-sms")

    assert await stores.receipts.message_of("aldeamo", SID) is None
    assert one.id == await stores.receipts.message_of("aldeamo-sms", SID)
    await take(early(provider="aldeamo"), store=stores.receipts, at=now())
    assert 0 == await stores.timers.settle_early(10)
