"""Metrics of outcomes: the process that has decided an outcome counts it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import structs
from prometheus_client import REGISTRY

from hub.messages.delivery.outcome_metrics import count
from hub.model import Attempt, Claimed, Lane, Outcome, State
from hub.testing import MemoryEmail, MemorySms
from tests.unit.delivery_harness import mail, make_harness
from tests.unit.factories import MONDAY, claim_of


def made(
    state: State, *outcomes: str, after: float = 0.0, attempt: int = 1, **fields: Any
) -> tuple[Claimed, Outcome]:
    """A message of an event at MONDAY; its last call begins so many seconds later and takes half a second."""
    message = structs.replace(mail(channel="sms", lane=Lane.URGENT), **fields)
    attempts = tuple(
        Attempt(
            message_id=message.id,
            at=MONDAY + timedelta(seconds=after),
            outcome=outcome,
            provider="smtp-9",
            took=timedelta(seconds=0.5),
        )
        for outcome in outcomes
    )
    claim = claim_of(message, attempt=attempt)
    return claim, Outcome(message_id=message.id, state=state, attempts=attempts)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


class Growth:
    """The growth of a metric."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name, self._labels = name, labels
        self._before = counted(name, **labels)

    def __call__(self) -> float:
        return counted(self._name, **self._labels) - self._before


def test_outcomes_are_counted_by_state_and_unknown_calls_by_provider() -> None:
    sent, held = (Growth("hub_outcomes_total", state=state) for state in ("sent", "held"))
    unknown = Growth("hub_unknown_outcomes_total", provider="smtp-9")
    count([made(State.SENT, "unknown", "accepted"), made(State.SENT, "accepted"), made(State.HELD)])

    assert (2, 1, 1) == (sent(), held(), unknown())


def test_letter_that_is_made_counts_as_a_letter_and_not_as_sent() -> None:
    sent, letters = (Growth("hub_outcomes_total", state=state) for state in ("sent", "letter"))
    count([made(State.SENT, "accepted", channel="print")])

    assert (0, 1) == (sent(), letters())


def test_calls_of_providers_are_counted_by_how_they_ended_and_retries_by_queue() -> None:
    place = {"channel": "sms", "provider": "smtp-9"}
    ends = "accepted", "transient", "unknown"
    grown = [Growth("hub_attempts_total", outcome=end, **place) for end in ends]
    retries = Growth("hub_retries_total", lane="urgent", channel="sms")
    count(
        [
            made(State.SENT, "transient", "accepted"),
            made(State.RETRYING, "transient"),
            made(State.RETRYING, "unknown"),
        ]
    )

    assert [1, 2, 1] == [growth() for growth in grown]
    assert 2 == retries()


def test_the_way_from_the_event_to_the_provider_is_a_histogram_by_lane_and_channel() -> None:
    queue = {"lane": "urgent", "channel": "sms"}
    fast, all_of_them = (Growth("hub_accept_seconds_bucket", le=le, **queue) for le in ("5.0", "+Inf"))
    total = Growth("hub_accept_seconds_sum", **queue)
    count(
        [
            made(State.SENT, "accepted", after=4.0),
            made(State.WAITING, "accepted", after=-9.0),  # a publisher's clock that is ahead
            made(State.SENT, "transient", "accepted", after=29.5, attempt=2, reason="timeout"),
        ]
    )

    assert (2, 3) == (fast(), all_of_them())
    assert 4.5 + 30.0 == total()


def test_what_waits_on_purpose_is_no_latency() -> None:
    grown = Growth("hub_accept_seconds_count", lane="urgent", channel="sms")
    count(
        [
            made(State.SENT, "accepted", occasion="reminder:T-24h"),
            made(State.SENT, "accepted", reason="quiet_hours"),
            made(State.SENT, "accepted", step=1),
            made(State.FAILED, "permanent"),
            made(State.HELD),
        ]
    )

    assert 0 == grown()


async def test_parts_of_an_accepted_text_are_counted_as_a_provider_bills_them() -> None:
    kinds = {"event": "pqrs.received", "encoding": "GSM-7"}
    name = "hub_sms_parts_total"
    long = mail(channel="sms", person="p-1", address="+573000000101", name="Ana " * 50)
    short = mail(channel="sms", person="p-2", address="+573000000102", name="Ana")
    letters = mail(channel="email", person="p-3", name="Ana")
    office = make_harness(MemorySms(), MemoryEmail())
    await office.holds(long, short, letters)
    before = counted(name, **kinds)
    await office.deliver(long, short, letters)

    assert 3 == counted(name, **kinds) - before
