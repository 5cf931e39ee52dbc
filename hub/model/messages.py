"""Messages, from the plan to the provider's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from hub.errors import SendFailure
from hub.model.catalogue import Lane, Purpose
from hub.model.json import Json
from hub.model.people import Target, WorkWeek
from hub.model.suppressions import SuppressionStatus


class State(StrEnum):
    """Where a message is. Moves are in `hub.model.state_machine.MOVES`."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """
    One thing to be said to one person over one channel: the row that is the truth.

    `person` is a directory reference; `name`, `address` are person data and never logged.
    `fallback` holds the steps of the cascade that are left, `skipped` the channels that were
    passed over, each with its reason (`voice:not_configured`). `units` are the labels of the person's
    units that it is about, `variant` names the text of its audience. `expires_at` moves while the
    message is held back; `ends_at` never does. `patience` is how long an accepted message waits for its
    receipt before the next step is taken. `rests` is true where the person is only to be disturbed in working
    hours, which are asked for anew before each send.
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
    ends_at: datetime | None = None
    patience: timedelta | None = None
    variant: str | None = None
    units: tuple[str, ...] = ()
    rests: bool = False
    skipped: tuple[str, ...] = ()
    fallback: tuple[tuple[Target, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """
    A message whose row this worker holds until `lease_until`, with what rendering needs.

    `unsure_of` is the provider of the latest attempt whose outcome nobody knows.
    `suppression` says why it may not be sent where it goes, unless that has run out by now. `weeks` are the
    hours of whoever rests, as in `Person`.
    """

    message: Message
    attempt: int
    event_time: datetime
    source: str
    data: Json
    building: str | None
    unit: str | None
    unsure_of: str | None = None
    suppression: SuppressionStatus | None = None
    weeks: tuple[WorkWeek | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """
    A message's words. What a channel has no use for is empty.

    email: subject, text, html. sms: text. push, inbox: subject (title), text, html (inbox).
    whatsapp: text, and what the provider makes it of: the approved `template` and the values of its
    gaps, name and value, in the order in which they stand.
    """

    text: str
    subject: str = ""
    html: str = ""
    template: str = ""
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """
    What a channel is asked to send. The message's id is stable over attempts: use it as the reference.

    `until` is the monotonic time at which the lease ends; `unsure_of` the provider that may have
    accepted an earlier attempt.
    """

    message: Message
    rendered: Rendered
    until: float | None = None
    unsure_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """
    A provider's yes. `reference` is its own id; `delivered` when yes already means arrival.

    `earlier` holds what the providers said that were asked before it, in the same send.
    """

    provider: str
    reference: str | None = None
    code: str = ""
    delivered: bool = False
    earlier: tuple[SendFailure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTraits:
    """
    What planning must know of a channel.

    `contact` is the kind of contact point it needs; None for one that needs only a person of
    the directory (the inbox), or with `strangers` not even that (a letter). `text_phone` is true
    where a landline will not do. `confirms` is true where a receipt tells of the arrival.
    """

    name: str
    contact: str | None
    strangers: bool = False
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
    """
    How a claimed message goes on: what delivery records in one statement.

    `tried` is false when nobody was asked: then the claim has used up none of the message's tries.
    `gone` is true when the provider said that its contact point does not exist.
    """

    message_id: UUID
    state: State
    reason: str | None = None
    next_at: datetime | None = None
    expires_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    tried: bool = True
    gone: bool = False
