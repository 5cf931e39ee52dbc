"""Counts what became of messages, in this process: to count them in the log would read all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Final

from prometheus_client import Counter as Metric

from hub.model import Outcome, Outgoing
from hub.sms_text import segments

_OUTCOMES: Final = Metric(
    "hub_outcomes", "Messages that delivery has decided, by their new state.", ["state"]
)
_UNKNOWN: Final = Metric(
    "hub_unknown_outcomes",
    "Calls whose outcome nobody knows: each may have sent a message twice.",
    ["provider"],
)
_PARTS: Final = Metric(
    "hub_sms_parts",
    "Parts of the text messages that a provider has accepted: what it bills.",
    ["event", "encoding"],
)
_STATE: Final = attrgetter("state")


def count(outcomes: Sequence[Outcome]) -> None:
    """Count the recorded outcomes of a ticket."""
    for state, times in Counter(map(_STATE, outcomes)).items():
        _OUTCOMES.labels(str(state)).inc(times)
    for outcome in outcomes:
        for attempt in outcome.attempts:
            if attempt.outcome == "unknown":
                _UNKNOWN.labels(attempt.provider).inc()


def count_parts(outgoing: Outgoing) -> None:
    """Count what a text message that was accepted costs."""
    cost = segments(outgoing.rendered.text)
    _counter(outgoing.message.event, cost.encoding).inc(cost.parts)


@cache
def _counter(event: str, encoding: str) -> Metric:
    return _PARTS.labels(event, encoding)
