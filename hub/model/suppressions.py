"""Whom nobody writes to, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidContact:
    """A provider's word that the contact point of a message does not exist (any more)."""

    message_id: UUID
    at: datetime
    reason: str
    provider: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionStatus:
    """
    Why a message is not to go where it goes: `gone`, `opted_out`, `complaint`, or an operator's `suppressed`.

    Where it began at an instant, it ends: `until`, if an operator said so, else when the policy says.
    """

    reason: str
    since: datetime | None = None
    until: datetime | None = None
