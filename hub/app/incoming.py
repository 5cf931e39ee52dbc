"""Replies and receipts, as the roles that receive them hand them on."""

from __future__ import annotations

from hub import storage
from hub.access.audit import note
from hub.app.container import Container
from hub.inbound import process_reply, process_report
from hub.inbound.files import with_judged
from hub.inbound.mail.classify import CHANNEL
from hub.model import AckOutcome, BounceReport, Complaint, Reply
from hub.resilience.database_time import NOW


async def take_reply(parts: Container, reply: Reply) -> None:
    store, rules = storage.PostgresReplies(parts.database), parts.company.policy.documents
    reply = with_judged(reply, rules)
    decision = (
        await process_reply.take_reply(reply, store=store, publisher=parts.publisher, now=NOW())
    ).taking
    if decision is not None and decision.outcome is AckOutcome.TAKEN:
        who, subject = f"sms:{decision.by}", f"clock:{decision.clock_id}"
        await note(
            storage.PostgresAudit(parts.database),
            who=who,
            action="clock.acknowledge",
            subject=subject,
            level=decision.level,
        )


async def take_bounce(parts: Container, report: BounceReport) -> str:
    return await process_report.take_bounce(
        report,
        store=storage.PostgresMailReports(parts.database),
        publisher=parts.publisher,
        confirm_by=parts.company.policy.confirm_bounce_by,
        lasts=parts.company.policy.suppression_for(CHANNEL),
        now=NOW(),
    )


async def take_feedback(parts: Container, complaint: Complaint) -> str:
    store, replies = storage.PostgresMailReports(parts.database), storage.PostgresReplies(parts.database)
    return await process_report.take_feedback(complaint, store=store, replies=replies, now=NOW())
