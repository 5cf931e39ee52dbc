"""Hours of contact: the instants at which the law and the policy allow it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from hub.business_time import as_utc
from hub.contact_rules.working_hours import next_open
from hub.model import HUB_SOURCE, Audience, Event, Person, Purpose, WorkWeek
from hub.policy import Policy

_SILENT: Final = frozenset({"inbox", "print"})
"""Channels that interrupt nobody."""


def next_allowed(
    purpose: str,
    at: datetime,
    *,
    policy: Policy,
    channel: str = "",
    event: str = "",
    rests: bool = False,
    weeks: Sequence[WorkWeek | None] = (),
) -> datetime:
    """
    Return the first instant from `at` on at which a message of this purpose may leave, in UTC.

    With `rests`, only working hours count (Ley 2191 de 2022, art. 3): those of `weeks`, or else the
    company's. A `channel` may have a narrower window than the purpose: the carriers'. At night those that
    ring wait, unless the policy says that the `event` cannot.

    A window excludes its end: 19:00:00 is outside (Ley 2300 de 2023, art. 3). Call this again just
    before sending: a message queued at 18:59 may reach the worker after the window has closed.
    """
    if rests:
        return next_open(weeks, at, policy.calendar)
    hours = policy.hours_of(Purpose(purpose), channel)
    opens = hours.next_open(at) if hours else as_utc(at)
    if purpose not in policy.night.purposes:
        return opens
    holds = partial(policy.night.holds, purpose, channel, event)
    if not holds(opens):
        return opens
    morning = policy.night.morning(opens)
    by_day = hours.next_open(morning) if hours else morning
    # Hours of the company that open only at night count: else nothing would ever leave.
    return opens if holds(by_day) else by_day


def quiet_outside_hours(person: Person, audience: Audience, event: Event) -> bool:
    """
    Return whether a person may be notified of this only in working hours.

    That is true of internal messages to staff. The exceptions (Ley 2191 de 2022, art. 6): people on call, on
    shift or of the direction; audiences on which the continuity of the service depends; and the hub's own
    events of a clock that runs day and night.
    """
    if audience.purpose is not Purpose.INTERNAL or audience.any_hour or person.any_hour:
        return False
    return not (event.source == HUB_SOURCE and event.data.get("any_hour") is True)


def is_interruptive(channel: str) -> bool:
    """Return whether a channel interrupts people at any hour."""
    return channel not in _SILENT
