"""What people have said yes and no to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """
    One yes or no of a person to one purpose: a row of the ledger, never changed.

    `channels` are those that it is about, none for all of them. `said_by` is the key of the event, or
    the id of the reply, that brought it.
    """

    id: UUID
    person: str
    purpose: str
    at: datetime
    granted: bool
    said_by: UUID
    channels: tuple[str, ...] = ()
    text_version: str | None = None
    method: str | None = None
    evidence_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut:
    """A BAJA or a complaint that nothing has lifted: a no to a purpose; `reason` says which of both."""

    person: str
    purpose: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """What counts of a person and a purpose now; of a yes, `channels` are those left, none for all."""

    purpose: str
    granted: bool
    at: datetime
    channels: tuple[str, ...] = ()
    text_version: str | None = None
    method: str | None = None
    evidence_hash: str | None = None
