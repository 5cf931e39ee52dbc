"""Whom a policy would have disturbed, and whether at night. Pure."""

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
from hub.ports import Contact

MORNING: Final = time(7)
EVENING: Final = time(21)
"""
Night is what lies between: the hours in which a telephone wakes somebody.

It is the same for any policy on purpose. The hours of work and of contact are what is being rehearsed:
measured by themselves, no policy would ever disturb anybody.
"""

_ORDINARY: Final = Person(ref="somebody", name="")
"""Somebody with working hours: who will be on call is not known of a rehearsed step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One message over a channel that disturbs, and when it goes."""

    purpose: Purpose
    at: datetime


def is_night(at: datetime, zone: tzinfo) -> bool:
    """Tell whether an instant is in the night of the zone: 07:00:00 is day, 21:00:00 is night."""
    return not MORNING <= at.astimezone(zone).time() < EVENING


def calls_of_step(clock: Clock, step: Step, catalog: Mapping[str, EventType], policy: Policy) -> list[Call]:
    """Answer the calls of a step: one for each channel that each of its audiences is told by first."""
    event = sla.step_event(clock, step, now=step.at)
    stored = StoredEvent(key=clock.id, event=event, case=clock.case)
    audiences = [audience for audience in catalog[event.name].audiences if applies(audience, stored)]
    return [call for one in audiences for call in _calls(one, event, policy)]


def _calls(audience: Audience, event: Event, policy: Policy) -> Iterator[Call]:
    resting = quiet_outside_hours(_ORDINARY, audience, event)
    for _ in filter(is_interruptive, audience.channels[0]):
        at = next_allowed(audience.purpose, event.time, policy=policy, rests=resting)
        yield Call(purpose=audience.purpose, at=at)


def begins_at(contact: Contact, catalog: Mapping[str, EventType]) -> datetime:
    """Answer from when on a stored message could go: a reminder from its own instant on."""
    event = contact.reminds_of
    if event is None or event.name not in catalog:
        return contact.created_at
    said = occasions(catalog[event.name], contact.purpose, event, contact.created_at)
    return next((one.at for one in said if one.at and one.name == contact.occasion), contact.created_at)


def call_of_message(contact: Contact, first: datetime, policy: Policy) -> Call | None:
    """Answer the call that a stored message would have been; None where its channel disturbs nobody."""
    if not is_interruptive(contact.channel):
        return None
    at = next_allowed(contact.purpose, first, policy=policy, rests=contact.rests)
    return Call(purpose=contact.purpose, at=at)
