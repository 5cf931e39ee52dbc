"""
Tenses: whether a day or an instant of the event lies behind or ahead when its text leaves. Pure.

A message may leave days after its event was planned, and an event may tell of what is over already.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from hub.business_time.dates import DATE_LENGTH, last_instant
from hub.model import Json


def tenses(came: datetime, leaves: datetime | None) -> dict[str, Json]:
    """
    Make the functions of templates about past and future, for an event that came and a text that leaves.

    `ya_paso(ends_on)` is true where the day is over, or the instant is behind; a preview asks as of the
    event's time. `meses_entre(first, last)` counts the whole months between two days, whoever computed them.
    """
    return {"ya_paso": partial(_is_over, leaves or came), "meses_entre": _months_between}


def _is_over(at: datetime, when: Json) -> bool:
    if when is None:
        return False
    end = when if isinstance(when, datetime) else last_instant(str(when))
    return end <= at


def _months_between(first: Json, last: Json) -> int:
    begins, ends = (date.fromisoformat(str(day)[:DATE_LENGTH]) for day in (first, last))
    months = (ends.year - begins.year) * 12 + ends.month - begins.month
    return months - (ends.day < begins.day)
