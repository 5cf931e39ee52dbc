"""
Reports by mail that our mail was lost, or unwanted. They prove nothing: most come without any signature.

So a report counts only where it fits what the hub knows: it names the very address to which that message was
sent, while a server may still be trying (docs/decisions/0062-staff-confirms-doubtful-reports.md). Anybody
who has seen the mail can forge even that, and gains little: the message counts as lost, and its cascade goes
on. An address that it calls bad is suppressed for a month, unless a report about another mail confirms it
(docs/decisions/0145-reports-suppress-for-a-month.md). Where more depends on it, a report only asks: the
answer to a PQRS, which ends a legal term, counts as lost when a person has confirmed it, or when nobody has
contradicted in time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from hub.catalog import BY_NAME
from hub.channels.email.verdicts import GONE, PROVIDER
from hub.errors import RecordUnavailable
from hub.inbound.mail.recipients import plain_address
from hub.inbound.process_receipt import take
from hub.inbound.process_reply import take_complaint
from hub.messages.planning.undelivered import NAME, REPORTED, bounce_question, needs_alert
from hub.model import BounceReport, Complaint, Loss, Message, Move, Receipt, SentMail, State
from hub.model.state_machine import sources
from hub.ports import Publisher
from hub.ports.receipts import ReportStore
from hub.ports.replies import ReplyStore

BOUNCE_AGE: Final = timedelta(days=7)
"""A server gives up after four or five days (RFC 5321, 4.5.4.1); one that is told to try longer is rare."""
SUPPRESSED_FOR: Final = timedelta(days=30)
"""The time for which a single report suppresses an address: nobody knows who wrote it."""
COMPLAINT_AGE: Final = timedelta(days=30)
"""People call a mail unwanted weeks later."""
BAD_ADDRESS: Final = frozenset(status for status in GONE if status.startswith("5.1."))
"""
Status codes for which a report may suppress an address. A disabled mailbox (5.2.1) is believed only of the
server itself, when it refuses our mail.
"""
_BOUNCING: Final = sources(State.BOUNCED) | {State.BOUNCED}
"""A report comes again: the first may have stopped before the suppression."""

UNKNOWN: Final = "unknown"
TOO_OLD: Final = "too_old"
NOT_SENT: Final = "not_sent"
ANOTHER_RECIPIENT: Final = "another_recipient"
UNNAMED: Final = "unnamed"
BELIEVED: Final = "bounce"
ASKED: Final = "bounce_to_confirm"
COMPLAINED: Final = "complaint"

log = structlog.get_logger()


async def take_bounce(
    report: BounceReport,
    *,
    store: ReportStore,
    publisher: Publisher,
    confirm_by: Callable[[datetime], datetime],
    lasts: timedelta | None,
    now: datetime,
) -> str:
    """
    Process a report; idempotent. Return what became of it, as a machine word.

    `confirm_by` returns until when a person may answer; `lasts` is how long the policy suppresses a mail
    address that is proven to be gone, None for ever. May raise `hub.errors.Unavailable`: then the mail
    server keeps the report.
    """
    sent = await store.sent(report.message_id)
    if sent is None:
        return _ignored(report.message_id, UNKNOWN)
    if refusal := unfit(sent, report):
        return _ignored(report.message_id, refusal)
    loss = loss_of(sent, report)
    if ends_a_term(sent.message):
        return await _ask(sent, loss or report.losses[0], store, publisher, until=confirm_by(now), now=now)
    if loss is None:
        return _ignored(report.message_id, UNNAMED)
    until = now + min(SUPPRESSED_FOR, lasts or SUPPRESSED_FOR)
    await take(receipt_of(sent.message, loss.status, loss.code, gone_until=until), store=store, at=now)
    return BELIEVED


def unfit(sent: SentMail, report: BounceReport) -> str:
    """Return why a report cannot be about this mail; empty if it can."""
    if sent.message.state not in _BOUNCING:
        return NOT_SENT
    if sent.at is not None and report.at - sent.at > BOUNCE_AGE:
        return TOO_OLD
    names_others = any(loss.recipients for loss in report.losses) and loss_of(sent, report) is None
    return ANOTHER_RECIPIENT if names_others else ""


def loss_of(sent: SentMail, report: BounceReport) -> Loss | None:
    """Return the loss that names the address of this mail; None if none does."""
    own = plain_address(sent.message.address)
    return next((loss for loss in report.losses if own in loss.recipients), None)


def ends_a_term(message: Message) -> bool:
    """Return whether the loss of this message, the last electronic one of its step, reopens a legal term."""
    return message.event in _ANSWERS and needs_alert(message)


_ANSWERS: Final = frozenset(
    move.when["about"] for move in BY_NAME[NAME].clocks if move.move is Move.REOPEN and "about" in move.when
)


def receipt_of(message: Message, status: str, code: str, gone_until: datetime | None = None) -> Receipt:
    """Make the receipt of a loss that is believed; without `gone_until` a person vouches for it."""
    return Receipt(
        message_id=message.id,
        state=State.BOUNCED,
        provider=PROVIDER,
        reason=f"dsn_{status or 'failed'}",
        code=code,
        gone=status in BAD_ADDRESS,
        gone_until=gone_until,
    )


async def _ask(
    sent: SentMail, loss: Loss, store: ReportStore, publisher: Publisher, *, until: datetime, now: datetime
) -> str:
    """Ask staff. The event goes first, with its own id: cut off in between, the report comes again."""
    message = sent.message
    if message.state is State.SENDING:
        raise RecordUnavailable
    if message.state is not State.SENT:
        return _ignored(message.id, NOT_SENT)
    reason = f"{REPORTED}dsn_{loss.status or 'failed'}"
    await publisher.event(bounce_question(sent, reason, until=until, now=now))
    is_new = await store.doubt(message.id, reason=reason, until=until)
    log.warning("bounce.to_confirm", message_id=str(message.id), reason=reason, asked=is_new)
    return ASKED


async def take_feedback(
    complaint: Complaint, *, store: ReportStore, replies: ReplyStore, now: datetime
) -> str:
    """Process a complaint about one of our mails; idempotent. Return what became of it, as a machine word."""
    sent = await store.sent(complaint.message_id)
    refusal = UNKNOWN if sent is None else _unfit_complaint(sent, complaint, now)
    if refusal:
        log.info("complaint.ignored", message_id=str(complaint.message_id), reason=refusal)
        return refusal
    await take_complaint(complaint, store=replies)
    return COMPLAINED


def _unfit_complaint(sent: SentMail, complaint: Complaint, now: datetime) -> str:
    if sent.at is not None and now - sent.at > COMPLAINT_AGE:
        return TOO_OLD
    if not complaint.recipients:
        return UNNAMED
    own = plain_address(sent.message.address)
    return "" if own in complaint.recipients else ANOTHER_RECIPIENT


def _ignored(message_id: UUID, reason: str) -> str:
    log.info("bounce.ignored", message_id=str(message_id), reason=reason)
    return reason
