"""
Whether a message may leave: one pure function, and one rule after another. The first answer counts.

It is asked when a message is planned, and again at the instant of sending with the facts of the claim. The
cases that it must decide are in `tests/vectors/contact_rules.json`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeAlias

from msgspec import Struct

from hub.contact_rules.allowed import is_interruptive, next_allowed
from hub.contact_rules.consents import NOT_CONSENTED, allows
from hub.contact_rules.purposes import NEED_CONSENT
from hub.model import ContactFacts, Purpose
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


def verdict(purpose: Purpose, channel: str, facts: ContactFacts, *, at: datetime, policy: Policy) -> Verdict:
    """Return whether a message of this purpose may leave over this channel to this person `at` an instant."""
    # Refusals come before hours: what may never leave does not wait for the morning.
    if purpose in NEED_CONSENT and (reason := _not_consented(channel, facts, at)) is not None:
        return Refused(reason)
    rests = facts.rests and is_interruptive(channel)
    # Most purposes have no hours, and their messages pay for no calendar.
    if not rests and purpose not in policy.contact_hours:
        return ALLOWED
    opens = next_allowed(purpose, at, policy=policy, channel=channel, rests=rests, weeks=facts.weeks)
    if opens <= at:
        return ALLOWED
    return HeldUntil(opens, "working_hours" if rests else "contact_hours")


def _not_consented(channel: str, facts: ContactFacts, at: datetime) -> str | None:
    """Closed by default: whoever has stated nothing has not consented (Ley 1581 de 2012, art. 9)."""
    if facts.opted_out is not None:
        return facts.opted_out
    return None if allows(facts.statements, channel, at=at) else NOT_CONSENTED
