"""Properties of every calendar, instant and duration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.business_time import Interval, Mode, WorkCalendar

BOGOTA = ZoneInfo("America/Bogota")
MINUTES_A_DAY = 24 * 60
instants = st.integers(0, 30 * MINUTES_A_DAY).map(
    lambda minute: datetime(2026, 3, 1, 5, tzinfo=UTC) + timedelta(minutes=minute)
)
durations = st.integers(0, 6_000).map(lambda minutes: timedelta(minutes=minutes))
intervals = st.tuples(instants, instants)
modes = st.sampled_from(list(Mode))


# Each made once: to make and check one takes longer than to draw from it.
edges = st.lists(st.integers(0, 24 * 4), max_size=4, unique=True).map(sorted)


def _between(edges: Sequence[int]) -> list[tuple[timedelta, timedelta]]:
    quarters = [timedelta(minutes=15 * edge) for edge in edges]
    return list(zip(quarters[::2], quarters[1::2], strict=False))


frames = edges.map(_between)
days = st.integers(1, 28).map(lambda day: date(2026, 3, day))
some_days = st.sets(days, max_size=4)
other_hours = st.dictionaries(days, frames, max_size=3)
in_bogota = st.just("America/Bogota")
zones = st.sampled_from(["America/Bogota", "America/New_York", "Australia/Lord_Howe", "America/Havana"])
"""Where daylight saving begins and ends, by an hour and by half of one, and at midnight."""
all_year = st.integers(0, 2 * 366 * 24 * 3600).map(
    lambda second: datetime(2025, 9, 1, 5, tzinfo=UTC) + timedelta(seconds=second)
)


@st.composite
def calendars(draw: st.DrawFn, zones: st.SearchStrategy[str] = in_bogota) -> WorkCalendar:
    """Weeks of random frames, always with an hour on Wednesday so that they open."""
    week = {weekday: draw(frames) for weekday in range(7)}
    week[2] = week[2] or [(timedelta(hours=9), timedelta(hours=10))]
    return WorkCalendar(week, draw(some_days), draw(other_hours), draw(zones))


def open_minutes(calendar: WorkCalendar, start: datetime, mode: Mode) -> Iterator[datetime]:
    """Walk the clock a minute at a time: the reference definition, slow and plain."""
    for minute in count():
        instant = start + timedelta(minutes=minute)
        local = instant.astimezone(BOGOTA)
        day, offset = local.date(), timedelta(hours=local.hour, minutes=local.minute)
        hours = calendar.special_days.get(day)
        if hours is None:
            hours = () if day in calendar.holidays else calendar.week[day.weekday()]
        if mode is Mode.BUSINESS_DAY_CLOCK:
            hours = ((timedelta(0), timedelta(days=1)),) if hours else ()
        if any(opens <= offset < closes for opens, closes in hours):
            yield instant


@settings(max_examples=60, deadline=None)
@given(
    calendar=calendars(),
    received=instants,
    minutes=st.integers(1, 900),
    pauses=st.lists(intervals, max_size=3),
    mode=st.sampled_from([Mode.WORKING_TIME, Mode.BUSINESS_DAY_CLOCK]),
)
def test_due_agrees_with_a_walk_of_the_clock(
    calendar: WorkCalendar,
    received: datetime,
    minutes: int,
    pauses: list[tuple[datetime, datetime]],
    mode: Mode,
) -> None:
    worked = (
        minute
        for minute in open_minutes(calendar, received, mode)
        if not any(start <= minute < end for start, end in pauses)
    )
    last = next(minute for n, minute in enumerate(worked, start=1) if n == minutes)

    assert calendar.due(received, timedelta(minutes=minutes), mode=mode, pauses=pauses) == (
        last + timedelta(minutes=1)
    )


def walked(
    calendar: WorkCalendar, start: datetime, end: datetime, mode: Mode, pauses: Iterable[Interval]
) -> Iterator[Interval]:
    """Walk the days, and yield the open parts of [start, end) that are not paused."""
    day, last = start.astimezone(calendar.zone).date(), start
    while day <= end.astimezone(calendar.zone).date():
        ordinary = () if day in calendar.holidays else calendar.week[day.weekday()]
        hours = calendar.special_days.get(day, ordinary)
        if hours and mode is Mode.BUSINESS_DAY_CLOCK:
            hours = ((timedelta(0), timedelta(days=1)),)
        midnight = datetime.combine(day, time.min, calendar.zone)
        for opens, closes in hours:
            begin, until = max((midnight + opens).astimezone(UTC), last), (midnight + closes).astimezone(UTC)
            yield from unpaused(begin, min(until, end), pauses)
            last = max(last, until)
        day += timedelta(days=1)


def unpaused(start: datetime, end: datetime, pauses: Iterable[Interval]) -> Iterator[Interval]:
    for since, until in sorted(pause for pause in pauses if pause[0] < pause[1]):
        if start < min(since, end):
            yield start, min(since, end)
        start = max(start, until)
    if start < end:
        yield start, end


def walked_due(
    calendar: WorkCalendar, start: datetime, left: timedelta, mode: Mode, pauses: Iterable[Interval]
) -> datetime:
    for opens, closes in walked(calendar, start, start + timedelta(days=20_000), mode, pauses):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise AssertionError


@given(
    calendar=calendars(zones),
    times=st.tuples(all_year, all_year),
    seconds=st.integers(1, 2_000_000),
    pauses=st.lists(st.tuples(all_year, all_year), max_size=3),
    mode=st.sampled_from([Mode.WORKING_TIME, Mode.BUSINESS_DAY_CLOCK]),
)
def test_totals_agree_with_a_walk_of_the_days(
    calendar: WorkCalendar,
    times: tuple[datetime, datetime],
    seconds: int,
    pauses: list[Interval],
    mode: Mode,
) -> None:
    """In zones with daylight saving too, and across the ends of years."""
    start, end = times
    duration = timedelta(seconds=seconds)
    open_time = walked(calendar, start, end, mode, pauses)

    assert calendar.due(start, duration, mode=mode, pauses=pauses) == (
        walked_due(calendar, start, duration, mode, pauses)
    )
    assert calendar.elapsed(start, end, pauses, mode=mode) == (
        sum((closes - opens for opens, closes in open_time), timedelta(0))
    )


@given(calendar=calendars(zones), received=all_year, n=st.integers(1, 600))
def test_business_days_agree_with_a_walk_of_the_days(
    calendar: WorkCalendar, received: datetime, n: int
) -> None:
    day = calendar.day_of(received)
    for _ in range(n):
        day += timedelta(days=1)
        while not calendar.is_business_day(day):
            day += timedelta(days=1)

    assert calendar.day_of(calendar.legal_due(received, n) - timedelta(seconds=1)) == day


@given(calendar=calendars(), received=instants, duration=durations, pauses=st.lists(intervals, max_size=3))
def test_exactly_the_duration_has_passed_when_it_is_due(
    calendar: WorkCalendar, received: datetime, duration: timedelta, pauses: list[tuple[datetime, datetime]]
) -> None:
    due = calendar.due(received, duration, pauses=pauses)

    assert calendar.elapsed(received, due, pauses) == duration


@given(calendar=calendars(), received=instants, duration=durations)
def test_the_clock_of_business_days_agrees_with_itself(
    calendar: WorkCalendar, received: datetime, duration: timedelta
) -> None:
    due = calendar.due(received, duration, mode=Mode.BUSINESS_DAY_CLOCK)

    assert calendar.elapsed(received, due, mode=Mode.BUSINESS_DAY_CLOCK) == duration


@given(calendar=calendars(), times=intervals, duration=durations, mode=modes)
def test_later_receipt_is_never_due_earlier(
    calendar: WorkCalendar, times: tuple[datetime, datetime], duration: timedelta, mode: Mode
) -> None:
    earlier, later = sorted(times)

    assert calendar.due(earlier, duration, mode=mode) <= calendar.due(later, duration, mode=mode)


@given(calendar=calendars(), received=instants, lengths=st.tuples(durations, durations), mode=modes)
def test_a_longer_promise_is_never_due_earlier(
    calendar: WorkCalendar, received: datetime, lengths: tuple[timedelta, timedelta], mode: Mode
) -> None:
    shorter, longer = sorted(lengths)

    assert calendar.due(received, shorter, mode=mode) <= calendar.due(received, longer, mode=mode)


@given(
    calendar=calendars(),
    received=instants,
    duration=durations,
    pauses=st.lists(intervals, max_size=3),
    another=intervals,
    mode=modes,
)
def test_a_pause_only_moves_the_due_instant_later(
    calendar: WorkCalendar,
    received: datetime,
    duration: timedelta,
    pauses: list[tuple[datetime, datetime]],
    another: tuple[datetime, datetime],
    mode: Mode,
) -> None:
    due = calendar.due(received, duration, mode=mode, pauses=pauses)

    assert calendar.due(received, duration, mode=mode, pauses=[*pauses, another]) >= due


@given(calendar=calendars(), received=instants, duration=durations, pauses=st.lists(intervals, max_size=3))
def test_commercial_code_counts_the_duration_from_the_next_full_hour(
    calendar: WorkCalendar, received: datetime, duration: timedelta, pauses: list[tuple[datetime, datetime]]
) -> None:
    past = timedelta(minutes=received.minute)
    start = received - past + timedelta(hours=1) if past else received
    due = calendar.due(received, duration, mode=Mode.WORKING_TIME_CCO829, pauses=pauses)

    assert calendar.elapsed(start, due, pauses) == duration


@given(
    calendar=calendars(), received=instants, days=st.integers(1, 40), pauses=st.lists(intervals, max_size=3)
)
def test_exactly_its_business_days_have_passed_when_a_legal_term_ends(
    calendar: WorkCalendar, received: datetime, days: int, pauses: list[tuple[datetime, datetime]]
) -> None:
    ends = calendar.legal_due(received, days, pauses=pauses)
    last = calendar.day_of(ends) - timedelta(days=1)

    assert calendar.business_days(received, last, pauses=pauses) == days
    assert calendar.business_days(received, last - timedelta(days=1), pauses=pauses) == days - 1


@given(calendar=calendars(), times=intervals, lengths=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_earlier_and_shorter_legal_term_ends_no_later(
    calendar: WorkCalendar, times: tuple[datetime, datetime], lengths: tuple[int, int]
) -> None:
    (earlier, later), (shorter, longer) = sorted(times), sorted(lengths)

    assert calendar.legal_due(earlier, shorter) <= calendar.legal_due(later, longer)


@given(
    calendar=calendars(),
    received=instants,
    days=st.integers(1, 40),
    pauses=st.lists(intervals, max_size=3),
    another=intervals,
)
def test_a_pause_only_moves_the_end_of_a_legal_term_later(
    calendar: WorkCalendar,
    received: datetime,
    days: int,
    pauses: list[tuple[datetime, datetime]],
    another: tuple[datetime, datetime],
) -> None:
    ends = calendar.legal_due(received, days, pauses=pauses)

    assert calendar.legal_due(received, days, pauses=[*pauses, another]) >= ends
