"""Incidents of the hub itself, and the prepaid balances at providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from hub.model.catalogue import Lane

DOCUMENT: Final = "document"
"""What stands for a channel where the circuit is that of a host of documents."""
EXCESS: Final = "excess:"
STOP: Final = "stop:"
"""With a role: the subject under which a process says that it ended in order, and for how long."""
WORKS: Final = "role:"
"""With a role: the subject under which a process says that it works."""
UNKNOWN_CODES: Final = "codes:unknown"
"""The subject under which a process reports how many wrong codes of messages it saw in the last hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """
    A fault that the monitor sees now.

    `key` begins with its kind: `circuit:sms:twilio`. `measured` is the measured value, in Spanish, without
    person data.
    """

    key: str
    measured: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A symptom over time: from when it was first seen until no process has seen it for a while."""

    key: str
    since: datetime
    seen_at: datetime
    measured: str
    told_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution_told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """
    A time in which RabbitMQ may have confirmed events to publishers that no queue of the hub took.

    `since` is None where nobody knows when it began, `until` while it lasts.
    """

    since: datetime | None = None
    until: datetime | None = None

    def __str__(self) -> str:
        return "/".join(at.isoformat() if at else "" for at in (self.since, self.until))

    @classmethod
    def read(cls, text: str) -> Gap:
        """Read what `str` has written."""
        since, until = (datetime.fromisoformat(at) if at else None for at in text.split("/"))
        return cls(since=since, until=until)


def excess_subject(lane: Lane, sender: str) -> str:
    """Return the subject under which a process reports what it has demoted of this sender's."""
    return f"{EXCESS}{lane}:{sender}"


def excess_of(subject: str) -> tuple[Lane, str]:
    """Read what `excess_subject` has written; a sender's name may have colons."""
    lane, _, sender = subject.removeprefix(EXCESS).partition(":")
    return Lane(lane), sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """
    The prepaid balance left at the provider `place` (`sms:twilio`).

    `currency` as the provider names it. `low` is the limit below which somebody should pay, if the
    provider's own description sets one.
    """

    place: str
    amount: Decimal
    currency: str
    low: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """`currency` is ISO 4217 (`COP`), or the unit that the provider counts instead (`SMS`)."""

    amount: Decimal
    currency: str
