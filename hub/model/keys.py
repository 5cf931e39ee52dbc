"""API keys, their scopes, and the notes of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.json import Instant, Json


class Scope(StrEnum):
    """The rights of a key. No scope includes another."""

    PUBLISH = "publish"
    READ = "read"
    """Lists and totals; names and addresses masked."""
    OPERATE = "operate"
    """Acts, and answers people: sees their names, units and words (`hub.access.sight`)."""
    PRIVACY = "privacy"
    """Also addresses, proofs and documents, and the audit log."""
    ADMIN = "admin"
    """Keys, and the audit log."""
    INBOX = "inbox"
    """Tokens that open one person's inbox each: for the server of a portal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """
    A key as stored, never the secret itself.

    `source` binds the key: it publishes for that source alone and, if `event_types` is not empty, only those
    types. With `amqp_user`, intake accepts the source over RabbitMQ only from that user. `cases_of` are other
    sources to whose cases it may add.
    """

    id: UUID
    name: str
    prefix: str
    hash: bytes = field(repr=False)
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    source: str | None = None
    event_types: frozenset[str] = frozenset()
    amqp_user: str | None = None
    cases_of: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Return whether the key is valid at this instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """
    An entry of the audit log: somebody read a person's data or changed something. It holds no person data.

    `person` is the reference of the person whose data it was, if it was one person's.
    """

    id: UUID
    at: datetime
    who: str
    action: str
    subject: str
    detail: Mapping[str, Json]
    person: str | None = None
    address: str | None = None
    """The client's address, for what was done over HTTP."""


class NoteRow(Struct, kw_only=True):
    """A look or a change by somebody; never contains a person's data."""

    id: UUID
    at: Instant
    who: str
    action: str
    subject: str
    person: Annotated[str | None, Meta(description="The person whose data it was, if it was one person's.")]
    detail: dict[str, Json]
    address: Annotated[str | None, Meta(description="Where it came from, if it was done over HTTP.")]
