"""The people on duty at an instant: the weekly rota, and the delegates of people on leave. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from hub.business_time.dates import ZONE
from hub.model import Json

ON_CALL: Final = "on_call"
DIRECTION: Final = "direction"
FLAGS: Final = (ON_CALL, DIRECTION)
"""Duties besides the main one: booleans of a membership."""

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def on_shift(shifts: Iterable[Mapping[str, Json]], at: datetime) -> list[str]:
    """Return the sorted person_ids of those on shift at the instant `at`."""
    local = at.astimezone(ZONE)
    today, minute = local.weekday(), local.hour * 60 + local.minute
    return sorted({shift["person_id"] for shift in shifts if _covers(shift, today, minute)})


def _covers(shift: Mapping[str, Json], today: int, minute: int) -> bool:
    begins, ends = _minute(shift["from"]), _minute(shift["to"])
    if begins < ends:
        return _DAYS[today] in shift["days"] and begins <= minute < ends
    # A shift over midnight belongs to the day on which it begins.
    late = _DAYS[today] in shift["days"] and minute >= begins
    return late or (_DAYS[today - 1] in shift["days"] and minute < ends)


def _minute(text: str) -> int:
    """Return the minute of the day; `24:00` is its end."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def absent(refs: Collection[str], away: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Return the people on leave who are not notified → their delegates, sorted."""
    notified = standing_in(refs, away)
    return {
        ref: [delegate for delegate in standing_in([ref], away) if delegate != ref]
        for ref in sorted(set(refs) - set(notified))
    }


def standing_in(refs: Collection[str], away: Mapping[str, Collection[str]]) -> list[str]:
    """
    Replace people on leave by their delegates, recursively; the result is sorted.

    `away` maps each person on leave to their delegates, if any. A person without delegates is left
    out, unless nobody would remain: then all are returned, because somebody must be notified.
    """
    present: set[str] = set()
    seen: set[str] = set()
    pending = set(refs)
    while pending:
        seen |= pending
        present |= {ref for ref in pending if ref not in away}
        pending = {delegate for ref in pending for delegate in away.get(ref, ())} - seen
    return sorted(present or refs)
