"""The contract of the ReportStore."""

from __future__ import annotations

from uuid import UUID

import pytest

from hub.model import Attempt, Purpose, State, StoredEvent, Target
from hub.timers.filling import AT_ONCE
from hub.timers.scheduler import LOOK_AGAIN
from tests.contract.stores import RealStores
from tests.contract.values import HOUR, NOON, message, now

LETTER = ((Target(channel="print", contact_id="print", address="p-1"),),)


def accepted(message_id: UUID) -> Attempt:
    return Attempt(message_id=message_id, at=NOON + HOUR, outcome="accepted", provider="smtp")


async def test_a_mail_is_found_with_its_event_and_its_last_acceptance(
    stores: RealStores, of: StoredEvent
) -> None:
    one = message(of, state=State.SENT)
    await stores.add(one)
    await stores.receipts.settle(one.id, state=State.DELIVERED, reason=None, attempt=accepted(one.id))
    sent = await stores.mail_reports.sent(one.id)

    assert sent is not None
    assert (one.id, of.event.id, NOON + HOUR) == (sent.message.id, sent.event.event.id, sent.at)


async def test_only_mails_within_reach_are_found(stores: RealStores, of: StoredEvent) -> None:
    mail, text = message(of), message(of, channel="sms")
    await stores.add(mail, text)

    assert await stores.mail_reports.sent(text.id) is None
    assert await stores.mail_reports.sent(mail.id, frozenset({"ph-elsewhere"})) is None
    assert await stores.mail_reports.sent(mail.id) is not None


@pytest.mark.parametrize("state", State)
async def test_only_a_sent_mail_is_doubted_and_only_once(
    stores: RealStores, of: StoredEvent, state: State
) -> None:
    one = message(of, state=state)
    await stores.add(one)
    doubts = [
        await stores.mail_reports.doubt(one.id, reason="reported_dsn_5.1.1", until=now() + hours * HOUR)
        for hours in (1, 2)
    ]
    shown = await stores.shown(one)

    assert [state is State.SENT, False] == doubts
    assert ("reported_dsn_5.1.1" if state is State.SENT else None) == shown.reason


async def test_a_doubted_mail_counts_as_lost_when_its_time_is_over(
    stores: RealStores, of: StoredEvent
) -> None:
    early, late = (
        message(of, person=person, state=State.SENT, purpose=Purpose.LEGAL, fallback=LETTER)
        for person in ("p-1", "p-2")
    )
    await stores.add(early, late)
    for one, hours in ((early, -1), (late, 1)):
        await stores.mail_reports.doubt(one.id, reason="reported_dsn_5.1.1", until=now() + hours * HOUR)
    lost = await stores.timers.unconfirmed(AT_ONCE, LOOK_AGAIN)

    assert [(early.id, "reported_dsn_5.1.1")] == [(each.id, each.reason) for each in lost]
