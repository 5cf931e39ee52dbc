"""The contacts of collection and advertising that a person has had, held against Ley 2300 de 2023."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from msgspec.structs import asdict

from hub.contact_rules import next_allowed
from hub.contact_rules.limits import week_of
from hub.policy import Policy
from hub.storage.person_export import ContactRecord


class ContactLine(ContactRecord, frozen=True, kw_only=True):
    """
    A contact with the counts of the law: contacts on its day, and channels in its week.

    Days and hours are those of Colombia; the hours and holidays are those of the policy of today.
    """

    day: date
    week: str
    in_hours: bool
    of_day: int
    channels_of_week: int


def contact_lines(contacts: Sequence[ContactRecord], policy: Policy) -> list[ContactLine]:
    """Return a line for each contact of one person, in their order."""
    days = [policy.calendar.day_of(contact.at) for contact in contacts]
    counted = Counter(days)
    used: dict[date, set[str]] = {}
    for contact, day in zip(contacts, days, strict=True):
        used.setdefault(week_of(day), set()).add(contact.channel)
    return [
        ContactLine(
            **asdict(contact),
            day=day,
            week=f"{day:%G-W%V}",
            in_hours=_is_in_hours(contact, policy),
            of_day=counted[day],
            channels_of_week=len(used[week_of(day)]),
        )
        for contact, day in zip(contacts, days, strict=True)
    ]


def _is_in_hours(contact: ContactRecord, policy: Policy) -> bool:
    opens = next_allowed(contact.purpose, contact.at, policy=policy, channel=contact.channel)
    return opens <= contact.at
