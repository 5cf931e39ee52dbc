"""Suppressed contact points, and the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidContact:
    """
    A provider's report that the contact point of a message does not exist (any more).

    `until` is set where nothing proves who reports it: the suppression ends then, unless a report about
    another message to the same contact point confirms it.
    """

    message_id: UUID
    at: datetime
    reason: str
    provider: str
    code: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionStatus:
    """
    Why a contact point is suppressed: `gone`, `erased` with its person, or an operator's `suppressed`.

    With `since` it is temporary: it ends at `until` if an operator or an
    unproven report set one, else after the policy's time.
    """

    reason: str
    since: datetime | None = None
    until: datetime | None = None
