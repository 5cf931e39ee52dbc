"""May we, now? And what follows from a failure. Pure."""

from __future__ import annotations

from datetime import datetime

from hub.contact_rules import next_allowed
from hub.errors import SendFailure, TransientFailure
from hub.model import Accepted, Attempt, Claimed, Outcome, State
from hub.policy import Policy
from hub.retry import GiveUp, decide


def hindrance(claimed: Claimed, *, policy: Policy, now: datetime) -> Outcome | None:
    """
    Answer what keeps a claimed message from being sent now; None when nothing does.

    Time in `held` does not count against a message: its expiry moves by as long as it is held.
    """
    message = claimed.message
    if message.expires_at is not None and message.expires_at <= now:
        return Outcome(message_id=message.id, state=State.EXPIRED, reason="expired")
    allowed = next_allowed(message.purpose, now, policy=policy)
    if allowed <= now:
        return None
    later = None if message.expires_at is None else message.expires_at + (allowed - now)
    return Outcome(
        message_id=message.id, state=State.HELD, reason="contact_hours", next_at=allowed, expires_at=later
    )


def accepted(claimed: Claimed, answer: Accepted, began: datetime, ended: datetime) -> Outcome:
    """Answer what a provider's yes makes of the message."""
    attempt = Attempt(
        message_id=claimed.message.id,
        at=began,
        outcome="accepted",
        provider=answer.provider,
        reference=answer.reference,
        code=answer.code,
        took=ended - began,
    )
    state = State.DELIVERED if answer.delivered else State.SENT
    return Outcome(message_id=claimed.message.id, state=state, attempt=attempt)


def failed(
    claimed: Claimed,
    error: SendFailure,
    began: datetime,
    ended: datetime,
    *,
    policy: Policy,
    chance: float,
) -> Outcome:
    """Answer what a failure makes of the message: another attempt later, or the end with its reason."""
    message = claimed.message
    unknown = isinstance(error, TransientFailure) and error.unknown
    attempt = Attempt(
        message_id=message.id,
        at=began,
        outcome=_outcome(error, unknown=unknown),
        provider=error.provider,
        code=error.code or error.reason,
        took=ended - began,
    )
    decision = decide(error, claimed.attempt, policy=policy.retry_for(message.channel), chance=chance)
    if isinstance(decision, GiveUp):
        return Outcome(message_id=message.id, state=State.FAILED, reason=decision.reason, attempt=attempt)
    next_at = ended + decision.delay
    if message.expires_at is not None and next_at >= message.expires_at:
        return Outcome(message_id=message.id, state=State.EXPIRED, reason=error.reason, attempt=attempt)
    return Outcome(
        message_id=message.id,
        state=State.RETRYING,
        reason=error.reason,
        next_at=next_at,
        attempt=attempt,
    )


def _outcome(error: SendFailure, *, unknown: bool) -> str:
    if unknown:
        return "unknown"
    return "transient" if isinstance(error, TransientFailure) else "permanent"


def untold(claimed: Claimed, reason: str) -> Outcome:
    """Answer the end of a message that cannot be sent at all (`template`, `not_configured`)."""
    return Outcome(message_id=claimed.message.id, state=State.FAILED, reason=reason)
