"""When people are reminded of what they must start."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hub.business_time.durations import Parsed
from hub.policy.values import Daily, DaysOrNever


class TaskPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    `at` is the hour of reminders on working days; without it nobody is reminded.

    The first comes `warn` business days before the day, then one on that day and each `again` business days.
    `due` has the business day of its month, half-year or year by which each task is to be done.
    """

    at: Parsed[Daily]
    warn: Parsed[DaysOrNever]
    again: Parsed[DaysOrNever]
    due: Mapping[str, Parsed[DaysOrNever]]
