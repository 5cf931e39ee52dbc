"""Retries: whether and when a failed attempt is tried again. Pure: the random number is a parameter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy, PermanentFailure, SendFailure, TransientFailure

RETRIES_EXHAUSTED: Final = "retries_exhausted"
_LONGEST_WISH: Final = timedelta(days=7)
"""The longest accepted retry-after: more is a provider's error, and could overflow a date."""
_MOST_DOUBLINGS: Final = 64
_LITTLE: Final = timedelta(seconds=1)


class RetryPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`tries` includes the first attempt."""

    base: Parsed[timedelta]
    cap: Parsed[timedelta]
    jitter: Annotated[float, Meta(ge=0, lt=1)]
    tries: Annotated[int, Meta(ge=1)]

    def __post_init__(self) -> None:
        if self.base > self.cap:
            raise InvalidPolicy("base must not be longer than cap")

    @property
    def span(self) -> timedelta:
        """The time that all tries take together."""
        waits = (_doubled(attempt, self) for attempt in range(1, self.tries))
        return timedelta(seconds=sum(waits))


@dataclass(frozen=True, slots=True)
class RetryIn:
    delay: timedelta


@dataclass(frozen=True, slots=True)
class GiveUp:
    """`reason` is a machine-readable word, stored in the message's row."""

    reason: str


Decision: TypeAlias = RetryIn | GiveUp


def decide(error: SendFailure, attempt: int, *, policy: RetryPolicy, chance: float) -> Decision:
    """
    Decide after the failure of attempt 1, 2, …; `chance` is a random number in [0, 1).

    A fault of our configuration and a call that was not made use up no tries: the message waits until
    it is sent or expires.
    """
    if isinstance(error, PermanentFailure):
        return GiveUp(error.reason)
    if not isinstance(error, TransientFailure):
        error = TransientFailure(error.reason)
    if attempt >= policy.tries and not (error.ours or error.untried):
        return GiveUp(RETRIES_EXHAUSTED)
    delay = backoff(attempt, policy=policy, chance=chance)
    if error.retry_after is None:
        return RetryIn(delay)
    wish = min(error.retry_after, _LONGEST_WISH)
    if error.untried:
        # No jitter: the wait is a place in the rate's queue, already spaced.
        return RetryIn(wish + min(wish * policy.jitter, _LITTLE) * chance)
    # Jitter only later: a provider that answered "in 60 s" must not be called earlier.
    return RetryIn(max(delay, wish * (1 + policy.jitter * chance)))


def backoff(attempt: int, *, policy: RetryPolicy, chance: float) -> timedelta:
    """
    Return base × 2^(attempt − 1), at most cap, then spread over ± jitter.

    The jitter comes after the cap; otherwise all messages held by an outage would retry in step.
    """
    return timedelta(seconds=_doubled(attempt, policy) * (1 + policy.jitter * (2 * chance - 1)))


def _doubled(attempt: int, policy: RetryPolicy) -> float:
    doubled = policy.base.total_seconds() * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS)
    return min(doubled, policy.cap.total_seconds())
