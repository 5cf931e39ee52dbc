"""Who answers at an instant: the rota of the week, and who stands in for those on leave. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from hub.business_time.dates import ZONE
from hub.model import Json

ON_CALL: Final = "on_call"
DIRECTION: Final = "direction"
FLAGS: Final = (ON_CALL, DIRECTION)
"""Duties that somebody has besides his own: booleans of his membership."""

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def on_shift(shifts: Iterable[Mapping[str, Json]], at: datetime) -> list[str]:
    """Answer the person_id of each whose shift it is at the instant `at`, sorted."""
    local = at.astimezone(ZONE)
    today, minute = local.weekday(), local.hour * 60 + local.minute
    return sorted({shift["person_id"] for shift in shifts if _covers(shift, today, minute)})


def _covers(shift: Mapping[str, Json], today: int, minute: int) -> bool:
    begins, ends = _minute(shift["from"]), _minute(shift["to"])
    if begins < ends:
        return _DAYS[today] in shift["days"] and begins <= minute < ends
    # Over midnight: it belongs to the day that it begins on.
    late = _DAYS[today] in shift["days"] and minute >= begins
    return late or (_DAYS[today - 1] in shift["days"] and minute < ends)


def _minute(text: str) -> int:
    """Count the minutes of the day; `24:00` is its end."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def absent(refs: Collection[str], away: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Answer who of these is on leave and not told for it, each with those who stand in, sorted."""
    told = standing_in(refs, away)
    return {
        ref: [one for one in standing_in([ref], away) if one != ref] for ref in sorted(set(refs) - set(told))
    }


def standing_in(refs: Collection[str], away: Mapping[str, Collection[str]]) -> list[str]:
    """
    Replace whoever is away by the delegates, and these by theirs; answer sorted.

    `away` maps each who is on leave to the delegates, none or several. Who has none is left out,
    unless nobody were left: then all are answered, for somebody has to be told.
    """
    present: set[str] = set()
    seen: set[str] = set()
    asked = set(refs)
    while asked:
        seen |= asked
        present |= {ref for ref in asked if ref not in away}
        asked = {delegate for ref in asked for delegate in away.get(ref, ())} - seen
    return sorted(present or refs)
