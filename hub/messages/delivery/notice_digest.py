"""
Digests of notices: which messages wait for the digest of their person. Pure.

Such a message is held for `GATHER` longer than the digest is due: meanwhile the timers make one message of
all (`hub.timers.notice_digests`). A message that no digest has taken then leaves by itself, and nothing is
lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hub.business_time.dates import instant
from hub.contact_rules import is_interruptive
from hub.contact_rules.digests import digest_due
from hub.contact_rules.purposes import PURPOSES
from hub.messages.delivery.decisions import held
from hub.model import DIGEST, Claimed, DocumentUse, EventType, Outcome
from hub.model.documents import FIELD, is_given
from hub.policy import Policy

GATHER: Final = timedelta(hours=1)
"""How long the timers may take to make a digest, once it is due."""
_INITIAL: Final = "initial"
"""The occasion of a message that is no reminder."""
_AHEAD: Final = timedelta(days=1)
"""A notice that ends or takes effect so soon after the digest is due does not wait for it."""


def held_for_digest(
    claimed: Claimed, kind: EventType | None, *, policy: Policy, now: datetime
) -> Outcome | None:
    """
    Hold a message that may wait for the person's digest; None for any other.

    It waits once: from its event to the first digest after it. A late one leaves by itself.
    """
    if kind is None or not _may_wait(claimed, kind) or _has_a_copy(claimed, kind, policy):
        return None
    due = digest_due(claimed.contact, claimed.event_time, policy=policy)
    if due is None or due <= now or _comes_too_late(claimed, kind, due):
        return None
    until = due + GATHER
    return held(claimed.message, DIGEST, until=until, longer_by=until - now)


def _may_wait(claimed: Claimed, kind: EventType) -> bool:
    message = claimed.message
    return (
        kind.audiences[message.audience].digestible
        and PURPOSES[message.purpose].digestible
        and message.occasion == _INITIAL
        # A silent channel disturbs nobody: its messages need not wait.
        and is_interruptive(message.channel)
    )


def _has_a_copy(claimed: Claimed, kind: EventType, policy: Policy) -> bool:
    """Return whether the message leads to the hub's copy of a document: that link is its own, and ends."""
    data = claimed.data or {}
    url = data.get(FIELD)
    fetched = kind.document is not DocumentUse.NAME and isinstance(url, str) and policy.documents.allows(url)
    return fetched or is_given(data)


def _comes_too_late(claimed: Claimed, kind: EventType, due: datetime) -> bool:
    day = (claimed.data or {}).get(kind.takes_effect) if kind.takes_effect else None
    ends = claimed.message.ends_at, None if day is None else instant(day)
    return any(end is not None and end < due + _AHEAD for end in ends)
