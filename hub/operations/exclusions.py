"""Which list of excluded numbers is in force, and whether it may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from hub.policy import Policy
from hub.ports import ExclusionLists


class ExclusionListRow(Struct, frozen=True, kw_only=True):
    """
    The list in force, without its numbers; all is empty without one.

    `usable_until` is the last day on which it may be asked; then commercial messages wait.
    """

    list_date: date | None
    loaded_at: datetime | None
    addresses: int
    by_channel: Mapping[str, int]
    usable: bool
    usable_until: date | None


async def read_list(lists: ExclusionLists, *, policy: Policy, now: datetime) -> ExclusionListRow:
    """Return the list in force. Raises StorageUnavailable."""
    loaded = await lists.loaded()
    day = None if loaded is None else loaded.list_date
    return ExclusionListRow(
        list_date=day,
        loaded_at=None if loaded is None else loaded.loaded_at,
        addresses=0 if loaded is None else loaded.addresses,
        by_channel={} if loaded is None else await lists.by_channel(),
        usable=policy.exclusions.holds(day, policy.calendar.day_of(now)),
        usable_until=None if day is None else day + policy.exclusions.max_age,
    )
