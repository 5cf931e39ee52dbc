"""
Rates of senders: what each may publish in a lane. Each process counts only what it takes in.

A sender is the user whom RabbitMQ has validated, or the caller over HTTP. All who name nobody count as one.
The hub's own events are not counted.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from prometheus_client import Counter as Metric

from hub.model import Lane, RawMessage
from hub.policy.intake import ANONYMOUS, IntakePolicy
from hub.resilience.rate_limit import TokenBuckets

BELOW: Final = {Lane.URGENT: Lane.NORMAL, Lane.NORMAL: Lane.BULK}
"""Where a lane's excess goes."""
_MOST_UNSETTLED: Final = 10_000
"""Another process may settle what a lost connection has left: here it must not add up."""

_DEMOTED: Final = Metric(
    "hub_events_demoted", "Events above their sender's rate, by the lane that they have left.", ["lane"]
)


class SenderRates:
    """
    The buckets of all senders; `own` is the hub's RabbitMQ user.

    `excess` counts the demoted events by (lane, sender), until a report takes them out.
    """

    def __init__(
        self, policy: IntakePolicy, *, own: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._policy = policy
        self._own = own
        self._buckets = TokenBuckets(clock)
        self._unsettled: set[UUID] = set()
        # A moved event is marked in the hub's own name: without one it would come back for ever.
        self._limited = policy.limited if own is not None else frozenset()
        self.excess: Counter[tuple[Lane, str]] = Counter()

    def limits(self, lane: Lane | None) -> bool:
        """Return whether anybody has a limit in this lane; without one nothing is counted."""
        return lane in self._limited

    def admits(self, key: UUID, raw: RawMessage, lane: Lane) -> bool:
        """
        Draw on the sender's rate; false where it is used up.

        An event that was admitted and is not settled, because its batch failed, draws nothing again.
        """
        if key in self._unsettled or (raw.caller is None and raw.user == self._own):
            return True
        sender = sender_of(raw)
        limit = self._policy.of(sender, lane)
        if limit is None or limit.rate is None:
            return True
        if not self._buckets.take(f"{lane}:{sender}", limit.rate, limit.at_once):
            return False
        if len(self._unsettled) >= _MOST_UNSETTLED:
            self._unsettled.clear()
        self._unsettled.add(key)
        return True

    def settle(self, keys: Iterable[UUID]) -> None:
        """Forget the processed events: to publish one again is to draw again."""
        self._unsettled.difference_update(keys)

    def note_demoted(self, lane: Lane, raws: Iterable[RawMessage]) -> None:
        """Count what has left this lane."""
        senders = Counter((lane, sender_of(raw)) for raw in raws)
        self.excess.update(senders)
        _DEMOTED.labels(str(lane)).inc(senders.total())


def sender_of(raw: RawMessage) -> str:
    """Return on whose rate the message counts."""
    return raw.caller or raw.user or ANONYMOUS
