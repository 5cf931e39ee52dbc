"""Calculation of a due instant: each day that was counted or passed over, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.business_time import BusinessDays, Interval, WorkCalendar
from hub.business_time.dates import day_start
from hub.model import Clock, Promise
from hub.rendering.filters import NBSP, fecha, plazo

_DAY: Final = timedelta(days=1)
_MOST: Final = 120
"""Days that are told one by one; of longer terms the sum says enough."""
_WEEKDAYS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_HOUR: Final = 3600
_MINUTE: Final = 60


class CountedDay(Struct, kw_only=True, frozen=True):
    """Days that follow each other, with the part of them that was counted."""

    first: date
    last: date
    counted: Annotated[str, Meta(description="Spanish; empty: nothing.", examples=["8 h"])]
    total: Annotated[str, Meta(description="Spanish; all that was counted up to that day.")]
    why: Annotated[str, Meta(description="Spanish; why nothing was counted.", examples=["festivo"])]


class Calculation(Struct, kw_only=True, frozen=True):
    """The reason of a due instant: sentences in Spanish, and the days between the start and then."""

    sentences: list[str]
    days: list[CountedDay]


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    amount: int
    """Business days, or seconds."""
    why: str


def calculation(clock: Clock, calendar: WorkCalendar) -> Calculation:
    """Explain the due instant of a clock by this calendar."""
    return Calculation(sentences=list(_sentences(clock)), days=list(_told(clock, calendar)))


def _sentences(clock: Clock) -> Iterator[str]:
    course, promise = clock.course, clock.promise
    yield _plain(f"Empezó el {plazo(clock.started_at)}.")
    if course.registered_at is not None and plazo(course.registered_at) != plazo(clock.started_at):
        yield _plain(f"Se registró después, el {plazo(course.registered_at)}: cuenta desde que ocurrió.")
    yield _plain(_term(promise))
    for pause in course.pauses:
        until = f" hasta el {plazo(pause.until)}" if pause.until else " y sigue en pausa"
        yield _plain(f"Estuvo en pausa desde el {plazo(pause.since)}{until}: ese tiempo no cuenta.")
    if course.extended_at is not None:
        to = f", hasta el {fecha(course.extended_to - timedelta.resolution)}" if course.extended_to else ""
        yield _plain(f"Se amplió el {plazo(course.extended_at)}{to}.")
    for at in course.reopened:
        yield _plain(f"La respuesta no llegó: siguió corriendo desde el {plazo(at)}.")
    ends = "Queda en pausa. Sin ella vencería" if course.paused else "Por eso vence"
    yield _plain(f"{ends} el {_end(clock)}.")


def _term(promise: Promise) -> str:
    if promise.until is not None:
        return "Vence en una fecha fija, que el hecho mismo nombra."
    if isinstance(promise.target, BusinessDays):
        days = promise.target.count
        return (
            f"Se prometieron {days} {'día hábil' if days == 1 else 'días hábiles'}, contados desde el día "
            "siguiente. No cuentan los fines de semana ni los festivos."
        )
    if promise.any_hour:
        return f"Se prometieron {_hours(promise.target)}, de día y de noche, todos los días."
    return (
        f"Se prometieron {_hours(promise.target)} hábiles: solo cuenta el tiempo en que la empresa atiende."
    )


def _end(clock: Clock) -> str:
    if isinstance(clock.promise.target, BusinessDays) and clock.promise.until is None:
        return f"{fecha(clock.due_at - timedelta.resolution)}, al final del día"
    return plazo(clock.due_at)


def _told(clock: Clock, calendar: WorkCalendar) -> Iterator[CountedDay]:
    """Tell each counted day, and runs of days that do not count for one reason."""
    promise = clock.promise
    if promise.in_wall_time:
        return
    in_days, total = isinstance(promise.target, BusinessDays), 0
    days = list(_days(clock, calendar))
    for (counts, why, _), run in groupby(days, key=lambda day: (bool(day.amount), day.why, _alone(day))):
        found = list(run)
        amount = sum(day.amount for day in found)
        total += amount
        yield CountedDay(
            first=found[0].day,
            last=found[-1].day,
            counted=_amount(amount, in_days=in_days) if counts else "",
            total=_amount(total, in_days=in_days),
            why=why,
        )


def _alone(day: _Day) -> date | None:
    """Return what keeps a counted day from being told together with others."""
    return day.day if day.amount else None


def _days(clock: Clock, calendar: WorkCalendar) -> Iterator[_Day]:
    start, end = clock.started_at, clock.due_at
    pauses = [(pause.since, pause.until or max(pause.since, end)) for pause in clock.course.pauses]
    count = _count_days if isinstance(clock.promise.target, BusinessDays) else _count_hours
    day, last = calendar.day_of(start), calendar.day_of(end - timedelta.resolution)
    for _ in range(min(_MOST, (last - day).days + 1)):
        yield count(day, clock, calendar, pauses)
        day += _DAY


def _count_days(day: date, clock: Clock, calendar: WorkCalendar, pauses: Sequence[Interval]) -> _Day:
    if day == calendar.day_of(clock.started_at):
        return _Day(day, 0, "el día en que empieza no cuenta")
    if not calendar.is_business_day(day):
        return _Day(day, 0, _closed(day, calendar, day.weekday() not in calendar.legal_days))
    if any(calendar.day_of(since) < day <= calendar.day_of(until) for since, until in pauses):
        return _Day(day, 0, "en pausa")
    return _Day(day, 1, "")


def _count_hours(day: date, clock: Clock, calendar: WorkCalendar, pauses: Sequence[Interval]) -> _Day:
    first = calendar.due(clock.started_at, timedelta(0), mode=clock.promise.mode)
    since, until = max(first, _midnight(day)), min(clock.due_at, _midnight(day + _DAY))
    open_time = calendar.elapsed(since, until, mode=clock.promise.mode)
    counted = calendar.elapsed(since, until, pauses, mode=clock.promise.mode)
    if counted:
        return _Day(day, int(counted.total_seconds()), "")
    if open_time:
        return _Day(day, 0, "en pausa")
    whole = calendar.elapsed(_midnight(day), _midnight(day + _DAY), mode=clock.promise.mode)
    return _Day(
        day, 0, "ya había cerrado" if whole else _closed(day, calendar, not calendar.week[day.weekday()])
    )


def _closed(day: date, calendar: WorkCalendar, by_weekday: bool) -> str:
    if day in calendar.holidays:
        return "festivo"
    return (
        "fin de semana" if by_weekday and day.weekday() >= 5 else f"{_WEEKDAYS[day.weekday()]} sin atención"
    )


def _midnight(day: date) -> datetime:
    return day_start(day).astimezone(UTC)


def _amount(amount: int, *, in_days: bool) -> str:
    if in_days:
        return f"{amount} {'día' if amount == 1 else 'días'}"
    return _hours(timedelta(seconds=amount))


def _hours(term: object) -> str:
    """`8 h 30 min`."""
    seconds = int(term.total_seconds()) if isinstance(term, timedelta) else 0
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    parts: Iterable[str] = [f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else ""]
    return " ".join(filter(None, parts))


def _plain(text: str) -> str:
    # The short form of "p. m." ends with the sentence's own point.
    return f"{text.replace(NBSP, ' ').rstrip('.')}."


def in_words(counted: CountedDay) -> str:
    """`sábado 7 y domingo 8 de marzo`; `lunes 9 de marzo`."""
    first = _of_day(counted.first)
    return first if counted.first == counted.last else f"{first} al {_of_day(counted.last)}"


def _of_day(day: date) -> str:
    return fecha(day.isoformat()).rpartition(" de ")[0]
