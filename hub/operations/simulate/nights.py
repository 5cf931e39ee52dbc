"""Calls by which a policy would have disturbed people at night. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Final

from hub import sla
from hub.contact_rules import is_interruptive, next_allowed, quiet_outside_hours
from hub.messages.planning.lifetime import occasions
from hub.model import Audience, Clock, Event, EventType, Person, Purpose, Step, StoredEvent
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
