"""Digests: the instants at which a person gets what is not urgent, by their own wishes. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.business_time import as_utc
from hub.business_time.dates import ZONE
from hub.contact_rules.verdict import HeldUntil, verdict
from hub.model import ContactFacts, DigestPeriod, Purpose
from hub.policy import Policy
from hub.policy.digests import NoticeDigestPolicy

_DAY: Final = timedelta(days=1)


def digest_due(facts: ContactFacts, since: datetime, *, policy: Policy) -> datetime | None:
    """
    Return when the first digest after this instant is made, in UTC; None for a person who wants none.

    That is the policy's hour, or the end of the person's quiet hours after it.
    """
    preferences = facts.preferences
    if preferences is None or preferences.digest is None:
        return None
    at = _hour(preferences.digest, since, policy.digest)
    if at is None:
        return None
    judged = verdict(Purpose.SERVICE, "email", facts, at=at, policy=policy)
    return judged.at if isinstance(judged, HeldUntil) else at


def _hour(every: DigestPeriod, since: datetime, policy: NoticeDigestPolicy) -> datetime | None:
    if policy.at is None:
        return None
    midnight = since.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = (policy.weekday.number - midnight.weekday()) % 7 if every is DigestPeriod.WEEKLY else 0
    at = midnight + ahead * _DAY + policy.at.since_midnight
    if at <= since:
        at += 7 * _DAY if every is DigestPeriod.WEEKLY else _DAY
    return as_utc(at)
