"""When the law and the policy allow somebody to be contacted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hub.business_time import as_utc
from hub.contact_rules.working_hours import next_open
from hub.model import HUB_SOURCE, Audience, Event, Person, Purpose, WorkWeek
from hub.policy import Policy

_SILENT: Final = frozenset({"inbox", "print"})
"""Channels that wait until somebody looks."""


def next_allowed(
    purpose: str,
    at: datetime,
    *,
    policy: Policy,
    rests: bool = False,
    weeks: Sequence[WorkWeek | None] = (),
) -> datetime:
    """
    Return the first instant from `at` on at which a message of this purpose may go out, in UTC.

    With `rests` nothing goes out outside working hours (Ley 2191 de 2022, art. 3): those of `weeks`, or
    the company's where there are none.

    The ends of a window are half-open: 19:00:00 is outside (Ley 2300 de 2023, art. 3). Ask again
    just before sending: a message queued at 18:59 may come up after the window has closed.
    """
    if rests:
        return next_open(weeks, at, policy.calendar)
    hours = policy.contact_hours.get(Purpose(purpose))
    return hours.next_open(at) if hours else as_utc(at)


def quiet_outside_hours(person: Person, audience: Audience, event: Event) -> bool:
    """
    Tell whether somebody may be told of this only in working hours.

    That is staff's work; but not for those on call, of the direction or on shift, not where the continuity
    of the service hangs on it, and not of the hub's own news of a clock that runs day and night (Ley 2191 de
    2022, art. 6).
    """
    if audience.purpose is not Purpose.INTERNAL or audience.any_hour or person.any_hour:
        return False
    return not (event.source == HUB_SOURCE and event.data.get("any_hour") is True)


def is_interruptive(channel: str) -> bool:
    """Tell whether a channel reaches people where they are, whatever the hour."""
    return channel not in _SILENT
