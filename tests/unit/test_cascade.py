"""A permanent failure advances the cascade to its next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from hub.errors import BrokerUnavailable, PermanentFailure, StorageUnavailable, TransientFailure
from hub.model import Accepted, Outcome, Outgoing, State, Target
from hub.ports import Ticket
from hub.testing import MemoryEmail, MemorySms, MemoryStore
from tests.unit.delivery_harness import mail, make_harness
from tests.unit.factories import HOUR

SMS = Target(channel="sms", contact_id="cp-phone", address="+573001234567")
INBOX = Target(channel="inbox", contact_id="inbox", address="p-1")


async def test_message_of_a_removed_channel_fails_and_the_cascade_advances() -> None:
    office = make_harness(MemorySms())
    message = await office.delivered(mail(fallback=((SMS,),)))

    assert (office.now(message).state, office.now(message).reason) == (State.FAILED, "not_configured")
    assert [ticket.channel for ticket in office.publisher.published] == ["sms"]


class _LostAnswers(MemoryStore):
    """Records, and loses the connection before the reply."""

    async def record(self, token: UUID, outcomes: Sequence[Outcome]) -> frozenset[UUID]:
        done = await super().record(token, outcomes)
        self.faults.meet("answer")
        return done


async def test_lost_reply_of_the_database_still_advances_the_cascade() -> None:
    office = make_harness(MemoryEmail(PermanentFailure("smtp_550")), MemorySms())
    office.store = _LostAnswers(office.clock)
    office.store.faults.script("answer", StorageUnavailable())
    await office.delivered(mail(fallback=((SMS,),)))

    assert [ticket.channel for ticket in office.publisher.published] == ["sms"]
    assert len(office.attempts) == 1


async def test_permanent_failure_advances_to_the_next_step() -> None:
    office = make_harness(MemoryEmail(PermanentFailure("smtp_550")), MemorySms())
    message = await office.delivered(mail(fallback=((SMS,), (INBOX,))))
    [following] = [m for m in office.store.messages if m.step == 1]

    assert (office.now(message).state, office.now(message).reason) == (State.FAILED, "smtp_550")
    assert (following.channel, following.address, following.state) == ("sms", SMS.address, State.QUEUED)
    assert following.fallback == ((INBOX,),)
    assert office.publisher.published == [Ticket(channel="sms", lane=message.lane, ids=(following.id,))]


async def test_step_advances_only_when_all_its_messages_have_failed() -> None:
    async def by_contact(outgoing: Outgoing) -> Accepted:
        if outgoing.message.address == "bad":
            raise PermanentFailure("smtp_550")
        raise TransientFailure("smtp_451")

    office = make_harness(MemoryEmail(by_contact, by_contact, PermanentFailure("smtp_550")), MemorySms())
    two = [mail(contact_id=at, address=at, fallback=((SMS,),)) for at in ("bad", "slow")]
    await office.holds(*two)
    await office.deliver(*two)

    assert office.publisher.published == []
    office.clock.advance(HOUR)
    await office.deliver(*two)
    assert [ticket.channel for ticket in office.publisher.published] == ["sms"]


async def test_a_step_that_fails_in_one_ticket_makes_its_next_step_once() -> None:
    failure = PermanentFailure("smtp_550")
    office = make_harness(MemoryEmail(failure, failure), MemorySms())
    two = [mail(contact_id=at, fallback=((SMS,),)) for at in ("a", "b")]
    await office.holds(*two)
    await office.deliver(*two)

    assert len(office.publisher.ticketed) == 1


async def test_one_persons_step_is_not_anothers() -> None:
    office = make_harness(MemoryEmail(PermanentFailure("smtp_550")), MemorySms())
    bad, waiting = mail("p-1", fallback=((SMS,),)), mail("p-2", fallback=((SMS,),))
    await office.holds(bad, waiting)
    await office.deliver(bad)

    assert [office.store.message(message_id).person for message_id in office.publisher.ticketed] == ["p-1"]


async def test_a_cascade_that_reaches_its_end_stops() -> None:
    office = make_harness(MemoryEmail(PermanentFailure("smtp_550")))
    await office.delivered(mail())

    assert office.publisher.published == []


async def test_next_step_without_a_ticket_is_left_to_the_sweep() -> None:
    office = make_harness(MemoryEmail(PermanentFailure("smtp_550")), MemorySms())
    office.publisher.faults.script("tickets", BrokerUnavailable())
    message = mail(fallback=((SMS,),))
    await office.holds(message)
    with pytest.raises(BrokerUnavailable):
        await office.deliver(message)
    await office.deliver(message)

    # The ticket is redelivered, but its message has failed: the row of the next step waits for the sweep.
    assert [(m.channel, m.state) for m in office.store.messages if m.step == 1] == [("sms", State.QUEUED)]


async def test_worker_that_lost_its_lease_advances_no_cascade() -> None:
    async def too_late(outgoing: Outgoing) -> Accepted:
        office.clock.advance(HOUR)
        await office.store.release_due(1, office.clock(), timedelta(0))
        await office.store.claim([outgoing.message.id], token=UUID(int=1), lease=HOUR)
        raise PermanentFailure("smtp_550")

    office = make_harness(MemoryEmail(too_late), MemorySms())
    message = await office.delivered(mail(fallback=((SMS,),)))

    # Another worker has claimed it, and will record its outcome.
    assert office.publisher.published == []
    assert office.states(message) == [State.SENDING]
