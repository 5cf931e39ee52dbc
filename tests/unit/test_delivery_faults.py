"""Delivery when providers, the database or Redis fail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from hub.errors import PermanentFailure, StorageUnavailable, TransientFailure
from hub.messages.delivery.deps import MOST
from hub.model import Accepted, Claimed, Outgoing, State
from hub.testing import MemoryEmail, MemoryStore
from tests.unit.delivery_harness import hasty, mail, make_harness, named
from tests.unit.factories import HOUR, MONDAY


async def test_a_transient_failure_is_tried_again_later() -> None:
    office = make_harness(MemoryEmail(TransientFailure("smtp_451", retry_after=timedelta(hours=2))))
    message = await office.delivered(mail())
    waiting = office.now(message)

    assert (waiting.state, waiting.reason) == (State.RETRYING, "smtp_451")
    assert waiting.next_at is not None
    # Two hours, and up to a fifth of them of jitter.
    assert MONDAY + 2 * HOUR <= waiting.next_at <= MONDAY + 2.4 * HOUR
    assert office.appointments.scores == {f"m:{message.id}": waiting.next_at.timestamp()}


async def test_a_message_that_waits_is_not_sent_before_its_time_and_then_is() -> None:
    office = make_harness(MemoryEmail(TransientFailure("smtp_451")))
    message = await office.delivered(mail())
    await office.deliver(message)

    assert office.sent() == ["p-1"]
    office.clock.advance(HOUR)
    await office.deliver(message)
    assert (office.sent(), office.states(message)) == (["p-1", "p-1"], [State.SENT])


async def test_each_try_sends_the_same_reference() -> None:
    office = make_harness(MemoryEmail(TransientFailure("timeout", unknown=True)))
    message = await office.delivered(mail())
    office.clock.advance(HOUR)
    await office.deliver(message)

    assert {outgoing.message.id for outgoing in office.channels["email"].sent} == {message.id}
    assert [attempt.outcome for attempt in office.attempts] == ["unknown", "accepted"]


async def test_failure_of_one_message_does_not_affect_another() -> None:
    async def by_person(outgoing: Outgoing) -> Accepted:
        if outgoing.message.person == "p-0":
            raise PermanentFailure("smtp_550")
        if outgoing.message.person == "p-1":
            raise TransientFailure("smtp_451")
        if outgoing.message.person == "p-2":
            raise ZeroDivisionError  # a fault of the channel
        return Accepted(provider="smtp")

    office = make_harness(MemoryEmail(*[by_person] * 4))
    four = [mail(f"p-{number}") for number in range(4)]
    await office.holds(*four)
    await office.deliver(*four)

    assert office.states(*four) == [State.FAILED, State.RETRYING, State.RETRYING, State.SENT]
    assert office.now(four[2]).reason == "channel_fault"


async def test_send_to_a_hanging_provider_ends_with_the_lease(tmp_path: Path) -> None:
    async def hang(_: Outgoing) -> Accepted:
        await asyncio.Event().wait()
        raise AssertionError

    office = make_harness(MemoryEmail(hang), policy=hasty(tmp_path, provider="100ms", margin="100ms"))
    stuck, good = mail("p-stuck"), mail("p-good")
    await office.holds(stuck, good)
    async with asyncio.timeout(5):
        await office.deliver(stuck, good)

    assert office.states(stuck, good) == [State.RETRYING, State.SENT]
    assert office.now(stuck).reason == "timeout"
    assert [a.outcome for a in office.attempts if a.message_id == stuck.id] == ["unknown"]


async def test_ticket_is_delivered_without_redis() -> None:
    office = make_harness(MemoryEmail(TransientFailure("smtp_451")))
    office.appointments.away = True
    message = mail()
    await office.holds(message)
    with capture_logs() as logs:
        await office.deliver(message)

    assert office.states(message) == [State.RETRYING]
    assert "appointments.unavailable" in [entry["event"] for entry in logs]


async def test_log_has_no_names_and_no_addresses() -> None:
    office = make_harness(MemoryEmail(PermanentFailure("smtp_550")))
    good, bad = mail(), named(mail("p-2"), "Nadie")
    await office.holds(good, bad)
    with capture_logs() as logs:
        await office.deliver(good, bad)

    assert {entry["event"] for entry in logs} == {"message.failed", "template.failed"}
    assert not any(word in str(logs) for word in ("María", "maria@", "Nadie"))


async def test_without_the_database_nothing_is_sent() -> None:
    office = make_harness()
    office.store.faults.script("claim", StorageUnavailable())
    message = mail()
    await office.holds(message)
    with pytest.raises(StorageUnavailable):
        await office.deliver(message)

    assert office.sent() == []


async def test_what_was_sent_while_the_database_went_away_is_recorded_when_it_is_back() -> None:
    office = make_harness()
    office.store.faults.script("record", StorageUnavailable())
    message = await office.delivered(mail())

    assert (office.sent(), office.states(message)) == (["p-1"], [State.SENT])


async def test_what_was_sent_is_recorded_also_when_the_database_is_back_after_the_lease(
    tmp_path: Path,
) -> None:
    office = make_harness(policy=hasty(tmp_path, provider="10ms", margin="40ms"))
    office.store.faults.script("record", StorageUnavailable(), StorageUnavailable())
    message = await office.delivered(mail())

    assert (office.sent(), office.states(message)) == (["p-1"], [State.SENT])


async def test_message_claimed_by_another_worker_is_left_to_it(tmp_path: Path) -> None:
    office = make_harness(policy=hasty(tmp_path, provider="10ms", margin="40ms"))
    office.store.faults.always("record", StorageUnavailable())
    message = mail()
    await office.holds(message)
    delivering = asyncio.create_task(office.deliver(message))
    await asyncio.sleep(0.1)
    office.clock.advance(HOUR)
    await office.store.release_due(1, office.clock(), timedelta(0))
    [taken] = await office.store.claim([message.id], token=uuid4(), lease=HOUR)
    office.store.faults.always("record", None)
    await asyncio.wait_for(delivering, 5)

    assert (taken.attempt, office.states(message)) == (2, [State.SENDING])


class _ForgetfulStore(MemoryStore):
    """Commits a claim, and loses the first answer."""

    has_answered = False

    async def claim(self, ids: Sequence[UUID], *, token: UUID, lease: timedelta) -> Sequence[Claimed]:
        claimed = await super().claim(ids, token=token, lease=lease)
        if not self.has_answered:
            self.has_answered = True
            raise StorageUnavailable
        return claimed


async def test_a_claim_whose_answer_was_lost_is_made_again_and_waits_for_no_lease() -> None:
    office = make_harness()
    office.store = _ForgetfulStore(office.clock)
    message = mail()
    await office.holds(message)
    with pytest.raises(StorageUnavailable):
        await office.deliver(message)
    await office.deliver(message)

    assert [State.SENT] == office.states(message)
    assert ["p-1"] == office.sent()
    assert 0 == len(office.lost_claims)


async def test_lost_claims_of_tickets_that_never_come_again_are_forgotten() -> None:
    office = make_harness()
    office.store.faults.always("claim", StorageUnavailable())
    for number in range(MOST + 1):
        with pytest.raises(StorageUnavailable):
            await office.deliver(mail(f"p-{number}"))

    assert MOST == len(office.lost_claims)
