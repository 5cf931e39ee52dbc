"""Keys of systems, what each may do, and the notes of who did what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub.model.json import Json


class Scope(StrEnum):
    """What a key may do. None of them contains another."""

    PUBLISH = "publish"
    READ = "read"
    """Lists and sums; names and addresses masked."""
    OPERATE = "operate"
    PRIVACY = "privacy"
    """What people wrote and what they are told, whole; and the audit."""
    ADMIN = "admin"
    """Keys, and the audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """
    A key as it is kept: never the secret itself.

    `source` binds it: it publishes for that source alone, and only `event_types` of it where there are
    any. With `amqp_user` the source is taken from RabbitMQ only where that user has sent it.
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
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def live(self, now: datetime) -> bool:
        """Tell whether it opens anything at this instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """
    That somebody looked at a person's data or changed something. Never a value of a person.

    `person` is the reference of whose data it was, where it was one person's.
    """

    id: UUID
    at: datetime
    who: str
    action: str
    subject: str
    detail: Mapping[str, Json]
    person: str | None = None
