"""Reviews: askings for a release, and events of other systems that wait for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from hub.model.communications import Communication
from hub.model.events import Event, RawMessage
from hub.model.ids import uuid8
from hub.model.json import Instant, Json

_HELD: Final = "held"


class Verdict(StrEnum):
    """How an asking ended."""

    RELEASED = "released"
    REFUSED = "refused"
    LAPSED = "lapsed"
    VOID = "void"
    """The communication was changed or taken back meanwhile."""


class HeldState(StrEnum):
    """What became of an event that had to wait."""

    HELD = "held"
    RELEASED = "released"
    REFUSED = "refused"


class Approval(Struct, frozen=True, kw_only=True):
    """
    An asking of `people` people's words by `asked_by`, with the digest that it binds, and who decided.

    `asked_person` and `person` are entries of the directory, `approver` is the account named to decide.
    """

    communication: UUID
    asked_at: Instant
    asked_by: str
    asked_person: str | None
    approver: str | None
    plan: UUID
    digest: bytes
    people: int
    senior: bool
    ends_at: Instant
    verdict: Verdict | None = None
    at: Instant | None = None
    by: str | None = None
    person: str | None = None
    reason: str | None = None
    shown_sha256: bytes | None = None


class MadeBy(Struct, frozen=True, kw_only=True):
    """Who has made and written a communication, for people of which copropiedades (None: the company)."""

    by: str
    person: str | None
    writers: Sequence[str]
    places: Sequence[str] | None


def made_by(row: Communication) -> MadeBy:
    return MadeBy(by=row.by, person=row.person, writers=row.writers, places=row.places)


class WaitingApproval(Approval, frozen=True, kw_only=True):
    """An open asking with its communication: who made it, for the people of which copropiedades."""

    id: UUID
    title: str
    kind: str
    places: list[str] | None
    made_by: str
    made_person: str | None
    writers: list[str]

    @property
    def made(self) -> MadeBy:
        return MadeBy(by=self.made_by, person=self.made_person, writers=self.writers, places=self.places)


class Decision(Struct, frozen=True, kw_only=True):
    """What somebody decided of an asking, with the JSON of what they saw."""

    verdict: Verdict
    at: Instant
    by: str
    person: str
    shown: bytes
    reason: str | None = None

    @property
    def shown_sha256(self) -> bytes:
        return sha256(self.shown).digest()


class Release(Struct, frozen=True, kw_only=True):
    """Who released what was said, when, and the JSON of what they saw."""

    at: Instant
    by: str
    shown: bytes
    shown_sha256: bytes


class HeldEvent(Struct, frozen=True, kw_only=True):
    """An event as it came; `people` are as many as were counted, `content` the digest of type and data."""

    source: str
    event_id: str
    key: UUID
    content: bytes
    communication: UUID
    people: int
    state: HeldState
    reason: str | None
    received_at: Instant
    sender: str | None
    routing_key: str
    content_type: str | None
    headers: Mapping[str, Json]
    body: bytes

    def as_raw(self) -> RawMessage:
        """Return it as RabbitMQ has delivered it."""
        return RawMessage(
            body=self.body,
            content_type=self.content_type,
            headers=self.headers,
            routing_key=self.routing_key,
            received_at=self.received_at,
            user=self.sender,
        )


class NewHeldEvent(HeldEvent, frozen=True, kw_only=True):
    """A held event with what the communication says by which it is reviewed: of its data, the title."""

    kind: str
    title: str
    place: str | None
    by: str


class KnownHeld(Struct, frozen=True, kw_only=True):
    """An event that intake has seen already: held, or stored without waiting (then without `content`)."""

    source: str
    event_id: str
    state: HeldState
    content: bytes | None


def content_of(event: Event) -> bytes:
    """Return the digest by which a copy is the same event: of its type and data."""
    return sha256(msgspec.json.encode([event.type, event.data], order="deterministic")).digest()


def communication_of(event: Event) -> UUID:
    """Return the id of the communication by which a held event is reviewed."""
    return uuid8(event.time, _HELD, event.source, event.id)
