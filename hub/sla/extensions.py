"""Extensions: does a clock end on the day that one named, and the notice to its publisher. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from hub.business_time import WorkCalendar, dates
from hub.messages.planning.plan import is_recorded_only
from hub.model import Clock, Event, own_event
from hub.model.extensions import AskedExtension, Extension, ExtensionChange, ExtensionRefusal
from hub.model.ids import event_key, uuid8
from hub.policy import Policy
from hub.sla.schedule import schedule

REFUSED: Final = "clock.extension.refused"
GRANTED: Final = "clock.extension.granted"
WORDS: Final[Mapping[ExtensionRefusal, str]] = MappingProxyType(
    {
        ExtensionRefusal.NO_CLOCK: "the case has no such clock, or its start has not arrived",
        ExtensionRefusal.ENDED: "the clock had ended",
        ExtensionRefusal.ALREADY_EXTENDED: "the term was extended before, and that is allowed once",
        ExtensionRefusal.NOT_EXTENDABLE: "the term of this clock cannot be extended",
        ExtensionRefusal.TOO_LATE: "the extension was announced after the term had ended",
        ExtensionRefusal.BEYOND_LIMIT: "the day is beyond the longest extension",
        ExtensionRefusal.BEFORE_TERM: "the day is before the end of the term itself",
        ExtensionRefusal.NO_BUSINESS_DAY: "the day is not a business day: the one before it counts",
    }
)
_DAY: Final = timedelta(days=1)


def outcomes(
    asked: Iterable[AskedExtension], clocks: Mapping[UUID, Clock], policy: Policy, *, new: Collection[UUID]
) -> Iterator[Extension]:
    """
    Compare the extensions with the clocks as they are stored: a stored clock keeps its own promise.

    An event that was only recorded notifies nobody, not even its publisher.
    """
    for extension in asked:
        if is_recorded_only(extension.event):
            continue
        clock, day = clocks.get(extension.clock_id or _NONE), _asked_on(extension.event)
        key, refusal = event_key(extension.event), extension.refusal
        if refusal is None and clock is not None:
            refusal = refusal_of(clock, day, policy)
        yield Extension(
            event_key=key,
            clock=extension.clock,
            asked_on=day,
            due_at=None if clock is None else clock.due_at,
            refusal=refusal,
            is_new=key in new,
        )


_NONE: Final = UUID(int=0)


def _asked_on(event: Event) -> date | None:
    named = event.data.get("new_due_on")
    return None if named is None else dates.instant(named).astimezone(dates.ZONE).date()


def refusal_of(clock: Clock, asked_on: date | None, policy: Policy) -> ExtensionRefusal | None:
    """Return why an extended clock does not end on the day that its extension named."""
    promise, extended_at = clock.promise, clock.course.extended_at
    if promise.extension is None or promise.until is not None:
        return ExtensionRefusal.NOT_EXTENDABLE
    if extended_at is not None and extended_at > _first_term(clock, policy):
        return ExtensionRefusal.TOO_LATE
    kept = last_day(clock.due_at)
    if asked_on is None or asked_on == kept:
        return None
    if asked_on < kept:
        return ExtensionRefusal.BEFORE_TERM
    business_day = _business_day_until(asked_on, policy.calendar)
    return ExtensionRefusal.NO_BUSINESS_DAY if business_day == kept else ExtensionRefusal.BEYOND_LIMIT


def _first_term(clock: Clock, policy: Policy) -> datetime:
    """Return when the clock would end without its extension."""
    course = replace(clock.course, extended_at=None, extended_to=None)
    return schedule(replace(clock, course=course), policy.calendar, policy.calendar_version).due_at


def last_day(due_at: datetime) -> date:
    """Return the day at whose end, or within which, a term ends in Colombia."""
    return (due_at - datetime.resolution).astimezone(dates.ZONE).date()


def _business_day_until(day: date, calendar: WorkCalendar) -> date:
    while not calendar.is_business_day(day):
        day -= _DAY
    return day


def notice_of(change: ExtensionChange) -> Event:
    """Make the event that tells the publisher; a repeat has the same id."""
    word = change.refusal or "granted"
    change_id = uuid8(change.found_at, change.event_key.hex, change.clock, word)
    data = {
        "event_id": change.event_id,
        "event_source": change.source,
        "event_type": change.type,
        "case": change.case_key,
        "radicado": change.radicado,
        "clock": change.clock,
        "asked_on": None if change.asked_on is None else change.asked_on.isoformat(),
        "kept_on": None if change.due_at is None else last_day(change.due_at).isoformat(),
        "due_at": None if change.due_at is None else change.due_at.isoformat(),
        "reason": change.refusal,
        "detail": None if change.refusal is None else WORDS[change.refusal],
    }
    name = GRANTED if change.refusal is None else REFUSED
    return own_event(name, f"extension:{change_id}", data, time=change.found_at)
