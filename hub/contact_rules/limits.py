"""
Contact limits: one contact a day and one channel a week (Ley 2300 de 2023, arts. 3 and 5). Pure.

A contact is a message that a provider has accepted or may have accepted. A day is one of the company's zone,
a week is an ISO week, Monday to Sunday. Collection and advertising count together: the safe reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from hub.business_time import as_utc
from hub.contact_rules.contact_hours import next_allowed
from hub.model import Message
from hub.model.contact_facts import ContactSlot
from hub.policy import Policy
from hub.policy.limits import ContactLimits

CONTACT_LIMIT: Final = "contact_limit"
"""The reason why a message waits for the next day or week, or has waited too long."""

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


def week_of(day: date) -> date:
    """Return the Monday of an ISO week."""
    return day - timedelta(days=day.weekday())


def first_that_counts(now: datetime, policy: Policy) -> date:
    """Return the first day whose contacts may still limit something; a week more, for late workers."""
    return week_of(policy.calendar.day_of(now)) - _WEEK


def contact_day(
    message_id: UUID, channel: str, slots: Iterable[ContactSlot], *, on: date, limits: ContactLimits
) -> date:
    """
    Return the first day from `on` at which this message may be a contact of its person.

    `slots` are the person's of the week of `on`; nothing is reserved for later days. The message's own slot
    is free for its retry, unless it is spent: nobody knows then whether the first try has arrived.
    """
    week = [slot for slot in slots if week_of(slot.day) == week_of(on)]
    channels = {slot.channel for slot in week}
    if channel not in channels and len(channels) >= limits.channels_a_week:
        return week_of(on) + _WEEK
    taken = [slot for slot in week if slot.day == on and (slot.spent or slot.message_id != message_id)]
    return on + _DAY if len(taken) >= limits.contacts_a_day else on


def share_out(
    messages: Sequence[Message], taken: Sequence[ContactSlot], *, on: date, limits: ContactLimits
) -> tuple[Mapping[UUID, date], Sequence[ContactSlot]]:
    """Return the first allowed day of each message, the oldest first, and the messages that get `on`."""
    slots: dict[str, list[ContactSlot]] = {message.person: [] for message in messages}
    for slot in taken:
        slots[slot.person].append(slot)
    days: dict[UUID, date] = {}
    reserved: list[ContactSlot] = []
    for message in sorted(messages, key=lambda message: message.id):
        mine = slots[message.person]
        days[message.id] = contact_day(message.id, message.channel, mine, on=on, limits=limits)
        if days[message.id] == on:
            slot = ContactSlot(person=message.person, day=on, message_id=message.id, channel=message.channel)
            reserved.append(slot)
            mine.append(slot)
    return days, reserved


def opens_at(message: Message, day: date, policy: Policy) -> datetime:
    """Return the first instant of a day, or after it, at which a message like this may leave."""
    midnight = as_utc(datetime.combine(day, time.min, policy.calendar.zone))
    return next_allowed(
        message.purpose, midnight, policy=policy, channel=message.channel, event=message.event
    )


def safe_from(message: Message, at: datetime, call: timedelta, policy: Policy) -> datetime:
    """
    Return the first instant from `at` on at which a call that lasts at most `call` ends within the hours.

    What a provider accepts at 19:00:05 is a contact outside the hours, although its call began before.
    """
    end = at + call
    opens = next_allowed(message.purpose, end, policy=policy, channel=message.channel, event=message.event)
    if opens > end:
        return opens
    return next_allowed(message.purpose, at, policy=policy, channel=message.channel, event=message.event)
