"""What became of messages is counted by the process that has decided it."""

from __future__ import annotations

from uuid import uuid4

from prometheus_client import REGISTRY

from hub.messages.delivery.outcome_metrics import count
from hub.model import Attempt, Outcome, State
from hub.testing import MemoryEmail, MemorySms
from tests.unit.delivery_harness import mail, post_office
from tests.unit.factories import MONDAY


def made(state: State, *outcomes: str) -> Outcome:
    message_id = uuid4()
    attempts = tuple(
        Attempt(message_id=message_id, at=MONDAY, outcome=outcome, provider="smtp-9") for outcome in outcomes
    )
    return Outcome(message_id=message_id, state=state, attempts=attempts)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_outcomes_are_counted_by_state_and_unknown_calls_by_provider() -> None:
    before = counted("hub_outcomes_total", state="sent"), counted("hub_outcomes_total", state="held")
    count([made(State.SENT, "unknown", "accepted"), made(State.SENT, "accepted"), made(State.HELD)])

    assert 2 == counted("hub_outcomes_total", state="sent") - before[0]
    assert 1 == counted("hub_outcomes_total", state="held") - before[1]
    assert 1 == counted("hub_unknown_outcomes_total", provider="smtp-9")


async def test_parts_of_an_accepted_text_are_counted_as_a_provider_bills_them() -> None:
    kinds = {"event": "pqrs.received", "encoding": "GSM-7"}
    name = "hub_sms_parts_total"
    long = mail(channel="sms", person="p-1", address="+573000000101", name="Ana " * 50)
    short = mail(channel="sms", person="p-2", address="+573000000102", name="Ana")
    letters = mail(channel="email", person="p-3", name="Ana")
    office = post_office(MemorySms(), MemoryEmail())
    await office.holds(long, short, letters)
    before = counted(name, **kinds)
    await office.deliver(long, short, letters)

    assert 3 == counted(name, **kinds) - before
