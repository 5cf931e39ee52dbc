"""What people write back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub.model.clocks import Clock
from hub.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    A person's own words, as a channel brought them in.

    `address` is the writer's, in the channel's form (E.164 for a telephone); it and the words are
    person data and never logged. `reference` is the provider's id of the reply: the same one again
    is the same reply. `message_id` is our message that it answers, where the protocol carries our
    id; `in_reply_to` is the provider's reference of that message, where it carries only that.
    `automatic` is true of what a machine wrote (an out-of-office note). `at` is aware UTC.
    """

    channel: str
    provider: str
    reference: str
    address: str
    text: str
    at: datetime
    subject: str = ""
    message_id: UUID | None = None
    in_reply_to: str | None = None
    automatic: bool = False


class ReplyKind(StrEnum):
    """What a reply is to the hub."""

    REPLY = "reply"
    """Somebody wants to say something: a person reads it and answers."""
    OPT_OUT = "opt_out"
    """Nothing but SALIR, CANCELAR, BAJA …"""
    OPT_IN = "opt_in"
    """Nothing but INICIAR, ALTA …"""
    TAKE_ON = "take_on"
    """Nothing but TOMO, from a number that was told of a case: its level takes it on."""
    AUTOMATIC = "automatic"
    """A machine's; answering it would be answered by the machine."""
    COMPLAINT = "complaint"
    """The provider of the mailbox says that our message was called unwanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """
    What a reply answers, as far as the hub knows; all empty for a stranger who writes first.

    `person` is a directory reference, `name` person data. `case` is the key of the case, `facts` what
    its event says of where and what it is (radicado, copropiedad_id, service_area …).
    """

    message_id: UUID | None = None
    person: str | None = None
    name: str = ""
    address: str = ""
    case: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """That a number was told that a clock is now with a level; the clock as it stands today."""

    message_id: UUID
    person: str
    level: int
    clock: Clock


class AckOutcome(StrEnum):
    """What became of a text by which somebody takes a matter on."""

    TAKEN = "taken"
    ALREADY = "already"
    """Somebody of his level had said so before."""
    PASSED = "passed"
    """A higher level was told meanwhile: the matter is that one's."""
    ENDED = "ended"
    WHICH = "which"
    """There are several, or none of that number: nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AckDecision:
    """
    What a text takes on, as it was decided when it came. `by` is a directory reference.

    `message_id` is our message that it answers, `standing` the level that has the matter now. `subjects` are
    the numbers of the cases that it is about, or could be. `climbs` tells that a next level is still to be
    told. Without a clock nothing was meant for certain.
    """

    outcome: AckOutcome
    message_id: UUID
    by: str
    subjects: tuple[str, ...]
    clock_id: UUID | None = None
    case: str | None = None
    level: int = 0
    standing: int = 0
    copropiedad_id: str | None = None
    climbs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """
    A reply as its row. `thread` ties together what one person writes of one case.

    `revokes` is true where it asks for no more commercial messages and surveys, also among other words.
    `acknowledge` is decided when it is stored: false when the writer was answered a short time ago.
    `taking` is there where it takes a matter on.
    """

    id: UUID
    kind: ReplyKind
    reply: Reply
    about: About
    thread: str
    revokes: bool = False
    acknowledge: bool = False
    published: bool = False
    taking: AckDecision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """
    Somebody called one of our messages unwanted, and his provider tells us (RFC 5965).

    `kind` is the report's Feedback-Type: `abuse`, `fraud`, `virus`, `other`, `opt-out` … `at` is aware UTC.
    """

    channel: str
    provider: str
    message_id: UUID
    kind: str
    at: datetime
