"""Invalid contact points, carriers that block, receipts at unexpected times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import structs

from hub.catalog import BY_NAME
from hub.errors import BrokerUnavailable, PermanentFailure, SendFailure, TransientFailure
from hub.inbound.process_receipt import take
from hub.messages.delivery.decisions import blocking_outcome
from hub.messages.planning.plan import plan_audience
from hub.messages.planning.reach import last_resort
from hub.model import (
    Accepted,
    Attempt,
    InvalidContact,
    Message,
    Outgoing,
    Purpose,
    Receipt,
    State,
    SuppressionStatus,
    Target,
)
from hub.model.state_machine import may
from hub.testing import MemoryEmail, MemoryInbox, MemoryPush, MemorySms, MemoryStore
from hub.timers.filling import AT_ONCE
from hub.timers.scheduler import audit, fire_from_sql
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import (
    DESK,
    HOUR,
    MONDAY,
    POLICY,
    RULES,
    SECOND,
    consent_facts,
    device,
    email,
    event,
    mobile,
    person,
    stored,
)
from tests.unit.hub_in_memory import MemoryHub
from tests.unit.test_decisions import claimed
from tests.unit.timer_harness import timers_of

GONE = PermanentFailure("smtp_550", provider="smtp", code="550 5.1.1", gone=True)
SMS = Target(channel="sms", contact_id="cp-phone", address="+573001234567")
PHONE = "+573001234567"
DAY = timedelta(days=1)


@dataclass
class Receipts:
    """`ReceiptStore` over the messages of the memory store, for receipts that name their message."""

    store: MemoryStore

    async def settle(self, message_id: UUID, *, state: State, reason: str | None, attempt: Attempt) -> bool:
        row = self.store.tables.messages[message_id]
        assert may(row.message.state, state)
        moved = structs.replace(row.message, state=state, reason=reason, next_at=None)
        self.store.tables.messages[message_id] = replace(row, message=moved)
        self.store.tables.attempts[message_id, attempt.at] = attempt
        return True

    async def suppress(self, gone: Sequence[InvalidContact]) -> None:
        await self.store.suppress(gone)

    async def message_of(self, provider: str, reference: str) -> UUID | None:
        raise NotImplementedError

    async def keep_early(self, receipt: Receipt) -> None:
        raise NotImplementedError


def keeping(office: DeliveryHarness) -> MemoryHub:
    """A hub around a delivery harness, for its timers."""
    return MemoryHub(office.clock, office.store, office.publisher, office.appointments)


async def test_invalid_contact_is_suppressed_and_the_cascade_advances() -> None:
    office = make_harness(MemoryEmail(GONE), MemorySms())
    first, second = mail("p-1"), mail("p-2", fallback=((SMS,),))
    await office.holds(first, second)
    await office.deliver(first)
    await office.deliver(second)

    assert ["p-1"] == office.sent()
    assert (State.SUPPRESSED, "gone") == (office.now(second).state, office.now(second).reason)
    assert ["sms"] == [ticket.channel for ticket in office.publisher.published]


async def test_invalid_contact_is_stored_even_if_the_broker_fails() -> None:
    """The redelivered ticket finds an ended message: nobody would store the suppression then."""
    office = make_harness(MemoryEmail(GONE), MemorySms())
    office.publisher.faults.script("tickets", BrokerUnavailable())
    first, second = mail("p-1", fallback=((SMS,),)), mail("p-2")
    await office.holds(first, second)
    with pytest.raises(BrokerUnavailable):
        await office.deliver(first)
    await office.deliver(first, second)

    assert (["p-1"], "gone") == (office.sent(), office.now(second).reason)


@pytest.mark.parametrize(
    "failure",
    [
        PermanentFailure("smtp_552", provider="smtp", code="552 5.3.4"),
        PermanentFailure("twilio_30007", provider="twilio", code="30007"),
        PermanentFailure("twilio_21610", provider="twilio", code="21610"),
        TransientFailure("smtp_451", provider="smtp"),
    ],
)
async def test_other_failures_do_not_suppress_a_contact_point(failure: SendFailure) -> None:
    office = make_harness(MemoryEmail(failure))
    first, second = mail("p-1"), mail("p-2")
    await office.holds(first, second)
    await office.deliver(first)
    await office.deliver(second)

    assert State.SENT is office.now(second).state
    assert {} == office.store.tables.suppressions


@pytest.mark.parametrize(
    ("channel", "days", "holds"),
    [
        ("email", 179, True),
        ("email", 180, False),
        ("sms", 89, True),
        ("sms", 90, False),
        ("whatsapp", 90, False),
        ("voice", 90, False),
        ("push", 10_000, True),
    ],
)
def test_invalid_contact_is_tried_again_after_the_policys_time(
    channel: str, days: int, *, holds: bool
) -> None:
    claim = claimed(channel=channel, suppression=SuppressionStatus(reason="gone", since=MONDAY))
    outcome = blocking_outcome(claim, policy=POLICY, now=MONDAY + days * DAY)

    assert holds is (outcome is not None)


@pytest.mark.parametrize("reason", ["opted_out", "complaint"])
def test_refusal_does_not_expire(reason: str) -> None:
    claim = claimed(purpose=Purpose.SURVEY, contact=consent_facts(opted_out=reason))
    outcome = blocking_outcome(claim, policy=POLICY, now=MONDAY + 9_999 * DAY)

    assert outcome is not None
    assert (State.SUPPRESSED, reason) == (outcome.state, outcome.reason)


def test_operators_suppression_ends_at_its_instant() -> None:
    claim = claimed(suppression=SuppressionStatus(reason="suppressed", since=MONDAY, until=MONDAY + HOUR))

    assert blocking_outcome(claim, policy=POLICY, now=MONDAY + HOUR - SECOND) is not None
    assert blocking_outcome(claim, policy=POLICY, now=MONDAY + HOUR) is None


def emergency() -> list[Message]:
    """The messages to a resident with all kinds of contact points."""
    resident = person(email(), mobile(), device("token"))
    kind = BY_NAME["emergency.updated"]
    return plan_audience(stored(event(kind.name)), kind, 0, [resident], rules=RULES, now=MONDAY)


async def test_emergency_to_an_invalid_number_uses_the_other_channels() -> None:
    office = make_harness(MemorySms(GONE), MemoryPush())
    await office.delivered(mail("p-0", channel="sms", address=PHONE))
    planned = emergency()
    async with office.store.transaction() as transaction:
        await transaction.add_events([stored(event("emergency.updated"))])
        await transaction.add_messages(planned)
    await office.deliver(*planned)

    assert {"push": State.SENT, "sms": State.SUPPRESSED} == {
        message.channel: office.now(message).state for message in planned
    }


async def test_blocked_emergency_uses_channels_outside_its_audience() -> None:
    blocked = PermanentFailure("twilio_30007", provider="twilio", code="30007")
    office = make_harness(MemorySms(blocked), MemoryPush(blocked), MemoryEmail(), MemoryInbox())
    planned = emergency()
    async with office.store.transaction() as transaction:
        await transaction.add_events([stored(event("emergency.updated"))])
        await transaction.add_messages(planned)
    await office.deliver(*planned)

    assert {"email", "inbox"} == {ticket.channel for ticket in office.publisher.published}


async def test_blocked_text_advances_an_emergency_within_one_audit() -> None:
    office = make_harness(MemorySms(), MemoryPush(PermanentFailure("unregistered", provider="fcm")))
    planned = emergency()
    async with office.store.transaction() as transaction:
        await transaction.add_events([stored(event("emergency.updated"))])
        await transaction.add_messages(planned)
    await office.deliver(*planned)
    assert [] == office.publisher.published

    [text] = [message for message in planned if message.channel == "sms"]
    blocked = Receipt(message_id=text.id, state=State.FAILED, provider="twilio", reason="twilio_30007")
    await take(blocked, store=Receipts(office.store), at=office.clock())
    await audit(timers_of(keeping(office)))
    assert {"email", "inbox"} == {ticket.channel for ticket in office.publisher.published}


def test_only_an_emergency_has_a_last_resort() -> None:
    meant = {
        kind.name: last_resort(audience, DESK.rules.channels)
        for kind in BY_NAME.values()
        for audience in kind.audiences
        if last_resort(audience, DESK.rules.channels)
    }

    assert {
        "emergency.declared": ["inbox"],
        "emergency.updated": ["email", "inbox"],
        "emergency.reply.received": ["push", "inbox"],
        "emergency.unreached": ["inbox"],
    } == meant


async def test_receipt_during_retry_wait_counts_and_nothing_is_sent_twice() -> None:
    async def accepts_and_hangs(_: Outgoing) -> Accepted:
        raise TransientFailure("timeout", unknown=True)

    office = make_harness(MemoryEmail(accepts_and_hangs))
    message = await office.delivered(mail())
    assert State.RETRYING is office.now(message).state

    delivered = Receipt(message_id=message.id, state=State.DELIVERED, provider="smtp")
    assert await take(delivered, store=Receipts(office.store), at=office.clock())
    office.clock.advance(HOUR)
    await fire_from_sql(timers_of(keeping(office)))
    await office.deliver(message)
    assert (State.DELIVERED, 1) == (office.now(message).state, len(office.sent()))


async def test_audit_continues_at_once_after_a_full_batch() -> None:
    office = make_harness(MemoryEmail(), MemorySms())
    await office.holds(*(mail(f"p-{n}", state=State.BOUNCED, fallback=((SMS,),)) for n in range(AT_ONCE + 1)))

    assert [True, False] == [await audit(timers_of(keeping(office))) for _ in range(2)]
    assert AT_ONCE + 1 == sum(len(ticket.ids) for ticket in office.publisher.published)


async def test_receipt_of_a_failure_advances_the_cascade() -> None:
    office = make_harness(MemoryEmail(), MemorySms())
    message = await office.delivered(mail(fallback=((SMS,),)))
    bounced = Receipt(
        message_id=message.id, state=State.BOUNCED, provider="smtp", reason="dsn_5.1.1", gone=True
    )
    await take(bounced, store=Receipts(office.store), at=office.clock())
    await audit(timers_of(keeping(office)))

    assert ["sms"] == [ticket.channel for ticket in office.publisher.published]
    assert [(message.address, "email")] == list(office.store.tables.suppressions)
