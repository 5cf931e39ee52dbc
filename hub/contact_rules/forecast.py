"""
Forecasts of the verdict, from what the directory knows of a person. Pure.

The claim decides anew, with all statements since then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from hub.contact_rules.consents import why_opted_out
from hub.contact_rules.verdict import Refused, Verdict, never, verdict
from hub.model import ContactFacts, Person, Purpose
from hub.policy import Policy


def refusals(
    purpose: Purpose,
    addresses: Mapping[str, Collection[str]],
    person: Person,
    *,
    at: datetime,
    policy: Policy,
    rests: bool = False,
) -> Mapping[str, str]:
    """
    Return the channels that are refused to this purpose `at` an instant, each with the reason.

    `addresses` are the channels to judge, each with the person's addresses there. Without a mark, wishes or a
    purpose that needs consent there are none: hours alone refuse nothing.
    """
    judged = {
        channel: forecast(purpose, channel, known, person, at=at, policy=policy, rests=rests)
        for channel, known in addresses.items()
    }
    return {channel: given.reason for channel, given in judged.items() if isinstance(given, Refused)}


def forecast(
    purpose: Purpose,
    channel: str,
    addresses: Collection[str],
    person: Person,
    *,
    at: datetime,
    policy: Policy,
    rests: bool = False,
) -> Verdict:
    """Return the verdict on a message over this channel `at` an instant."""
    return verdict(purpose, channel, _facts(person, addresses, rests), at=at, policy=policy)


def refusal(
    purpose: Purpose, channel: str, addresses: Collection[str], person: Person, *, at: datetime
) -> str | None:
    """Return why a message must not leave at any hour, by what the person wants now; None if it may."""
    return never(purpose, channel, _facts(person, addresses, rests=False), at)


def _facts(person: Person, addresses: Collection[str], rests: bool) -> ContactFacts:
    return ContactFacts(
        statements=person.statements,
        opted_out=why_opted_out(person, addresses),
        rests=rests,
        weeks=person.weeks,
        preferences=person.preferences,
        mark=person.mark,
    )
