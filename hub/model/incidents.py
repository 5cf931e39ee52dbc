"""What is wrong with the hub itself, and what is left of its money at providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """
    Something seen now that should not be.

    `key` begins with its kind: `circuit:sms:twilio`. `measured` says in Spanish how bad it is, without
    anybody's data.
    """

    key: str
    measured: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A symptom from when it was first seen until nobody has seen it for a while."""

    key: str
    since: datetime
    seen_at: datetime
    measured: str
    told_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution_told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """
    What is left of the money that the provider `place` (`sms:twilio`) was given.

    `currency` as the provider names it; `low` is below what somebody should pay, where its own
    description says so.
    """

    place: str
    amount: Decimal
    currency: str
    low: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """`currency` is ISO 4217 (`COP`), or what the provider counts instead of money (`SMS`)."""

    amount: Decimal
    currency: str
