"""Small event types, and their planned messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.messages.planning.plan import Rules, plan_audience
from hub.model import Audience, Event, EventType, Lane, Message, Person, Purpose, Reminder
from tests.unit.factories import MONDAY, RULES, device, email, event, mobile, stored

EVERYTHING = (email(), mobile(), device("a"), device("b"))


def kind(
    *steps: tuple[str, ...],
    purpose: Purpose = Purpose.TRANSACTIONAL,
    lane: Lane = Lane.NORMAL,
    reminders: tuple[Reminder, ...] = (),
    **how: Any,
) -> EventType:
    audience = Audience(who=("petitioner",), purpose=purpose, channels=steps, **how)
    return EventType(
        name="pqrs.received", lane=lane, case="pqrs_id", audiences=(audience,), reminders=reminders
    )


def plan(
    of: EventType,
    *people: Person,
    trigger: Event | None = None,
    now: datetime = MONDAY,
    rules: Rules = RULES,
    **how: Any,
) -> list[Message]:
    return plan_audience(
        stored(trigger or event("pqrs.received")), of, 0, people, rules=rules, now=now, **how
    )


def reached(messages: list[Message]) -> list[tuple[str, str]]:
    return [(message.channel, message.address) for message in messages]


def only(messages: list[Message]) -> Message:
    (planned,) = messages
    return planned
