"""Opening hours of a day: intervals of local time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, TypeAlias

from hub.errors import InvalidPolicy

DAY: Final = timedelta(days=1)
TimeOfDay: TypeAlias = time | timedelta | str
"""A local time: `time(8)`, an offset from midnight, or "08:00"; a close may be "24:00" or `time(0)`."""
Frame: TypeAlias = tuple[timedelta, timedelta]
"""[open, close) as offsets from local midnight, so that 24:00 is an ordinary value."""


def frame(opens: TimeOfDay, closes: TimeOfDay) -> Frame:
    """Read one [open, close) of a day; raises InvalidPolicy."""
    start, end = _offset(opens), _offset(closes)
    if end == timedelta(0) or closes == time.max:
        end = DAY  # Python has no time(24), and writes the end of a day in these two ways
    if not timedelta(0) <= start < end <= DAY:
        raise InvalidPolicy(f"opening hours must run forward within a day, not from {opens} to {closes}")
    return start, end


def frames_of(pairs: Iterable[Sequence[TimeOfDay]]) -> tuple[Frame, ...]:
    """Read the opening hours of a day, in order; raises InvalidPolicy."""
    frames = tuple(sorted(frame(opens, closes) for opens, closes in pairs))
    if any(earlier[1] > later[0] for earlier, later in pairwise(frames)):
        raise InvalidPolicy("the opening hours of a day overlap")
    return frames


def _offset(value: TimeOfDay) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if value in {"24:00", "24:00:00"}:
        return DAY
    try:
        clock = value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError) as exc:
        raise InvalidPolicy(f'"{value}" is not a time of day; write "08:00"') from exc
    if clock.tzinfo is not None:
        raise InvalidPolicy(f'"{value}" must not carry a zone; the calendar has one')
    return datetime.combine(date.min, clock) - datetime.combine(date.min, time.min)
