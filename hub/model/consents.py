"""Consents and refusals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """A person's current consent or refusal for a purpose; `channels` still consented to, empty for all."""

    purpose: str
    granted: bool
    at: datetime
    channels: tuple[str, ...] = ()
    text_version: str | None = None
    method: str | None = None
    evidence_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Stance):
    """
    A person's consent to one purpose, or refusal (`granted` false): a row of the ledger, never changed.

    `channels` are those that it covers; empty means all. `said_by` is the key of the event, or the id of the
    reply, that brought it.
    """

    id: UUID
    person: str
    said_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A refusal by a link in a message: of its purpose, on every channel. `proof` shows that it is ours."""

    message_id: UUID
    purpose: str
    method: str
    proof: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut:
    """A BAJA or a complaint that was not lifted: a refusal of a purpose; `reason` names which of both."""

    person: str
    purpose: str
    since: datetime
    reason: str
