"""Replies of people to our messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from hub.model.clocks import Acknowledgement, Clock
from hub.model.given_files import GivenFile
from hub.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    A reply as a channel received it.

    `address` is the writer's, in the channel's form (E.164 for a telephone); it and the text are
    person data and never logged. `reference` is the provider's id of the reply; a repeat of it is the
    same reply. `message_id` is our message that it answers, if the protocol carries our id;
    `in_reply_to` is the provider's reference of that message, if it carries only that. `automatic` is
    true if a machine wrote it (an out-of-office note). `authentic` is false if anybody could have written
    the address, as in a mail whose domain has not signed it. `at` is aware UTC. `files` came with the words.
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
    authentic: bool = True
    files: tuple[GivenFile, ...] = ()


class ReplyKind(StrEnum):
    """How the hub treats a reply."""

    REPLY = "reply"
    """A message for staff: a person reads it and answers."""
    OPT_OUT = "opt_out"
    """Only SALIR, CANCELAR, BAJA …"""
    OPT_IN = "opt_in"
    """Only INICIAR, ALTA …"""
    UNPROVEN = "unproven"
    """One of those, by a mail that does not prove who wrote it: the hub asks that address."""
    ACKNOWLEDGE = "take_on"
    """Only TOMO, from a number that received an escalation: its level acknowledges the clock."""
    AUTOMATIC = "automatic"
    """Written by a machine, which would reply to an answer."""
    COMPLAINT = "complaint"
    """A mailbox provider's report that our message was called unwanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """
    The message that a reply answers, as far as the hub knows; all empty for a stranger who writes first.

    `person` is a directory reference, `name` person data. `case` is the key of the case, `facts` the fields
    of its event (radicado, copropiedad_id, service_area …). `asked` is the kind that the message asks to
    confirm, as `opt_in`; empty for any other message. `emergency` is true if the message is about an
    emergency, `to_staff` if it went to the staff in charge. `units` are the labels of the person's units that
    it is about, `phone` a number of the person: person data. `language` is the person's; empty without one.
    """

    message_id: UUID | None = None
    person: str | None = None
    name: str = ""
    address: str = ""
    case: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    asked: str = ""
    emergency: bool = False
    to_staff: bool = False
    units: tuple[str, ...] = ()
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """An escalation that a number received: the level, and the clock as it is now."""

    message_id: UUID
    person: str
    level: int
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStatus:
    """
    The state of an escalation that a person received.

    `is_held` is true while that person has the level at the case's place, or stands in for somebody who has
    it. `taken` says who has acknowledged the clock at that level; `taker` is their name, empty for anybody
    who is not in the directory.
    """

    escalation: Escalation
    is_held: bool = True
    taken: Acknowledgement | None = None
    taker: str = ""


class AckOutcome(StrEnum):
    """The result of a text that acknowledges a clock."""

    TAKEN = "taken"
    ALREADY = "already"
    """The writer's level had already acknowledged the clock."""
    PASSED = "passed"
    """The clock has escalated to a higher level meanwhile."""
    ENDED = "ended"
    WHICH = "which"
    """Several clocks match, or none with the given number: nothing was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AckDecision:
    """
    The acknowledgement in a text, as decided when it arrived. `by` is a directory reference.

    `message_id` is our message that it answers, `standing` the clock's current level. `subjects` are the
    numbers of the cases that it is about, or could be. `climbs` is true if a next level is still to be
    notified. `clock_id` is None if the text does not identify one clock.
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
    A reply as stored. `thread` links what one person writes about one case.

    `revokes` is true if it asks for no more commercial messages and surveys, also among other words.
    `acknowledge` is decided when it is stored: false if the writer was answered a short time ago.
    `taking` is set if it acknowledges a clock.
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
    A mailbox provider's report that its user called one of our messages unwanted (RFC 5965).

    `kind` is the report's Feedback-Type: `abuse`, `fraud`, `virus`, `other`, `opt-out` … `recipients` are the
    addresses that the report names, in comparable form: person data. `at` is aware UTC.
    """

    channel: str
    provider: str
    message_id: UUID
    kind: str
    at: datetime
    recipients: frozenset[str] = frozenset()
