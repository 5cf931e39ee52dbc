"""The nouns of the hub: frozen values that every layer shares. No I/O, no rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import field as dataclass_field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

Json = Any
"""What `json.loads` returns: Any is honest at this edge."""

TYPE_PREFIX = "co.coproservicios."
TYPE_SUFFIX = ".v1"
HUB_SOURCE = "urn:hub"


class Lane(StrEnum):
    """Lanes never wait for each other."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Purpose(StrEnum):
    """Why somebody is told; decides hours, opt-outs and expiry."""

    EMERGENCY = "emergency"
    LEGAL = "legal"
    TRANSACTIONAL = "transactional"
    SERVICE = "service"
    SURVEY = "survey"
    COLLECTION = "collection"
    COMMERCIAL = "commercial"
    INTERNAL = "internal"


class Print(StrEnum):
    """Whether an audience is also told on paper."""

    NEVER = "never"
    LETTER = "letter"
    BOARD = "board"
    BOTH = "both"


class State(StrEnum):
    """Where a message is. Moves are in `hub.delivery.MOVES`."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    HELD = "held"
    RETRYING = "retrying"
    FAILED = "failed"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What an event does to a clock of its case."""

    START = "start"
    STOP = "stop"
    CANCEL = "cancel"


class ClockState(StrEnum):
    OPEN = "open"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One CloudEvent 1.0. (`source`, `id`) is its identity; `time` is aware UTC."""

    id: str
    source: str
    type: str
    time: datetime
    data: Json = None
    subject: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    extensions: Mapping[str, Json] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The routing key: `co.coproservicios.pqrs.received.v1` → `pqrs.received`."""
        return self.type.removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as its row: its key, its case, where it happened."""

    key: UUID
    event: Event
    case: str | None
    copropiedad_id: str | None = None
    unit_id: str | None = None
    planned: bool = True
    waiting: bool = False
    """True when a party of the case (the petitioner …) is not known yet; planned again when it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who a person-valued word (`petitioner`) stands for in a case; `recipients` as in the event's data."""

    case: str
    who: str
    recipients: Json
    since: datetime


@dataclass(frozen=True, slots=True)
class ClockMove:
    """`ClockMove("first_reply", Move.STOP)`; `when` limits it to data like {"status": "cleared"}."""

    clock: str
    move: Move
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message again, `before` the instant in the event's data field `field`."""

    field: str
    before: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """
    Somebody whom an event speaks to.

    `channels` is a tuple of steps, each a tuple of channels used together; the next step
    only when every message of the one before failed for good. `template` names the block
    set in the event's template when this audience reads another text than the first. `when`
    limits the audience to events whose data has these values.
    """

    who: tuple[str, ...]
    purpose: Purpose
    channels: tuple[tuple[str, ...], ...]
    print: Print = Print.NEVER
    template: str | None = None
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """What the hub knows about a kind of event; `hub.catalog.CATALOG` lists them all."""

    name: str
    lane: Lane
    case: str
    audiences: tuple[Audience, ...] = ()
    clocks: tuple[ClockMove, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    hub_emitted: bool = False

    @property
    def type(self) -> str:
        return f"{TYPE_PREFIX}{self.name}{TYPE_SUFFIX}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoint:
    """`kind` is `email`, `phone` (value in E.164) or `push` (a device token)."""

    id: str
    kind: str
    value: str
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the directory, or a stranger whose `ref` was made from an inline contact."""

    ref: str
    name: str
    contact_points: tuple[ContactPoint, ...] = ()
    locale: str = "es"
    digital_access: bool = True
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A way to reach somebody: a channel and one contact point for it."""

    channel: str
    contact_id: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """
    One thing to be said to one person over one channel: the row that is the truth.

    `person` is a directory reference; `name`, `address` are person data and never logged.
    `fallback` holds the steps of the cascade that are left, `skipped` the channels that were
    passed over, each with its reason (`voice:not_configured`).
    """

    id: UUID
    event_key: UUID
    event_id: str
    event: str
    audience: int
    step: int
    person: str
    name: str
    locale: str
    channel: str
    purpose: Purpose
    lane: Lane
    occasion: str
    contact_id: str
    address: str
    state: State
    created_at: datetime
    reason: str | None = None
    next_at: datetime | None = None
    expires_at: datetime | None = None
    skipped: tuple[str, ...] = ()
    fallback: tuple[tuple[Target, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message whose row this worker holds until `lease_until`, with what rendering needs."""

    message: Message
    attempt: int
    event_time: datetime
    source: str
    data: Json
    building: str | None
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """
    A message's words. What a channel has no use for is empty.

    email: subject, text, html. sms: text. push, inbox: subject (title), text, html (inbox).
    """

    text: str
    subject: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a channel is asked to send. The id is stable over attempts: use it as the reference."""

    id: UUID
    channel: str
    address: str
    name: str
    person: str
    purpose: Purpose
    lane: Lane
    event: str
    rendered: Rendered
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A provider's yes. `reference` is its own id; `delivered` when yes already means arrival."""

    provider: str
    reference: str | None = None
    code: str = ""
    delivered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTraits:
    """
    What planning must know of a channel.

    `contact` is the kind of contact point it needs; None for one that needs only a person of
    the directory (the inbox). `text_phone` is true where a landline will not do.
    """

    name: str
    contact: str | None
    text_phone: bool = False
    confirms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call of a provider, or an ending without one."""

    message_id: UUID
    at: datetime
    outcome: str
    provider: str = ""
    reference: str | None = None
    code: str = ""
    took: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a claimed message goes on: what delivery records in one statement."""

    message_id: UUID
    state: State
    reason: str | None = None
    next_at: datetime | None = None
    expires_at: datetime | None = None
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What came over the wire, before anything of it is believed."""

    body: bytes
    content_type: str | None
    headers: Mapping[str, Json]
    routing_key: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """
    Something that could not be taken in, whole, with a reason that a publisher can act on.

    `id` is made from the bytes, so that a redelivery is the same dead letter.
    """

    id: UUID
    received_at: datetime
    reason: str
    field: str | None
    event_type: str | None
    event_id: str | None
    source: str | None
    routing_key: str
    content_type: str | None
    headers: Mapping[str, Json]
    body: bytes
    times: int = dataclass_field(default=1, compare=False)
    """How often these bytes have come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One thing a clock will do: `kind` is `at_risk`, `breach`, `escalate` or `remind`.

    `percent` is how much of the target, counted as the clock runs, has gone at the step.
    """

    kind: str
    at: datetime
    from_level: int
    to_level: int
    percent: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """
    A promise with a due instant. `steps` is a snapshot of its ladder; `fired` counts the done ones.

    `context` holds what the case's opening event says (radicado, copropiedad_id, service_area …).
    """

    id: UUID
    case: str
    name: str
    state: ClockState
    started_at: datetime
    due_at: datetime
    level: int
    steps: tuple[Step, ...]
    fired: int = 0
    ended_at: datetime | None = None
    opened_by: UUID | None = None
    context: Mapping[str, Json] = field(default_factory=dict)

    @property
    def next_at(self) -> datetime | None:
        """When this clock wants to be looked at again; None when it has ended."""
        if self.ended_at is not None or self.fired >= len(self.steps):
            return None
        return self.steps[self.fired].at
