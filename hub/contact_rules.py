"""When the law and the policy allow somebody to be contacted."""

from __future__ import annotations

from datetime import datetime

from hub.business_time import as_utc
from hub.model import Purpose
from hub.policy import Policy


def next_allowed(purpose: str, at: datetime, *, policy: Policy) -> datetime:
    """
    Return the first instant from `at` on at which a message of this purpose may go out, in UTC.

    The ends of a window are half-open: 19:00:00 is outside (Ley 2300 de 2023, art. 3). Ask again
    just before sending: a message queued at 18:59 may come up after the window has closed.
    """
    hours = policy.contact_hours.get(Purpose(purpose))
    return hours.next_open(at) if hours else as_utc(at)
