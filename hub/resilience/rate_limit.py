"""
How often: the arithmetic of rates and shares, and buckets for one process. The clock is handed in.

A provider's rate is two buckets (GCRA: a bucket is the instant at which it will be full again): all may
draw on the whole, and what is not urgent must also draw on a part of it, so that the rest is always
there for the urgent. Who is refused gets a place in a line, one after the other at the rate: told all
the same instant, a crowd would come back at once, be refused but for a few, and never reach its rate.

A person's rate is a log of what was said within the last hour (or whatever its time is), by message, so
that a retry of one message is not counted twice.

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
"""The part of a rate's count that may go in one moment."""
LONGEST_LINE: Final = timedelta(minutes=15)
"""Nobody is told to come back later than this: who stood before may never come, and leave a gap."""
_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST_LINE: Final = LONGEST_LINE // _MICROSECOND
_MOST_KEYS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many within a time."""

    count: int
    per: timedelta

    def fewer(self, share: float) -> Rate:
        """Answer a part of it within the same time, never less than one."""
        return Rate(max(1, int(self.count * share)), self.per)

    def slower(self, share: float) -> Rate:
        """Answer a part of it by taking longer for the same."""
        return Rate(self.count, self.per / share)


def parse_rate(text: object) -> Rate:
    """Read "20/s", "300/m", "1000/h" or "10/2h"; raises InvalidPolicy."""
    match = _RATE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InvalidPolicy('a rate is written "20/s", "300/m", "1000/h" or "10/2h"')
    return Rate(int(match[1]), int(match[2] or 1) * _UNITS[match[3]])


class ThrottlePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`person` is channel → how much one person gets over it; `exempt` purposes are never held for that."""

    urgent_share: Annotated[float, Meta(ge=0, lt=1)]
    local_share: Annotated[float, Meta(gt=0, le=1)]
    exempt: tuple[Purpose, ...]
    person: Mapping[str, Parsed[Rate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRecord:
    """One message to one person: `key` is whose log it goes into, `member` the message."""

    key: str
    member: str
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The numbers of a rate's two buckets, in microseconds; a tolerance is all but one of what it holds."""

    whole: int
    whole_tolerance: int
    share: int
    share_tolerance: int


def draw(rate: Rate, urgent_share: float) -> Draw:
    """Work out the buckets of a rate of which a share is kept for the urgent."""
    whole = rate.per / _MICROSECOND / rate.count
    at_once = max(1, int(rate.count * _AT_ONCE))
    common = max(1, int(at_once * (1 - urgent_share)))
    # At least one is kept: with the whole drawn empty by others, an urgent one would wait for the next.
    kept = max(1, at_once - common) if urgent_share else 0
    share = whole / (1 - urgent_share)
    return Draw(
        whole=round(whole),
        whole_tolerance=round(whole * (common + kept - 1)),
        share=round(share),
        share_tolerance=round(share * (common - 1)),
    )


@dataclass(slots=True)
class _Bucket:
    """Instants in microseconds: when its two parts are full again, and where its two lines end."""

    whole: int = 0
    share: int = 0
    urgent_line: int = 0
    line: int = 0


class Buckets:
    """Rates of one process; `clock` tells seconds and never goes back."""

    def __init__(self, clock: Callable[[], float], *, urgent_share: float) -> None:
        self._clock = clock
        self._urgent_share = urgent_share
        self._buckets: dict[str, _Bucket] = {}
        self._logs: dict[str, dict[str, float]] = {}

    def take(self, key: str, rate: Rate, lane: Lane) -> timedelta:
        """Draw one; zero when there was one, else when to ask again."""
        numbers, now = draw(rate, self._urgent_share), round(self._clock() * 1e6)
        bucket = self._buckets.setdefault(key, _Bucket())
        wait = _take_urgent(bucket, numbers, now) if lane is Lane.URGENT else _take(bucket, numbers, now)
        return wait * _MICROSECOND

    def admit(self, entries: Sequence[SendRecord]) -> list[timedelta]:
        """Log each for which there is room; answer zeros, and for the others when there is room again."""
        if len(self._logs) > _MOST_KEYS:
            self._logs.clear()  # a share of a share: better than to grow for as long as Redis is away
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
