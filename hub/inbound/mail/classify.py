"""
The meaning of an incoming mail: a report, a complaint, a reply, or nothing to act on. Pure.

A report of delivery counts only at the bounce address of its message, from the null sender, as RFC 3464
has it: nobody else may say that a mail was lost. A complaint is linked by the address that it came to, its
ENVID, or the sender or Reply-To of the returned mail. All are signed (`hub.channels.email.verp`). The
Message-ID is not signed, so it links nothing: anybody who has seen it could forge a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from hashlib import sha256
from typing import Final, TypeAlias
from uuid import UUID

from hub.channels.email.verdicts import PROVIDER
from hub.channels.email.verp import AddressKind, Mark, Verp
from hub.channels.failures import without_contact
from hub.inbound.mail import reports
from hub.inbound.mail.parsing import Unreadable, address, files, header, parse, words
from hub.inbound.mail.quoting import newly_written
from hub.model import BounceReport, Complaint, Loss, Reply

CHANNEL: Final = "email"
_NOT_LOST: Final = frozenset({"delayed", *reports.ARRIVED})
_COMPLAINTS: Final = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})
"""RFC 5965 and its registry, without `not-spam` and `auth-failure`, which are no complaints of a person."""
_LONGEST_REFERENCE: Final = 250
_LONGEST_SUBJECT: Final = 500
_MACHINES: Final = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Vacation")
_LISTS: Final = ("List-Id", "List-Post")
"""RFC 2919 and 2369: an answer would reach the whole list."""
_UNREAD: Final = re.compile(
    r"(?:no|do[-_.]?not)[-_.]?(?:reply|respond(?:er|a)?|contest(?:ar|e))(?![a-z])", re.IGNORECASE
)
"""Addresses for which nobody or only a machine reads answers."""
_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})
_AWAY: Final = (
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "fuera de oficina",
    "automatic reply",
    "auto-reply",
    "autoreply",
    "out of office",
)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A mail without effect; `reason` is a machine word (`delayed`, `misdirected`, `unreadable` …)."""

    reason: str


Meaning: TypeAlias = BounceReport | Complaint | Reply | Ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """
    A received mail for one recipient address of the hub, which contained `mark`.

    `sender` is the envelope sender, empty for automatic mail.
    """

    content: bytes
    sender: str
    mark: Mark | None
    at: datetime


def read(incoming: RawMail, *, verp: Verp) -> Meaning:
    """Classify a mail. Any input has a meaning, or is ignored with a reason."""
    try:
        return _read(parse(incoming.content), incoming, verp)
    except (Unreadable, RecursionError):
        return Ignored("unreadable")


def _read(message: Message, incoming: RawMail, verp: Verp) -> Meaning:
    if _may_report(message, incoming.sender):
        feedback = reports.feedback_report(message)
        if feedback is not None:
            return _complaint(message, feedback, incoming, verp)
        report = reports.delivery_report(message)
        if report is not None:
            return _bounce(report, incoming)
    if incoming.mark is None:
        return Ignored("unknown")
    if reports.is_informal_bounce(message, incoming.sender):
        return _informal_bounce(message, incoming)
    return _reply(message, incoming, incoming.mark.message_id)


def _may_report(message: Message, sender: str) -> bool:
    """Exclude a person's mail with an attached report: it is a reply."""
    return not sender or message.get_content_type() == "multipart/report"


def _bounce(report: reports.DeliveryReport, incoming: RawMail) -> Meaning:
    if report.failures:
        return _lost(report.failures, incoming)
    known = (fate.action for fate in report.fates if fate.action in _NOT_LOST)
    return Ignored(next(known, "unreadable"))


def _informal_bounce(message: Message, incoming: RawMail) -> Meaning:
    fate = reports.informal_fate(message)
    if fate is None:
        return Ignored("unreadable_bounce")
    return _lost((fate,), incoming) if fate.action == "failed" else Ignored(fate.action)


def _lost(fates: Iterable[reports.Fate], incoming: RawMail) -> Meaning:
    if incoming.mark is None:
        return Ignored("unknown")
    if incoming.sender or incoming.mark.kind is not AddressKind.BOUNCE:
        return Ignored("misdirected")
    losses = (
        Loss(recipients=fate.recipients, status=fate.status, code=without_contact(fate.diagnostic))
        for fate in fates
    )
    return BounceReport(message_id=incoming.mark.message_id, losses=tuple(losses), at=incoming.at)


def _complaint(message: Message, report: reports.FeedbackReport, incoming: RawMail, verp: Verp) -> Meaning:
    mark = incoming.mark or verp.read(report.sender)
    message_id = _message_id(message, report.envelope_id, mark, verp)
    if message_id is None:
        return Ignored("unknown")
    if report.kind not in _COMPLAINTS:
        return Ignored("no_complaint")
    return Complaint(
        channel=CHANNEL,
        provider=PROVIDER,
        message_id=message_id,
        kind=report.kind,
        at=incoming.at,
        recipients=report.recipients,
    )


def _message_id(message: Message, envelope_id: str, mark: Mark | None, verp: Verp) -> UUID | None:
    if mark is not None:
        return mark.message_id
    known = verp.read_envelope_id(envelope_id)
    returned = reports.returned(message)
    if known is not None or returned is None:
        return known
    marks = (verp.read(address(returned, name)) for name in ("Reply-To", "Return-Path"))
    return next((mark.message_id for mark in marks if mark is not None), None)


def _reply(message: Message, incoming: RawMail, message_id: UUID) -> Reply:
    automatic = _is_automatic(message, incoming.sender)
    return Reply(
        channel=CHANNEL,
        provider=PROVIDER,
        reference=_reference(message, incoming.content),
        address=address(message, "From") or incoming.sender,
        text=newly_written(words(message)),
        at=incoming.at,
        subject=header(message, "Subject")[:_LONGEST_SUBJECT],
        message_id=message_id,
        in_reply_to=header(message, "In-Reply-To")[:_LONGEST_REFERENCE] or None,
        automatic=automatic,
        authentic=False,
        files=() if automatic else files(message),
    )


def _reference(message: Message, content: bytes) -> str:
    """Return the Message-ID; if it is missing or too long, a hash of the content."""
    reference = header(message, "Message-ID")
    if 0 < len(reference) <= _LONGEST_REFERENCE:
        return reference
    return f"sha256:{sha256(content).hexdigest()}"


def _is_automatic(message: Message, sender: str) -> bool:
    """Detect automatic mail by RFC 3834 and by older conventions."""
    submitted = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        not sender
        or submitted not in {"", "no"}
        or any(name in message for name in (*_MACHINES, *_LISTS))
        or _UNREAD.match(address(message, "From")) is not None
        or header(message, "Precedence").lower() in _BULK
        or header(message, "Subject").lower().startswith(_AWAY)
    )
