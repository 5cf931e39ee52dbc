"""The hours in which messages may be sent: those of the law by purpose, and the carriers' by channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, tzinfo
from itertools import product
from typing import Final, TypeAlias

from msgspec import Struct

from hub.business_time import ColombianHolidays, WorkCalendar
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
