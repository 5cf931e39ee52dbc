"""
Working-calendar arithmetic: when a promise in business hours or business days is due.

Open time is a set of half-open intervals [open, close) of local time; `W(a, b)` is the open time
in [a, b); `due(r, d)` is the first t ≥ r with W(r, t) ≥ d. So a promise that starts at closing runs from
the next opening, and one that runs out exactly at closing is due at that closing.

A promise is kept when the answer's instant ≤ due. Comparing worked time with the duration instead
would count an answer at 07:59 next morning as on time although it was due at 17:00.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from hub.business_time.open_time import YEARS, Interval, OpenTime
from hub.business_time.opening_hours import DAY, Frame, TimeOfDay, frames_of
from hub.errors import InvalidPolicy

HOUR: Final = timedelta(hours=1)
MONDAY_TO_FRIDAY: Final = frozenset(range(5))
_YEARS: Final = range(2024, 2041)
_HORIZON: Final = 100 * 366 * DAY
"""No promise reaches this far; an unlimited search would run to the year 9999."""

_LONGEST_CLOSED: Final = 366
"""Days; a company that was closed for longer has no last opening."""


class Mode(StrEnum):
    """The meaning of "24 horas hábiles", a decision of the company; see the domain notes."""

    WORKING_TIME = "working_time"
    WORKING_TIME_CCO829 = "working_time_cco829"
    """Hour terms run from the first second of the next hour (Código de Comercio art. 829)."""
    BUSINESS_DAY_CLOCK = "business_day_clock"
    """24 hours a day on every day that has opening hours."""


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """A term of whole days, counted from the day after the receipt (Ley 1755 de 2015)."""

    count: int

    def __add__(self, other: BusinessDays) -> BusinessDays:
        return BusinessDays(self.count + other.count)


Term: TypeAlias = timedelta | BusinessDays
"""The term of a promise: business hours, or business days."""


@dataclass(frozen=True, slots=True, init=False)
class WorkCalendar:
    """
    When a company works: hours by weekday (Monday 0), holidays, days of other hours, a zone.

    A special day overrides its weekday and a holiday. Arguments are aware datetimes; results are aware
    UTC. Raises InvalidPolicy for impossible hours, or if the calendar would never open.

    `legal_days` are the weekdays that count for terms set by law, independent of the company's hours.
    """

    week: tuple[tuple[Frame, ...], ...]
    holidays: Container[date]
    special_days: Mapping[date, tuple[Frame, ...]] = field(hash=False)
    zone: tzinfo
    legal_days: frozenset[int]
    _open_time: Mapping[str, OpenTime] = field(repr=False, compare=False)
    _business_days: dict[int, tuple[date, ...]] = field(repr=False, compare=False)
    """Those of each year that was asked for."""

    def __init__(
        self,
        week: Mapping[int, Iterable[Sequence[TimeOfDay]]],
        holidays: Container[date],
        special_days: Mapping[date, Iterable[Sequence[TimeOfDay]]],
        zone: tzinfo | str,
        *,
        legal_days: Collection[int] = MONDAY_TO_FRIDAY,
    ) -> None:
        put = object.__setattr__  # the one way to fill a frozen dataclass
        put(self, "week", tuple(frames_of(week.get(weekday, ())) for weekday in range(7)))
        put(self, "holidays", _frozen(holidays))
        put(self, "special_days", {day: frames_of(frames) for day, frames in special_days.items()})
        put(self, "zone", _zone(zone) if isinstance(zone, str) else zone)
        put(self, "legal_days", frozenset(legal_days))
        working, all_day = OpenTime(self._open_on, self.zone), OpenTime(self._all_of, self.zone)
        put(self, "_open_time", {**dict.fromkeys(Mode, working), Mode.BUSINESS_DAY_CLOCK: all_day})
        put(self, "_business_days", {})
        if not any(self.week) and not any(self.special_days.values()):
            raise InvalidPolicy("the calendar never opens")
        if not self.legal_days:
            raise InvalidPolicy("legal terms need at least one weekday on which they run")

    @property
    def version(self) -> str:
        """
        A hash of these hours and holidays. It includes the holidays of the years that running terms can
        reach, so that a law that changes them changes the version.
        """
        days = sorted(
            day
            for year in _YEARS
            for day in _days(date(year, 1, 1), date(year, 12, 31))
            if day in self.holidays
        )
        parts = (self.week, sorted(self.special_days.items()), sorted(self.legal_days), str(self.zone), days)
        return sha256(repr(parts).encode()).hexdigest()[:12]

    def due(
        self,
        received: datetime,
        duration: timedelta,
        *,
        mode: str = Mode.WORKING_TIME,
        pauses: Iterable[Interval] = (),
    ) -> datetime:
        """Return the first instant by which `duration` of open, unpaused time has passed."""
        if duration < timedelta(0):
            raise ValueError("a duration cannot be negative")
        start = _next_full_hour(received, self.zone) if mode == Mode.WORKING_TIME_CCO829 else as_utc(received)
        if not duration:
            return start
        open_time = self._open_time.get(mode) or self._open_time[Mode(mode)]
        due = open_time.due(start, duration)
        for since, until in _joined(pauses) if pauses else ():
            if due is None or since >= due:
                break
            duration += open_time.between(max(since, start), until)
            due = open_time.due(start, duration)
        if due is None:
            raise InvalidPolicy(
                f"{duration} of open time do not pass within a hundred years of {start:%Y-%m-%d}"
            )
        return due

    def elapsed(
        self,
        a: datetime,
        b: datetime,
        pauses: Iterable[Interval] = (),
        *,
        mode: str = Mode.WORKING_TIME,
    ) -> timedelta:
        """Return the open, unpaused time in [a, b); nothing when b is not after a."""
        start, end, open_time = as_utc(a), as_utc(b), self._open_time[Mode(mode)]
        paused = (open_time.between(max(since, start), min(until, end)) for since, until in _joined(pauses))
        return open_time.between(start, end) - sum(paused, timedelta(0))

    def next_open(self, at: datetime) -> datetime:
        """Return `at` if the calendar is open then, else the next opening."""
        start = as_utc(at)
        first = self._open_time[Mode.WORKING_TIME].due(start, datetime.resolution)
        if first is None:
            raise InvalidPolicy(f"the calendar does not open within a hundred years of {start:%Y-%m-%d}")
        return first - datetime.resolution

    def is_business_day(self, day: date) -> bool:
        """Return whether `day` counts for terms set by law; the company's hours do not matter."""
        return self._counts(day, ())

    def legal_due(
        self, received: datetime, business_days: int, *, pauses: Iterable[Interval] = ()
    ) -> datetime:
        """
        Return the end, 24:00 local, of the n-th business day after the day of receipt.

        Inclusive: an answer at exactly that midnight is in time, so compare `answered <= due`. A pause
        removes the days after its first one, up to and including its last: the term continues "a partir
        del día siguiente" (Ley 1755 de 2015, art. 17).
        """
        return self._at(self._business_day_after(received, business_days, pauses), DAY)

    def business_day_opening(
        self, received: datetime, n: int, *, pauses: Iterable[Interval] = ()
    ) -> datetime:
        """Return when the n-th business day after the day of receipt opens; its midnight if it is closed."""
        day = self._business_day_after(received, n, pauses)
        frames = self._frames_on(day)
        return self._at(day, frames[0][0] if frames else timedelta(0))

    def last_opening(self, day: date) -> datetime:
        """Return the last first opening of a day up to `day`; the midnight of `day` if there was none."""
        for back in range(_LONGEST_CLOSED):
            if frames := self._frames_on(day - back * DAY):
                return self._at(day - back * DAY, frames[0][0])
        return self._at(day, timedelta(0))

    def opening_before(self, at: datetime, n: int) -> datetime:
        """
        Return when the n-th business day before the day of `at` opens; its midnight if it is closed.

        24:00 belongs to the day that ends then.
        """
        day, left = self.day_of(as_utc(at) - datetime.resolution), n
        for _ in range(_HORIZON.days):
            if not left:
                break
            day -= DAY
            left -= self._counts(day, ())
        frames = self._frames_on(day)
        return self._at(day, frames[0][0] if frames else timedelta(0))

    def business_days(self, received: datetime, last: date, *, pauses: Iterable[Interval] = ()) -> int:
        """Count the business days after the day of receipt, up to and including `last`."""
        tomorrow = self.day_of(received) + DAY
        return sum(self._counts(day, self._paused_days(pauses)) for day in _days(tomorrow, last))

    def day_of(self, at: datetime) -> date:
        """Return the local day of an instant."""
        return as_utc(at).astimezone(self.zone).date()

    def _business_day_after(self, received: datetime, n: int, pauses: Iterable[Interval]) -> date:
        if n < 1:
            raise ValueError("the day of receipt does not count: the first business day is 1")
        day, paused, left = self.day_of(received), self._paused_days(pauses), n
        if not paused:
            return self._nth_business_day(day, n)
        for _ in range(_HORIZON.days + 1):
            day += DAY
            left -= self._counts(day, paused)
            if not left:
                return day
        raise InvalidPolicy(f"{n} business days do not pass within a hundred years")

    def _nth_business_day(self, day: date, n: int) -> date:
        """Return the n-th business day after `day`."""
        place = n - 1 + bisect_right(self._business_days_of(day.year), day)
        for year in range(day.year, min(day.year + YEARS, MAXYEAR) + 1):
            days = self._business_days_of(year)
            if place < len(days):
                return days[place]
            place -= len(days)
        raise InvalidPolicy(f"{n} business days do not pass within a hundred years")

    def _business_days_of(self, year: int) -> tuple[date, ...]:
        if (known := self._business_days.get(year)) is None:
            whole = _days(date(year, 1, 1), date(year, 12, 31))
            known = self._business_days[year] = tuple(filter(self.is_business_day, whole))
        return known

    def _paused_days(self, pauses: Iterable[Interval]) -> list[tuple[date, date]]:
        """Return the days that pauses remove, as (day before the first, last)."""
        return [(self.day_of(since), self.day_of(until)) for since, until in pauses]

    def _counts(self, day: date, paused: Sequence[tuple[date, date]]) -> bool:
        if day.weekday() not in self.legal_days or day in self.holidays:
            return False
        return not paused or not any(before < day <= last for before, last in paused)

    def _open_on(self, day: date) -> Iterator[Interval]:
        return ((self._at(day, opens), self._at(day, closes)) for opens, closes in self._frames_on(day))

    def _all_of(self, day: date) -> Iterable[Interval]:
        return [(self._at(day, timedelta(0)), self._at(day, DAY))] if self._frames_on(day) else []

    def _frames_on(self, day: date) -> tuple[Frame, ...]:
        ordinary = () if day in self.holidays else self.week[day.weekday()]
        return self.special_days.get(day, ordinary)

    def _at(self, day: date, offset: timedelta) -> datetime:
        # Adding to an aware datetime moves the wall clock, so 24:00 is the next day's midnight
        # also on a day that daylight saving makes 23 hours long.
        return (datetime.combine(day, time.min, self.zone) + offset).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as exc:  # unknown, malformed, or a folder of the database
        raise InvalidPolicy(f'"{name}" is not a time zone here; write "America/Bogota"') from exc


def _frozen(days: Container[date]) -> Container[date]:
    if isinstance(days, Mapping) or not isinstance(days, Collection):
        return days  # the holidays package's mappings fill themselves year by year on access
    return frozenset(days)


def _joined(pauses: Iterable[Interval]) -> list[Interval]:
    """Return the pauses in order and apart. Given ones may overlap, repeat or be empty."""
    joined: list[Interval] = []
    for since, until in sorted((as_utc(since), as_utc(until)) for since, until in pauses):
        if joined and since <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], until)
        elif since < until:
            joined.append((since, until))
    return joined


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def _next_full_hour(at: datetime, zone: tzinfo) -> datetime:
    # Hours are counted on the local wall: not every zone is whole hours away from UTC.
    utc = as_utc(at)
    local = utc.astimezone(zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return utc - past + HOUR if past else utc


def as_utc(at: datetime) -> datetime:
    """Return the same instant in UTC; a naive datetime is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("a datetime needs a time zone")
    return at.astimezone(UTC)
