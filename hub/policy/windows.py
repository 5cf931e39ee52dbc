"""
The hours in which messages may be sent: those of the law by purpose, the carriers' by channel, and the night.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import product
from typing import Final, TypeAlias

from msgspec import Struct

from hub.business_time import ColombianHolidays, WorkCalendar, as_utc
from hub.business_time.dates import ZONE
from hub.business_time.durations import Parsed
from hub.business_time.opening_hours import frames_of
from hub.errors import InvalidPolicy
from hub.model import Purpose
from hub.policy.values import Frames, Weekday

ContactHours: TypeAlias = Mapping[Purpose, Mapping[str, WorkCalendar]]
"""Purposes with restricted hours → channel → its hours; "" is every channel that has none of its own."""


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The hours at which messages of these purposes may be sent.

    With `channels` it narrows those of the purpose, for these channels alone: both must be open.
    """

    purposes: tuple[Purpose, ...]
    channels: tuple[str, ...] = ()
    week: Mapping[Weekday, Parsed[Frames]]
    holidays: bool = False

    def __post_init__(self) -> None:
        if Purpose.EMERGENCY in self.purposes:
            raise InvalidPolicy("an emergency is sent at any hour")


class NightPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The hours from `since` to `until` in which messages of these purposes ring no telephone.

    Over these `channels` they wait until the morning; the others go at once, for they wake nobody. Messages
    about the events `at_any_hour` do not wait.
    """

    purposes: tuple[Purpose, ...]
    channels: tuple[str, ...]
    since: Parsed[time]
    until: Parsed[time]
    at_any_hour: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if never := {Purpose.EMERGENCY, Purpose.LEGAL}.intersection(self.purposes):
            raise InvalidPolicy(f"{', '.join(sorted(never))} waits for no morning")
        if self.since <= self.until:
            raise InvalidPolicy("the night begins in the evening and ends in the morning")

    def holds(self, purpose: str, channel: str, event: str, at: datetime) -> bool:
        """Return whether a message like this waits for the morning."""
        return (
            purpose in self.purposes
            and channel in self.channels
            and event not in self.at_any_hour
            and not self.until <= at.astimezone(ZONE).time() < self.since
        )

    def morning(self, at: datetime) -> datetime:
        """Return the end of the night in which an instant is, in UTC."""
        local = at.astimezone(ZONE)
        day = local.date() + timedelta(days=local.time() >= self.since)
        return as_utc(datetime.combine(day, self.until, ZONE))


_ALWAYS: Final = Window(
    purposes=(), week={day: frames_of([("00:00", "24:00")]) for day in Weekday}, holidays=True
)


def contact_hours(windows: Mapping[str, Window], zone: tzinfo) -> ContactHours:
    """Return the hours of each purpose. Raises InvalidPolicy where two windows contradict each other."""
    found: dict[tuple[Purpose, str], tuple[str, Window]] = {}
    for name, window in windows.items():
        for purpose, channel in product(window.purposes, window.channels or ("",)):
            if (purpose, channel) in found:
                about = f"{purpose} by {channel}" if channel else str(purpose)
                raise InvalidPolicy(f"windows.{name}.purposes: {about} already has a window")
            found[purpose, channel] = name, window
    hours: dict[Purpose, dict[str, WorkCalendar]] = {}
    for (purpose, channel), (name, window) in found.items():
        base, widest = found.get((purpose, ""), ("", _ALWAYS))
        of = hours.setdefault(purpose, {"": _calendar(base, widest, zone)})
        of[channel] = _calendar(name, _both(widest, window), zone)
    return hours


def _both(one: Window, other: Window) -> Window:
    """Return the window that is open while both are."""
    week = {day: _overlap(one.week.get(day, ()), other.week.get(day, ())) for day in Weekday}
    return Window(purposes=(), week=week, holidays=one.holidays and other.holidays)


def _overlap(some: Frames, others: Frames) -> Frames:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a, b in product(some, others))
    return tuple(sorted((opens, closes) for opens, closes in both if opens < closes))


def _calendar(name: str, window: Window, zone: tzinfo) -> WorkCalendar:
    holidays = frozenset[date]() if window.holidays else ColombianHolidays()
    week = {day.number: frames for day, frames in window.week.items()}
    try:
        return WorkCalendar(week, holidays, {}, zone)
    except InvalidPolicy as exc:
        raise InvalidPolicy(f"windows.{name}: {exc}") from exc
