"""Results: the fates of a source's messages, and the subscriptions to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from urllib.parse import quote
from uuid import UUID

from msgspec import Struct

from hub.model.messages import State
from hub.model.people import Target

_LONGEST_KEY: Final = 200
"""A routing key has 255 octets at most, the names of the notices included."""


class ResultKind(StrEnum):
    """The event of a result is `notification.` and this word."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    """No message of any step has reached the person."""
    CANCELLED = "cancelled"
    """Nobody sends it any more: the event was taken back, or what it was about has ended."""


KINDS: Final[Mapping[State, ResultKind]] = MappingProxyType(
    {
        State.SENT: ResultKind.SENT,
        State.DELIVERED: ResultKind.DELIVERED,
        State.READ: ResultKind.READ,
        State.FAILED: ResultKind.FAILED,
        State.BOUNCED: ResultKind.FAILED,
        State.SUPPRESSED: ResultKind.FAILED,
        State.EXPIRED: ResultKind.FAILED,
        State.CANCELLED: ResultKind.CANCELLED,
    }
)
"""The states that are results; the trigger of the table `message` names the same."""

FINAL: Final = frozenset(
    {State.READ, State.FAILED, State.BOUNCED, State.SUPPRESSED, State.EXPIRED, State.CANCELLED}
)
"""Nothing more is expected of such a message: only an operator, or a late receipt, changes it."""


class Result(Struct, frozen=True, kw_only=True):
    """
    A change of a message's state that its source has subscribed to.

    `source` and what follows are None where the retention has dropped the message. `fallback` has the steps
    of the cascade that are left; `undelivered` is true if nobody has had the message and no step is left.
    """

    message_id: UUID
    state: State
    at: datetime
    reason: str | None = None
    source: str | None = None
    event_key: UUID | None = None
    event_id: str = ""
    event: str = ""
    audience: int = 0
    person: str = ""
    channel: str = ""
    occasion: str = ""
    fallback: tuple[tuple[Target, ...], ...] = ()
    undelivered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSubscription:
    """A subscription to the results of a source, over RabbitMQ. Without `kinds` it is all of them."""

    id: UUID
    source: str
    kinds: frozenset[ResultKind] = frozenset()
    created_at: datetime
    created_by: str

    def wants(self, kind: ResultKind) -> bool:
        return not self.kinds or kind in self.kinds


def source_key(source: str) -> str:
    """
    Return the word by which a source is named in the routing keys of its notices.

    `urn:coproservicios:crm` is itself. Each octet of any character besides letters, digits and `:/-_~` is
    percent-encoded, a dot too (`%2E`), because it would begin another word. A very long source is named by
    its SHA-256.
    """
    word = quote(source, safe=":/", errors="replace").replace(".", "%2E")
    if len(word) <= _LONGEST_KEY:
        return word
    return f"sha256:{sha256(source.encode(errors='replace')).hexdigest()}"


def user_key(user: str) -> str:
    """Return the two words by which a user of RabbitMQ is named there; no source has a dot in its word."""
    return f"user.{source_key(user)}"
