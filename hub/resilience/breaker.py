"""
A circuit breaker per provider: stops calls for a while when too many fail or are slow. Pure.

    closed ──share of faults, or of slow calls──▶ open ──`open_for` is over──▶ half-open ──good──▶ closed
                                                    ◀──a fault, or slow: twice as long──┘

Instants are seconds of a monotonic clock, passed in by the caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy

_SLICES: Final = 10
"""A window slides by a tenth of its length: it stores ten counts, not every call."""

_MOST_DOUBLINGS: Final = 64

CIRCUIT_OPEN: Final = "circuit_open"
"""The reason of a message that was not sent: the circuits of all providers of its channel are open."""


class Circuit(IntEnum):
    """The state of a circuit: calls go through, or not. The metrics show the number."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class BreakerPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The terms of a breaker: when its circuit opens, and for how long.

    It opens only after `min_calls` within `window`; a call that takes longer than `slow_after` is slow.
    `open_for` doubles up to `max_open_for`; `probes` good calls in a row close the circuit again.
    """

    window: Parsed[timedelta]
    min_calls: Annotated[int, Meta(ge=1)]
    error_rate: Annotated[float, Meta(gt=0, le=1)]
    slow_after: Parsed[timedelta]
    slow_rate: Annotated[float, Meta(gt=0, le=1)]
    open_for: Parsed[timedelta]
    max_open_for: Parsed[timedelta]
    probes: Annotated[int, Meta(ge=1)]

    def __post_init__(self) -> None:
        if self.open_for > self.max_open_for:
            raise InvalidPolicy("open_for must not be longer than max_open_for")


@dataclass(frozen=True, slots=True)
class Permit:
    """Permission for one call; return it with the outcome."""

    era: int


class Breaker:
    """The breaker of one provider. Calls `on_change` at every change of the circuit."""

    def __init__(
        self, policy: BreakerPolicy, on_change: Callable[[Circuit], None] = lambda _circuit: None
    ) -> None:
        self.circuit = Circuit.CLOSED
        self._policy = policy
        self._on_change = on_change
        self._window = _Window(policy.window.total_seconds())
        self._era = 0
        self._open_until = 0.0
        self._openings = 0
        self._proven = 0
        self._probing = False

    def wait(self, now: float) -> timedelta:
        """Return how long until a call is allowed; zero when it is allowed now."""
        if self.circuit is Circuit.OPEN:
            return timedelta(seconds=max(0.0, self._open_until - now))
        # A probe that has not returned by then is slow, and opens the circuit again.
        return self._policy.slow_after if self._probing else timedelta(0)

    def enter(self, now: float) -> Permit | None:
        """Return a permit, or None when no call is allowed. Half-open allows one call at a time."""
        if self.wait(now):
            return None
        if self.circuit is Circuit.OPEN:
            self._turn(Circuit.HALF_OPEN)
        self._probing = self.circuit is Circuit.HALF_OPEN
        return Permit(self._era)

    def leave(self, given: Permit, now: float, *, fault: bool, took: timedelta) -> None:
        """Record the outcome of a call; ignore calls that began before the last change of the circuit."""
        if given.era != self._era:
            return
        slow = took > self._policy.slow_after
        if self.circuit is Circuit.HALF_OPEN:
            self._judge_probe(now, good=not (fault or slow))
            return
        self._window.add(now, fault=fault, slow=slow)
        if (fault or slow) and self._window.faulty(self._policy):
            self._open(now)

    def abandon(self, given: Permit) -> None:
        """Take back a permit that led to no call, or to one that we cut off ourselves."""
        if given.era == self._era:
            self._probing = False

    def _judge_probe(self, now: float, *, good: bool) -> None:
        self._probing = False
        if not good:
            self._open(now)
            return
        self._proven += 1
        if self._proven >= self._policy.probes:
            self._openings = 0
            self._turn(Circuit.CLOSED)

    def _open(self, now: float) -> None:
        # Bounded floats: after a week of probes the doublings would overflow a timedelta.
        doubled = self._policy.open_for.total_seconds() * 2.0 ** min(self._openings, _MOST_DOUBLINGS)
        self._open_until = now + min(doubled, self._policy.max_open_for.total_seconds())
        self._openings += 1
        self._turn(Circuit.OPEN)

    def _turn(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self._era += 1
        self._proven = 0
        self._probing = False
        self._window.clear()
        self._on_change(circuit)


class Breakers:
    """
    The breakers of a process, one per channel and provider.

    Calls `on_change` with (provider, channel, circuit). `exceptions` are the terms of channels that have
    others than `policy`.
    """

    def __init__(
        self,
        policy: BreakerPolicy,
        on_change: Callable[[str, str, Circuit], None] = lambda _provider, _channel, _circuit: None,
        exceptions: Mapping[str, BreakerPolicy] = MappingProxyType({}),
    ) -> None:
        self._policy = policy
        self._on_change = on_change
        self._exceptions = exceptions
        self._breakers: dict[tuple[str, str], Breaker] = {}

    def of(self, channel: str, provider: str) -> Breaker:
        """Return the provider's breaker, always the same object."""
        key = channel, provider
        if key not in self._breakers:
            self._breakers[key] = Breaker(
                self._exceptions.get(channel, self._policy),
                lambda circuit: self._on_change(provider, channel, circuit),
            )
        return self._breakers[key]

    def states(self) -> Mapping[tuple[str, str], Circuit]:
        """Return (channel, provider) → circuit."""
        return {key: breaker.circuit for key, breaker in self._breakers.items()}


@dataclass(slots=True)
class _Slice:
    number: int
    calls: int = 0
    faults: int = 0
    slow: int = 0


class _Window:
    """Counts recent calls, faults and slow calls."""

    def __init__(self, length: float) -> None:
        self._width = length / _SLICES
        self._slices: deque[_Slice] = deque()

    def add(self, now: float, *, fault: bool, slow: bool) -> None:
        number = int(now // self._width)
        while self._slices and self._slices[0].number <= number - _SLICES:
            self._slices.popleft()
        if not self._slices or self._slices[-1].number != number:
            self._slices.append(_Slice(number))
        latest = self._slices[-1]
        latest.calls += 1
        latest.faults += fault
        latest.slow += slow

    def faulty(self, policy: BreakerPolicy) -> bool:
        calls = sum(part.calls for part in self._slices)
        if calls < policy.min_calls:
            return False
        faults = sum(part.faults for part in self._slices)
        slow = sum(part.slow for part in self._slices)
        return faults >= policy.error_rate * calls or slow >= policy.slow_rate * calls

    def clear(self) -> None:
        self._slices.clear()
