"""Metrics of outcomes in this process: to count them in the log would mean to read all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product
from typing import Final

from prometheus_client import Counter as Metric

from hub.model import Claimed, Lane, Outcome, Outgoing, State
from hub.resilience.tally import Histogram, Tally
from hub.sms_text import segments

_OUTCOMES: Final = Tally("hub_outcomes", "Messages that delivery has decided, by their new state.", ["state"])
_UNKNOWN: Final = Tally(
    "hub_unknown_outcomes",
    "Calls whose outcome nobody knows: each may have sent a message twice.",
    ["provider"],
)
_CALLS: Final = Tally(
    "hub_attempts",
    "Calls of providers, by how they ended: accepted, transient, permanent or unknown.",
    ["channel", "provider", "outcome"],
)
_RETRIES: Final = Tally("hub_retries", "Messages that will be tried again.", ["lane", "channel"])
ACCEPTED: Final = Histogram(
    "hub_accept_seconds",
    "From the time of an event until a provider has accepted its message; not of what waits on purpose.",
    ["lane", "channel"],
    (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 7200, 21600, 86400),
)
_PARTS: Final = Metric(
    "hub_sms_parts",
    "Parts of the text messages that a provider has accepted: what it bills.",
    ["event", "encoding"],
)
_RETRYING: Final = State.RETRYING
_SENT: Final = State.SENT
_WAITING: Final = State.WAITING
_DECIDED: Final = tuple(
    state
    for state in State
    if state not in {State.QUEUED, State.SENDING, State.DELIVERED, State.READ, State.BOUNCED}
)
"""The states that delivery decides; the others come from receipts."""
_INITIAL: Final = "initial"
"""The occasion of a message that is no reminder."""


def begin(channels: Iterable[str]) -> None:
    """Show zeros for what this process delivers, so that the first message of a queue is an increase."""
    for state in (*_DECIDED, "letter"):
        _OUTCOMES.begin((str(state),))
    for channel, lane in product(channels, Lane):
        _RETRIES.begin((str(lane), channel))
        ACCEPTED.observe((str(lane), channel), ())


def count(decided: Sequence[tuple[Claimed, Outcome]]) -> None:
    """
    Count the recorded outcomes of a ticket, all of whose messages are of one channel and lane.

    Nothing here is a Python call for each message: see `tests/budgets.toml`.
    """
    queue = decided[0][0].message
    channel, lane = queue.channel, queue.lane
    states, calls = _OUTCOMES.found, _CALLS.found
    # A letter that is made lies in the office: it was not sent.
    sent = ("letter" if channel == "print" else str(_SENT),)
    for _, outcome in decided:
        # A plain text: to look up the member of an enumeration is a call.
        state = sent if outcome.state is _SENT else (str(outcome.state),)
        states[state] = states.get(state, 0) + 1
        for attempt in outcome.attempts:
            call = channel, attempt.provider, attempt.outcome
            calls[call] = calls.get(call, 0) + 1
            if attempt.outcome == "unknown":
                unknown = (attempt.provider,)
                _UNKNOWN.found[unknown] = _UNKNOWN.found.get(unknown, 0) + 1
        if outcome.state is _RETRYING:
            retry = str(lane), channel
            _RETRIES.found[retry] = _RETRIES.found.get(retry, 0) + 1
    if took := _accepted_after(decided):
        ACCEPTED.observe((str(lane), channel), took)


def _accepted_after(decided: Sequence[tuple[Claimed, Outcome]]) -> list[float]:
    """
    Return how many seconds after their event the accepted messages were accepted.

    Messages that waited on purpose are left out: reminders, later steps of a cascade, and held messages,
    whose first try has a reason.
    """
    return [
        ((last := outcome.attempts[-1]).at - claim.event_time + last.took).total_seconds()
        for claim, outcome in decided
        if (outcome.state is _SENT or outcome.state is _WAITING)
        and outcome.attempts
        and (message := claim.message).occasion == _INITIAL
        and message.step == 0
        and (message.reason is None or claim.attempt > 1)
    ]


def count_parts(outgoing: Outgoing) -> int:
    """Count the parts of an accepted text message, and return them."""
    cost = segments(outgoing.rendered.text)
    _counter(outgoing.message.event, cost.encoding).inc(cost.parts)
    return cost.parts


@cache
def _counter(event: str, encoding: str) -> Metric:
    return _PARTS.labels(event, encoding)
