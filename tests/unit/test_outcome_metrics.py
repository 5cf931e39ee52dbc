"""What became of messages is counted by the process that has decided it."""

from __future__ import annotations

from uuid import uuid4

from prometheus_client import REGISTRY

from hub.messages.delivery.outcome_metrics import count
from hub.model import Attempt, Outcome, State
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
