"""Handover in a stopping process: it gives providers no more messages, and waits for their answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from hub.channels.connection_slots import ConnectionSlots
from hub.consumers.messages import end_handover, longest_stop
from hub.errors import TransientFailure
from hub.model import Accepted, Lane, Outgoing, State
from hub.resilience.handover import Handover
from hub.testing import MemoryEmail
from tests.unit.delivery_harness import DeliveryHarness, mail, make_harness
from tests.unit.factories import POLICY


class SlowEmail(MemoryEmail):
    """Has one connection, over which a call begins, and answers when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.slots = ConnectionSlots(1)
        self.begun = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> Accepted:
        loop = asyncio.get_running_loop()
        await self.slots.take(outgoing.message.lane, loop.time() + 5)
        try:
            self.begun.set()
            await self.may_answer.wait()
            return await super().send(outgoing)
        finally:
            self.slots.give_back(outgoing.message.lane)


async def sending(office: DeliveryHarness, email: SlowEmail, *people: str) -> asyncio.Task[None]:
    """Begin to deliver a ticket to these people; the first of them is with the provider."""
    messages = [mail(person) for person in people]
    await office.holds(*messages)
    delivering = asyncio.create_task(office.deliver(*messages))
    await asyncio.wait_for(email.begun.wait(), 5)
    return delivering


async def test_what_waits_for_a_connection_at_a_stop_is_left_to_the_next_process() -> None:
    email = SlowEmail()
    office = make_harness(email)
    people = "p-1", "p-2", "p-3"
    delivering = await sending(office, email, *people)
    office.handover.end()
    email.may_answer.set()
    await asyncio.wait_for(delivering, 5)
    [sent] = office.sent()
    others = [office.now(mail(person)) for person in people if person != sent]

    assert [State.SENT] == office.states(mail(sent))
    assert {(State.RETRYING, "stopping")} == {(message.state, message.reason) for message in others}
    assert {office.clock()} == {message.next_at for message in others}, "the next process sends it at once"
    assert len(office.attempts) == 1


async def test_nothing_is_handed_over_after_the_end() -> None:
    email = SlowEmail()
    office = make_harness(email)
    office.handover.end()
    message = await office.delivered(mail())

    assert [] == office.sent()
    assert [State.RETRYING] == office.states(message)


async def test_a_call_that_was_taken_over_by_another_connection_is_not_turned_away() -> None:
    """The envelope of a waiting mail may be on its way already, behind the content of another one."""
    slots, handover, result = ConnectionSlots(1), Handover(), object()

    async def wait() -> object:
        with handover.sending("email"):
            return await slots.take(Lane.NORMAL, asyncio.get_running_loop().time() + 5, "load")

    await slots.take(Lane.NORMAL, 0)
    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    taken_over = slots.next_waiter(Lane.NORMAL, lambda _: True)
    assert taken_over is not None
    handover.end()
    taken_over.turn.set_result(result)

    assert result is await waiting


async def test_calls_outside_of_a_handover_go_on() -> None:
    slots, handover = ConnectionSlots(1), Handover()
    with handover.sending("email"):
        handover.end()
        with pytest.raises(TransientFailure, match="stopping"):
            await slots.take(Lane.NORMAL, 0)

    await slots.take(Lane.NORMAL, 0)


async def test_a_stop_says_how_many_messages_of_which_channel_it_waits_for() -> None:
    email = SlowEmail()
    office = make_harness(email)
    delivering = await sending(office, email, "p-1", "p-2")
    stop = asyncio.Event()
    stop.set()
    with capture_logs() as logs:
        ending = asyncio.create_task(end_handover(office.deps(), stop))
        await asyncio.sleep(0.2)  # its first line comes after a tenth of a second
        email.may_answer.set()
        await asyncio.wait_for(delivering, 5)
        ending.cancel()
    [said] = [line for line in logs if line["event"] == "delivery.waits_for_providers"]

    assert {"email": 1} == said["channels"]
    assert (office.clock() + longest_stop(office.deps())).isoformat(timespec="seconds") == said["until"]


def test_a_stop_lasts_as_long_as_a_call_may_and_a_little_more() -> None:
    limit = longest_stop(make_harness().deps())

    assert (
        POLICY.delivery.provider_timeout < limit <= POLICY.delivery.provider_timeout + timedelta(seconds=10)
    )
