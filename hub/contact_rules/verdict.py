"""
Verdict on a message: may it leave? One pure function, with one rule after another: the first answer counts.

The hub asks for it at the instant of sending, with the facts of the claim. Planning asks too, with what the
directory knows, and leaves out refused channels: that is only a forecast (`hub.contact_rules.forecast`). The
cases that it must decide are in `tests/vectors/contact_rules.json`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from msgspec import Struct

from hub.contact_rules.consents import NOT_CONSENTED, allows
from hub.contact_rules.contact_hours import is_interruptive, next_allowed
from hub.contact_rules.preferences import barred, is_wanted, quiet_until
from hub.contact_rules.purposes import NEED_CONSENT, PURPOSES
from hub.model import (
    DO_NOT_CONTACT,
    NOT_PAYER,
    NOT_WANTED,
    QUIET_HOURS,
    ContactFacts,
    Preferences,
    Purpose,
)
from hub.policy import Policy


class Allowed(Struct, frozen=True):
    """The message may leave now."""


class HeldUntil(Struct, frozen=True):
    """The message may leave `at` this instant at the earliest; then everything is judged anew."""

    at: datetime
    reason: str


class Refused(Struct, frozen=True):
    """The message must not leave. The reason is a word of `hub.rendering.outcomes_es`."""

    reason: str


Verdict: TypeAlias = Allowed | HeldUntil | Refused

ALLOWED: Final = Allowed()

_MOST_WINDOWS: Final = 15
"""Windows to search for an hour that is not quiet: two weeks have every kind, some holidays aside."""


def verdict(
    purpose: Purpose, channel: str, facts: ContactFacts, *, at: datetime, policy: Policy, event: str = ""
) -> Verdict:
    """
    Return whether a message of this purpose may leave over this channel to this person `at` an instant.

    The night holds back no messages about the events that the policy names.
    """
    # Refusals come before hours: what may never leave does not wait for the morning.
    if (reason := never(purpose, channel, facts, at)) is not None:
        return Refused(reason)
    rests = facts.rests and is_interruptive(channel)
    hours = purpose in policy.contact_hours
    # Most purposes have no hours, and their messages pay for no calendar.
    if (
        not rests
        and not hours
        and facts.preferences is None
        and (purpose not in policy.night.purposes or not policy.night.holds(purpose, channel, event, at))
    ):
        return ALLOWED
    allowed = partial(next_allowed, purpose, policy=policy, channel=channel, event=event)
    opens = allowed(at, rests=rests, weeks=facts.weeks)
    if facts.preferences is not None and not rests:
        return _outside_quiet_hours(purpose, channel, facts.preferences, at, opens, allowed, hours=hours)
    return ALLOWED if opens <= at else HeldUntil(opens, "working_hours" if rests else "contact_hours")


def never(purpose: Purpose, channel: str, facts: ContactFacts, at: datetime) -> str | None:
    """Return why the message must not leave at any hour."""
    if facts.mark is not None and barred(purpose, facts.mark, at):
        return DO_NOT_CONTACT
    # Ley 675 de 2001, art. 29, and Ley 2300 de 2023: only the payer is asked for money.
    if not facts.pays:
        return NOT_PAYER
    if purpose in NEED_CONSENT and (reason := _not_consented(channel, facts, at)) is not None:
        return reason
    if facts.preferences is not None and not is_wanted(purpose, channel, facts.preferences):
        return NOT_WANTED
    return None


def _not_consented(channel: str, facts: ContactFacts, at: datetime) -> str | None:
    """Closed by default: a person without a statement has not consented (Ley 1581 de 2012, art. 9)."""
    if facts.opted_out is not None:
        return facts.opted_out
    return None if allows(facts.statements, channel, at=at) else NOT_CONSENTED


def _outside_quiet_hours(
    purpose: Purpose,
    channel: str,
    preferences: Preferences,
    at: datetime,
    opens: datetime,
    allowed: Callable[[datetime], datetime],
    *,
    hours: bool,
) -> Verdict:
    """
    Find the first instant that is inside the window and outside the person's quiet hours.

    `allowed` finds the next instant of the window, which is the law's for a purpose with `hours`.
    Without such an instant a purpose counts as switched off, if it may be; for the others the window counts.
    """
    # The person's own silence is named before the night of the policy, the hours of the law before both.
    quiet = not hours and quiet_until(purpose, channel, preferences, at) > at
    first, reason = opens, "contact_hours" if opens > at and not quiet else QUIET_HOURS
    for _ in range(_MOST_WINDOWS):
        loud = quiet_until(purpose, channel, preferences, opens)
        if loud == opens:
            return ALLOWED if opens <= at else HeldUntil(opens, reason)
        opens = allowed(loud)
    if not hours:
        # Who wants silence all day wants messages at night.
        loud = quiet_until(purpose, channel, preferences, at)
        return ALLOWED if loud == at else HeldUntil(loud, QUIET_HOURS)
    if PURPOSES[purpose].may_switch_off:
        return Refused(NOT_WANTED)
    return ALLOWED if first <= at else HeldUntil(first, "contact_hours")
