"""Messages, from the plan to the provider's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.errors import SendFailure
from hub.model.catalogue import Lane, Purpose
from hub.model.contact_facts import NO_FACTS, ContactFacts
from hub.model.documents import Enclosure, SentDocument
from hub.model.exclusions import ExclusionCheck
from hub.model.json import Json
from hub.model.people import Target
from hub.model.suppressions import SuppressionStatus

_NO_INSTANTS: Final[Mapping[str, datetime]] = MappingProxyType({})


class State(StrEnum):
    """The state of a message. `hub.model.state_machine.MOVES` has the allowed changes."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"
    """It lies in the person's inbox, unread. It has reached nobody: no cascade ends by it."""
    DELIVERED = "delivered"
    READ = "read"
    HELD = "held"
    RETRYING = "retrying"
    FAILED = "failed"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Message(Struct, frozen=True, kw_only=True):
    """
    One message to one person over one channel, as stored.

    `person` is a directory reference; `name`, `address` are person data and never logged.
    `fallback` holds the steps of the cascade that are left, `skipped` the skipped channels, each with
    its reason (`voice:not_configured`). `units` are the labels of the person's units that it is about,
    `variant` names the text of its audience. `expires_at` moves while the message is held; `ends_at`
    never does. `patience` is how long an accepted message waits for its receipt before the next step.
    `rests` is true if the person is contacted only in working hours, which are checked before each send.
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


class Brand(Struct, frozen=True, kw_only=True):
    """The identity of a copropiedad as its directory entry states it, named by the digest of its bytes."""

    digest: bytes
    data: Json


class Claimed(Struct, frozen=True, kw_only=True):
    """
    A message whose row this worker holds until `lease_until`, with what rendering needs.

    `unsure_of` is the provider of the latest attempt with an unknown outcome. `suppression` is the
    suppression of its contact point, which may have ended by now. `contact` is what the contact rules judge.
    `due` is when the promises that run in its case end, by the clock's name;
    empty for events whose texts name no such instant. `overtaken` is true of a step of a promise if a newer
    message tells the same person of a later one, `late` if the message leaves after it had expired,
    `recalled` if the publisher has taken the event back. `brand` is the identity of its
    copropiedad, where that has one of its own. `party` is the name of the person whose case it is, for events
    whose texts for staff say it. `document` is the stored document of its event. `contact_on` is the day
    whose contact of the person it is, for purposes of which the law allows one a day,
    `exclusion` the look-up in the register of excluded numbers, for a commercial one.
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
    contact: ContactFacts = NO_FACTS
    due: Mapping[str, datetime] = _NO_INSTANTS
    overtaken: bool = False
    recalled: bool = False
    late: bool = False
    brand: Brand | None = None
    party: str | None = None
    document: Enclosure | None = None
    contact_on: date | None = None
    exclusion: ExclusionCheck | None = None


class Facts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    What a text was made of that neither its event nor its message holds, or that may change later.

    `at` is when it was made, which an email states as its date. `due`, `late` and `party` are as in
    `Claimed`; `link` is the one to acknowledge an escalation or to answer a survey, `page` the one to the
    page of the hub, `reply_to` the address of this email for replies, `in_reply_to` the Message-ID of the
    mail that it answers, `replaces` the id of the message that it corrects, `unsubscribe` the link that stops
    such emails, `own_page` the link to the page of the message, `list_id` the list that it is of, `brand` the
    digest of the identity of its copropiedad,
    `document` what it had of its event's document, `answer_until` when the hub's page of a survey closes,
    `exclusion` the look-up in the register of excluded numbers, `genuine` where anybody can check that the
    message is genuine: it ends with its code. `code` is a one-time code: with it, nothing of these facts is
    stored. `parts` are those of a text message that left: what its provider bills.
    """

    at: datetime
    building: str | None = None
    unit: str | None = None
    due: Mapping[str, datetime] = {}
    link: str | None = None
    page: str | None = None
    late: bool = False
    reply_to: str = ""
    in_reply_to: str = ""
    replaces: str = ""
    unsubscribe: str = ""
    own_page: str = ""
    list_id: str = ""
    brand: bytes | None = None
    party: str | None = None
    document: SentDocument | None = None
    answer_until: datetime | None = None
    exclusion: ExclusionCheck | None = None
    genuine: str | None = None
    code: str = ""
    parts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The sender of an email. Replies go to `reply_to`, or else to the sender itself."""

    name: str
    address: str
    reply_to: str = ""


class InlineImage(Struct, frozen=True, kw_only=True):
    """A PNG that an email carries with it; its HTML shows it as `cid:` and this `cid`."""

    cid: str
    content: bytes


class Rendered(Struct, frozen=True, kw_only=True):
    """
    A rendered message. Fields that a channel does not use are empty.

    email: subject, text, html. sms: text. push, inbox: subject (title), text, html (inbox).
    whatsapp: text, the provider's approved `template`, its `parameters` (name, value) in the template's
    order, and `button`, the end of the address that its button opens. `facts` are the parts that it was made
    of; `language` is that of its words. `sender` is the identity that writes an email, `image` the picture in
    its HTML.
    """

    text: str
    subject: str = ""
    html: str = ""
    template: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    button: str = ""
    facts: Facts | None = None
    sender: Sender | None = None
    image: InlineImage | None = None
    language: str = "es"


class Outgoing(Struct, frozen=True, kw_only=True):
    """
    A message for a channel to send. The message's id is stable over attempts: use it as the reference.

    `until` is the monotonic time at which the lease ends; `unsure_of` the provider that may have
    accepted an earlier attempt. `attachment` are the bytes of the document that its facts name.
    """

    message: Message
    rendered: Rendered
    attachment: bytes = b""
    until: float | None = None
    unsure_of: str | None = None


class Accepted(Struct, frozen=True, kw_only=True):
    """
    A provider's acceptance. `reference` is its own id.

    `earlier` holds the failures of the providers tried before it, in the same send. `content` are the bytes
    that left, of a channel that composes them itself.
    """

    provider: str
    reference: str | None = None
    code: str = ""
    earlier: tuple[SendFailure, ...] = ()
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTraits:
    """
    The properties of a channel that planning needs.

    `contact` is the kind of contact point that it needs; None if it needs only a person of the
    directory (the inbox), or with `strangers` not even that (a letter). `text_phone` is true if it
    needs a phone that receives texts, not a landline. `confirms` is true if receipts report delivery. A
    message that a channel with `waits` accepts lies where the person must look for it: only reading it
    reaches anybody.
    """

    name: str
    contact: str | None
    strangers: bool = False
    text_phone: bool = False
    confirms: bool = False
    waits: bool = False


class Evidence(Struct, frozen=True, kw_only=True):
    """
    The proof of an accepted message's words.

    `digest` is the SHA-256 of the bytes that left; a legal message keeps the bytes too, compressed, as
    `content`.
    """

    digest: bytes
    facts: Facts | None = None
    content: bytes | None = None


class Attempt(Struct, frozen=True, kw_only=True):
    """One call to a provider, or an outcome without a call. Of an accepted one there is evidence."""

    message_id: UUID
    at: datetime
    outcome: str
    provider: str = ""
    reference: str | None = None
    code: str = ""
    took: timedelta = timedelta(0)
    evidence: Evidence | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """
    The result of a claimed message, which delivery records in one statement.

    `tried` is false if no provider was called: then the claim uses up none of the message's tries.
    `bad_contact` is true if the provider reported that the contact point does not exist.
    """

    message_id: UUID
    state: State
    reason: str | None = None
    next_at: datetime | None = None
    expires_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    tried: bool = True
    bad_contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """
    A provider's later report on a message that it accepted.

    `reference` and `code` are the provider's own, without any address in them.

    `message_id` is None if the provider does not return our id: then the reference identifies the message.
    `gone` is true if the provider reports that the contact point no longer exists; where nothing proves who
    reports it, this counts until `gone_until`.
    """

    state: State
    provider: str
    message_id: UUID | None = None
    reason: str | None = None
    reference: str | None = None
    code: str = ""
    gone: bool = False
    gone_until: datetime | None = None
