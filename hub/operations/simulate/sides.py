"""One policy's side of a simulation: the outcomes of its clocks in the period, counted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from enum import StrEnum
from typing import Final

from hub import sla
from hub.contact_rules import is_interruptive, next_allowed, quiet_outside_hours
from hub.messages.planning.lifetime import occasions
from hub.model import (
    Audience,
    Clock,
    ClockState,
    Event,
    EventType,
    Period,
    Person,
    Purpose,
    Step,
    StepKind,
    StoredEvent,
)
from hub.people.audience import applies
from hub.policy import Policy
from hub.storage.history import Contact

MORNING: Final = time(7)
EVENING: Final = time(21)
"""
Night is from EVENING to MORNING: the hours in which a telephone wakes people.

It is the same for every policy on purpose. A policy sets its own hours of work and contact; measured by
those, no policy would disturb anybody.
"""
_ORDINARY: Final = Person(ref="somebody", name="")
"""A person with working hours: a simulated step does not know the people on call."""


class PromiseOutcome(StrEnum):
    """The outcome of a promise at the end of the period."""

    KEPT = "met"
    BROKEN = "breached"
    """Due in the period and not kept in time, whether answered later or never."""
    EARLIER = "breached_before"
    """Broken before the period."""
    RUNNING = "open"
    """Not due yet, or paused."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """A clock's outcome. `fired` are its steps that notify people in the period, before its end."""

    clock: Clock
    outcome: PromiseOutcome
    fired: tuple[Step, ...]


def fate_of(clock: Clock, period: Period) -> Fate | None:
    """Return a clock's fate; None if it ended before the period."""
    if clock.ended_at is not None and clock.ended_at < period.since:
        return None
    end = _end(clock, period)
    fired = tuple(step for step in _notifying_steps(clock) if step.at in period and step.at < end)
    return Fate(clock=clock, outcome=_outcome(clock, period, end), fired=fired)


def _notifying_steps(clock: Clock) -> tuple[Step, ...]:
    """Return the steps that notify; the result of a check is not known before it runs."""
    return () if clock.promise.silent or clock.promise.checked else clock.steps


def _end(clock: Clock, period: Period) -> datetime:
    """Return the instant at which the clock stopped notifying: its end, its pause, or the period's end."""
    if clock.ended_at is not None:
        return clock.ended_at
    return clock.course.pauses[-1].since if clock.course.paused else period.until


def _outcome(clock: Clock, period: Period, end: datetime) -> PromiseOutcome:
    if clock.due_at < end:
        return PromiseOutcome.BROKEN if clock.due_at >= period.since else PromiseOutcome.EARLIER
    if clock.ended_at is None:
        return PromiseOutcome.RUNNING
    return PromiseOutcome.CANCELLED if clock.state is ClockState.CANCELLED else PromiseOutcome.KEPT


@dataclass(slots=True, kw_only=True)
class Counts:
    """
    Counts of the clocks of one promise in the period.

    `escalations` counts by the notified level; `night` counts the messages of all steps that leave at
    night.
    """

    kept: int = 0
    broken: int = 0
    warned: int = 0
    escalations: Counter[int] = field(default_factory=Counter)
    reminded: int = 0
    night: int = 0

    @property
    def share_kept(self) -> float | None:
        done = self.kept + self.broken
        return self.kept / done if done else None

    def add(self, other: Counts) -> None:
        """Add the counts of `other`."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Side:
    """Replays cases by one policy and counts; memory does not grow with the history."""

    def __init__(self, policy: Policy, period: Period, catalog: Mapping[str, EventType]) -> None:
        self.promises: dict[str, Counts] = {}
        self.night: Counter[Purpose] = Counter()
        self._policy = policy
        self._period = period
        self._catalog = catalog

    @property
    def total(self) -> Counts:
        """The sum over all promises."""
        total = Counts()
        for counts in self.promises.values():
            total.add(counts)
        return total

    def replay(self, case: str, events: Iterable[Event]) -> list[Fate]:
        """Return and count the fates of a case's clocks in the period."""
        clocks = sla.replay(case, events, self._catalog, self._policy)
        fates = [fate for clock in clocks if (fate := fate_of(clock, self._period))]
        for fate in fates:
            self._count(fate)
        return fates

    def look_at(self, contact: Contact) -> None:
        """Count a stored message if it would leave at night."""
        first = begins_at(contact, self._catalog, self._policy)
        call = call_of_message(contact, first, self._policy) if first in self._period else None
        if call is not None and is_night(call.at, self._policy.calendar.zone):
            self.night[call.purpose] += 1

    def _count(self, fate: Fate) -> None:
        counts = self.promises.setdefault(fate.clock.name, Counts())
        counts.kept += fate.outcome is PromiseOutcome.KEPT
        counts.broken += fate.outcome is PromiseOutcome.BROKEN
        for step in fate.fired:
            _count_step(counts, step)
        night = Counter(self._night_calls(fate))
        counts.night += night.total()
        self.night += night

    def _night_calls(self, fate: Fate) -> Iterator[Purpose]:
        zone = self._policy.calendar.zone
        for step in fate.fired:
            for call in calls_of_step(fate.clock, step, self._catalog, self._policy):
                if is_night(call.at, zone):
                    yield call.purpose


def _count_step(counts: Counts, step: Step) -> None:
    if step.kind is StepKind.AT_RISK:
        counts.warned += 1
    elif step.kind is StepKind.ESCALATE:
        counts.escalations[step.notified_level] += 1
    elif step.kind is StepKind.REMIND:
        counts.reminded += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One message over an interruptive channel, with the instant at which it leaves."""

    purpose: Purpose
    at: datetime


def is_night(at: datetime, zone: tzinfo) -> bool:
    """Return whether an instant is at night in the zone: 07:00:00 is day, 21:00:00 is night."""
    return not MORNING <= at.astimezone(zone).time() < EVENING


def calls_of_step(clock: Clock, step: Step, catalog: Mapping[str, EventType], policy: Policy) -> list[Call]:
    """Return the calls of a step: one for each first channel of each of its audiences."""
    event = sla.step_event(clock, step, now=step.at)
    stored = StoredEvent(key=clock.id, event=event, case=clock.case)
    audiences = [audience for audience in catalog[event.name].audiences if applies(audience, stored)]
    return [call for audience in audiences for call in _calls(audience, event, policy)]


def _calls(audience: Audience, event: Event, policy: Policy) -> Iterator[Call]:
    resting = quiet_outside_hours(_ORDINARY, audience, event)
    for channel in filter(is_interruptive, audience.channels[0]):
        at = next_allowed(
            audience.purpose, event.time, policy=policy, channel=channel, event=event.name, rests=resting
        )
        yield Call(purpose=audience.purpose, at=at)


def begins_at(contact: Contact, catalog: Mapping[str, EventType], policy: Policy) -> datetime:
    """Return the earliest time of a stored message; for a reminder, its own instant."""
    event = contact.reminds_of
    if event is None or event.name not in catalog:
        return contact.created_at
    planned = occasions(catalog[event.name], contact.purpose, event, contact.created_at, policy)
    return next(
        (occasion.at for occasion in planned if occasion.at and occasion.name == contact.occasion),
        contact.created_at,
    )


def call_of_message(contact: Contact, first: datetime, policy: Policy) -> Call | None:
    """Return the call of a stored message; None if its channel is not interruptive."""
    if not is_interruptive(contact.channel):
        return None
    at = next_allowed(contact.purpose, first, policy=policy, channel=contact.channel, rests=contact.rests)
    return Call(purpose=contact.purpose, at=at)
