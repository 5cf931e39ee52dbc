"""
Rate limits: the arithmetic of rates and shares, and buckets for one process. The clock is a parameter.

A provider's rate is two buckets (GCRA: a bucket is the instant at which it will be full again). Every
message draws on the whole; a non-urgent one also draws on a share of it, so that the rest is reserved
for urgent messages. Refused callers get places in a queue, spaced at the rate. If all were given the
same instant, they would return together, be refused again except for a few, and never reach the rate.

A person's rate is a log of the messages sent within its period, by message, so that a retry is not
counted twice.

`hub/storage/lua/take.lua` and `admit.lua` do the same in Redis, for all processes together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.business_time.durations import Parsed
from hub.errors import InvalidPolicy
from hub.model import Lane, Purpose

_RATE: Final = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,4})?(s|m|h)")
_UNITS: Final = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
_AT_ONCE: Final = 0.1
"""The part of a rate's count that may be sent in one moment."""
LONGEST_LINE: Final = timedelta(minutes=15)
"""The longest wait that is returned: callers earlier in the queue may never return and leave a gap."""
_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST_LINE: Final = LONGEST_LINE // _MICROSECOND
_MOST_KEYS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A count within a period."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        """Write it as `parse_rate` reads it."""
        unit, length = next((unit, one) for unit, one in reversed(_UNITS.items()) if not self.per % one)
        times = self.per // length
        return f"{self.count}/{times if times > 1 else ''}{unit}"

    def fewer(self, share: float) -> Rate:
        """Return a share of the count within the same period, at least one."""
        return Rate(max(1, int(self.count * share)), self.per)

    def slower(self, share: float) -> Rate:
        """Return a share of the rate: the same count within a longer period."""
        return Rate(self.count, self.per / share)


def parse_rate(text: object) -> Rate:
    """Read "20/s", "300/m", "1000/h" or "10/2h"; raises InvalidPolicy."""
    match = _RATE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InvalidPolicy('a rate is written "20/s", "300/m", "1000/h" or "10/2h"')
    return Rate(int(match[1]), int(match[2] or 1) * _UNITS[match[3]])


class ThrottlePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`person` is channel → the rate per person; messages with `exempt` purposes are not limited."""

    urgent_share: Annotated[float, Meta(ge=0, lt=1)]
    local_share: Annotated[float, Meta(gt=0, le=1)]
    exempt: tuple[Purpose, ...]
    person: Mapping[str, Parsed[Rate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRecord:
    """One message to one person: `key` names the person's log, `member` the message."""

    key: str
    member: str
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The parameters of a rate's two buckets, in microseconds; a tolerance is the capacity minus one."""

    whole: int
    whole_tolerance: int
    share: int
    share_tolerance: int


def draw(rate: Rate, urgent_share: float) -> Draw:
    """Compute the buckets of a rate with a share reserved for urgent messages."""
    whole = rate.per / _MICROSECOND / rate.count
    at_once = max(1, int(rate.count * _AT_ONCE))
    common = max(1, int(at_once * (1 - urgent_share)))
    # Reserve at least one: otherwise an urgent message would wait after others emptied the whole.
    kept = max(1, at_once - common) if urgent_share else 0
    share = whole / (1 - urgent_share)
    return Draw(
        whole=round(whole),
        whole_tolerance=round(whole * (common + kept - 1)),
        share=round(share),
        share_tolerance=round(share * (common - 1)),
    )


class TokenBuckets:
    """Buckets of one process that start full; `clock` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}

    def take(self, key: str, rate: Rate, burst: int) -> bool:
        """Draw one from a bucket of `burst`; return false, and draw nothing, when it is empty."""
        now, spacing = self._clock(), rate.per.total_seconds() / rate.count
        full_at = max(now, self._full_at.get(key, now))
        if full_at - now > spacing * (burst - 0.5):  # half a token for the rounding of floats
            return False
        self._full_at[key] = full_at + spacing
        if len(self._full_at) > _MOST_KEYS:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
        return True


@dataclass(slots=True)
class _Bucket:
    """Instants in microseconds: when the two parts are full again, and when the two queues end."""

    whole: int = 0
    share: int = 0
    urgent_line: int = 0
    line: int = 0


class Buckets:
    """Rates of one process; `clock` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float], *, urgent_share: float) -> None:
        self._clock = clock
        self._urgent_share = urgent_share
        self._buckets: dict[str, _Bucket] = {}
        self._logs: dict[str, dict[str, float]] = {}

    def take(self, key: str, rate: Rate, lane: Lane) -> timedelta:
        """Draw one; return zero when there was one, else how long to wait before a retry."""
        numbers, now = draw(rate, self._urgent_share), round(self._clock() * 1e6)
        bucket = self._buckets.setdefault(key, _Bucket())
        wait = _take_urgent(bucket, numbers, now) if lane is Lane.URGENT else _take(bucket, numbers, now)
        return wait * _MICROSECOND

    def admit(self, entries: Sequence[SendRecord]) -> list[timedelta]:
        """Log entries within the limit; return zero for each of them, and the wait for each of the others."""
        if len(self._logs) > _MOST_KEYS:
            self._logs.clear()  # allows a little too much, but the logs must not grow while Redis is away
        return [self._admit(entry, self._clock()) for entry in entries]

    def _admit(self, entry: SendRecord, now: float) -> timedelta:
        since = now - entry.rate.per.total_seconds()
        log = {member: at for member, at in self._logs.get(entry.key, {}).items() if at > since}
        self._logs[entry.key] = log
        if entry.member in log:
            return timedelta(0)
        if len(log) < entry.rate.count:
            log[entry.member] = now
            return timedelta(0)
        leaves_first = sorted(log.values())[len(log) - entry.rate.count]
        return timedelta(seconds=leaves_first - since)


def _take_urgent(bucket: _Bucket, numbers: Draw, now: int) -> int:
    whole = max(now, bucket.whole)
    ready = whole - numbers.whole_tolerance
    if ready <= now:
        bucket.whole = whole + numbers.whole
        return 0
    ready = min(max(ready, bucket.urgent_line), now + _LONGEST_LINE)
    bucket.urgent_line = ready + numbers.whole
    return ready - now


def _take(bucket: _Bucket, numbers: Draw, now: int) -> int:
    whole, share = max(now, bucket.whole), max(now, bucket.share)
    ready = max(whole - numbers.whole_tolerance, share - numbers.share_tolerance)
    if ready <= now:
        bucket.whole, bucket.share = whole + numbers.whole, share + numbers.share
        return 0
    ready = min(max(ready, bucket.line), now + _LONGEST_LINE)
    bucket.line = ready + numbers.share
    return ready - now
