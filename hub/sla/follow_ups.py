"""
Follow-ups: events of the hub's own that other events schedule, such as a survey after a repair. Pure.

A follow-up is a clock of its case with a single step, so that the order of arrival does not matter, the step
is done once, and a reopened case cancels it. It is settled from its start: nothing but a cancellation changes
it, and it is on no board.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Final

from hub.business_time import Mode
from hub.model import (
    FIRST_LEVEL,
    Clock,
    ClockState,
    Event,
    FollowUp,
    Json,
    Promise,
    Step,
    StepKind,
    own_event,
)
from hub.policy import Policy

AT_ONCE: Final = timedelta(0)
STALE: Final = timedelta(days=7)
"""
A follow-up that is later than this when the hub first knows of it is not published: nobody is asked now about
a case of last year.
"""
SURVEY: Final = "survey.requested"
PLACE: Final = ("copropiedad_id", "unit_id", "service_area", "radicado")
"""Fields of the case that its follow-ups have as well."""
_LAST_SECOND: Final = time(23, 59, 59)
RESPONDENT: Final = "respondent"
PERSON_REF: Final = "ref"
PERSON_ID: Final = "person_id"


def delay_of(follow_up: FollowUp, policy: Policy) -> timedelta | None:
    """Return how long after its event it is published; None for never."""
    return policy.follow_ups.get(follow_up.name, AT_ONCE)


def applies(follow_up: FollowUp, event: Event, policy: Policy) -> bool:
    """Return whether the event schedules it."""
    data = event.data
    if any(str(data.get(key)) != value for key, value in follow_up.when.items()):
        return False
    limited = follow_up.at_most
    return limited is None or data[limited] <= policy.surveys.detractor_at_most


def promise_of(follow_up: FollowUp, delay: timedelta, mode: Mode) -> Promise:
    return Promise(target=delay, mode=mode, any_hour=True, silent=True, follow_up=follow_up)


def context_of(follow_up: FollowUp, event: Event, known: Mapping[str, Json]) -> dict[str, Json]:
    """Return the data that a follow-up takes from the event that schedules it, and from its case."""
    given = {key: event.data[key] for key in (*PLACE, *follow_up.fields) if event.data.get(key) is not None}
    return {key: known[key] for key in PLACE if known.get(key) is not None} | given


def is_pending(clock: Clock, at: datetime) -> bool:
    """Return whether this follow-up is still to come at an instant."""
    return clock.state is not ClockState.CANCELLED and clock.ended_at is not None and clock.ended_at > at


def cancelled(clock: Clock, at: datetime) -> Clock:
    return replace(clock, state=ClockState.CANCELLED, ended_at=at)


def settled(clock: Clock, due_at: datetime) -> Clock:
    """Give a follow-up its only step, or none if it was cancelled."""
    if clock.state is ClockState.CANCELLED:
        return replace(clock, due_at=due_at, steps=())
    step = Step(kind=StepKind.FOLLOW_UP, at=due_at, from_level=FIRST_LEVEL, to_level=FIRST_LEVEL)
    return replace(clock, due_at=due_at, ended_at=due_at, state=ClockState.MET, steps=(step,))


def is_stale(clock: Clock, now: datetime) -> bool:
    return clock.promise.follow_up is not None and clock.due_at < now - STALE


def events_of(
    clock: Clock, people: Sequence[str], *, policy: Policy, now: datetime, person_name: str | None = None
) -> list[Event]:
    """
    Make the events of a follow-up that is due: one per person (by reference), or one of the same case.

    Their ids are made from the clock and the person, so that a repeat is a duplicate. `person_name` is that
    of the case's person in the directory: staff reads it.
    """
    follow_up = clock.promise.follow_up
    if follow_up is None:
        return []
    if not follow_up.to:
        data = _data(clock, follow_up) | ({"person_name": person_name} if person_name else {})
        return [own_event(follow_up.event, _id(clock, follow_up), data, time=now)]
    until = end_of_day(now + policy.surveys.open_for, policy)
    return [_survey(clock, follow_up, person, until, now) for person in people]


def end_of_day(at: datetime, policy: Policy) -> str:
    """Return the last second of that day in Colombia: the mail names only the day."""
    return datetime.combine(policy.calendar.day_of(at), _LAST_SECOND, policy.calendar.zone).isoformat()


def _id(clock: Clock, follow_up: FollowUp) -> str:
    """
    An event that a case has only once is named after the case: a second clock publishes it no second time.
    """
    return f"{clock.case}:{follow_up.name}" if follow_up.once else f"{clock.id}:{StepKind.FOLLOW_UP}"


def _survey(clock: Clock, follow_up: FollowUp, person: str, until: str, now: datetime) -> Event:
    # Only a hash of the person: the id of a case is in logs and on pages.
    survey = f"enc-{sha256(f'{clock.id}:{person}'.encode()).hexdigest()[:24]}"
    own = {"survey_id": survey, RESPONDENT: {PERSON_REF: person}, "expires_at": until}
    data = {**_data(clock, follow_up), **own}
    return own_event(follow_up.event, survey, data, time=now)


def _data(clock: Clock, follow_up: FollowUp) -> dict[str, Json]:
    field, _, value = clock.case.partition(":")
    of_case = {} if follow_up.to else {field.rpartition(".")[2]: value}
    return {**follow_up.data, **clock.context, **of_case}
