"""Decisions about one message: may it leave now, and what follows from its provider's answer. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hub.contact_rules import is_interruptive, next_allowed
from hub.contact_rules.verdict import HeldUntil, Refused, verdict
from hub.errors import PermanentFailure, SendFailure, TransientFailure
from hub.messages.planning.undelivered import has_followup
from hub.model import (
    Accepted,
    Attempt,
    ChannelTraits,
    Claimed,
    Evidence,
    InvalidContact,
    Message,
    Outcome,
    Purpose,
    State,
    SuppressionStatus,
)
from hub.model.reached import CAPTURED, FILE
from hub.policy import Policy
from hub.resilience.breaker import CIRCUIT_OPEN
from hub.resilience.retry import GiveUp, RetryIn, decide

_INSTANT: Final = timedelta(microseconds=1)
"""The resolution of the database's timestamps."""


def blocking_outcome(claimed: Claimed, *, policy: Policy, now: datetime) -> Outcome | None:
    """
    Return the outcome of a claimed message that must not be sent now; None if it may be sent.

    Time in `held` does not count against a message: its expiry moves by that time, up to `ends_at`, the
    wall time after which it is worthless.
    """
    message = claimed.message
    if claimed.recalled:
        return Outcome(message_id=message.id, state=State.CANCELLED, reason="recalled", tried=False)
    if claimed.overtaken and now - message.created_at > policy.clocks_summary.late:
        return Outcome(message_id=message.id, state=State.CANCELLED, reason="overtaken", tried=False)
    if message.expires_at is not None and message.expires_at <= now and not leaves_late(claimed):
        return Outcome(message_id=message.id, state=State.EXPIRED, reason="expired", tried=False)
    judged = verdict(
        message.purpose, message.channel, claimed.contact, at=now, policy=policy, event=message.event
    )
    refused, invalid = judged.reason if isinstance(judged, Refused) else None, claimed.suppression
    if refused is None and invalid is not None and _applies(invalid, message.channel, policy=policy, now=now):
        refused = invalid.reason
    if refused is not None:
        return Outcome(message_id=message.id, state=State.SUPPRESSED, reason=refused, tried=False)
    if isinstance(judged, HeldUntil):
        longer_by = _waited(claimed, judged.at, policy=policy, now=now)
        return held(message, judged.reason, until=judged.at, longer_by=longer_by)
    return None


def _waited(claimed: Claimed, until: datetime, *, policy: Policy, now: datetime) -> timedelta:
    """Return by how much the wait lengthens the lifetime, which runs from the first allowed instant."""
    message, facts = claimed.message, claimed.contact
    rests = facts.rests and is_interruptive(message.channel)
    # As its lifetime was planned: by the purpose alone, before anybody knew the channel.
    first = next_allowed(message.purpose, claimed.event_time, policy=policy, rests=rests, weeks=facts.weeks)
    return max(until - max(now, first), timedelta(0))


def leaves_late(claimed: Claimed) -> bool:
    """
    Return whether a message is worth sending after it has expired.

    An acknowledgement is, while its case is open: it is the person's only proof of the request. An end that
    the publisher or a reminder has set still counts.
    """
    message = claimed.message
    return message.purpose is Purpose.TRANSACTIONAL and bool(claimed.due) and message.ends_at is None


def _applies(suppression: SuppressionStatus, channel: str, *, policy: Policy, now: datetime) -> bool:
    """An invalid contact may become valid: a number gets a new owner."""
    if suppression.since is None or suppression.until is not None:
        return suppression.until is None or now < suppression.until
    lasts = policy.suppression_for(channel)
    return lasts is None or now < suppression.since + lasts


def held(message: Message, reason: str, *, until: datetime, longer_by: timedelta) -> Outcome:
    """Return the outcome of a message that is held without a try."""
    return Outcome(
        message_id=message.id,
        state=State.HELD,
        reason=reason,
        next_at=until,
        expires_at=_later(message, longer_by),
        tried=False,
    )


def _later(message: Message, by: timedelta) -> datetime | None:
    if message.expires_at is None:
        return None
    later = message.expires_at + by
    return later if message.ends_at is None else min(later, message.ends_at)


def accepted(
    claimed: Claimed,
    answer: Accepted,
    began: datetime,
    ended: datetime,
    *,
    traits: ChannelTraits,
    evidence: Evidence | None = None,
) -> Outcome:
    """
    Return the outcome of a message that a provider accepted.

    If its channel confirms and there is a step after this one, `next_at` is when the receipt is due.
    """
    earlier = _earlier_attempts(claimed, answer.earlier, began) if answer.earlier else ()
    at = _after(earlier, began) if earlier else began
    attempt = Attempt(
        message_id=claimed.message.id,
        at=at,
        outcome="accepted",
        provider=answer.provider,
        reference=answer.reference,
        code=answer.code,
        took=ended - at,
        evidence=evidence,
    )
    attempts = (*earlier, attempt)
    state = State.WAITING if traits.waits else State.SENT
    next_at = _receipt_due(claimed.message, ended) if traits.confirms else None
    reason = CAPTURED if answer.provider == FILE else None
    return Outcome(
        message_id=claimed.message.id, state=state, reason=reason, next_at=next_at, attempts=attempts
    )


def _receipt_due(message: Message, ended: datetime) -> datetime | None:
    return ended + message.patience if message.fallback and message.patience is not None else None


def failed(
    claimed: Claimed,
    error: SendFailure,
    began: datetime,
    ended: datetime,
    *,
    policy: Policy,
    chance: float,
) -> Outcome:
    """Return the outcome of a failure: another attempt later, or the end with its reason."""
    message = claimed.message
    earlier = _earlier_attempts(claimed, error.earlier, began)
    at = _after(earlier, began)
    # If the last provider got no request, only the earlier attempts count; without any there was no try.
    called = not (isinstance(error, TransientFailure) and error.untried)
    attempts = (*earlier, _refusal(claimed, error, at, ended - at)) if called else earlier
    tried = bool(attempts)
    decision = decide(error, claimed.attempt, policy=policy.retry_for(message.channel), chance=chance)
    if isinstance(decision, RetryIn) and _is_stuck(message, error, policy=policy, now=ended):
        decision = GiveUp(error.reason)
    if isinstance(decision, GiveUp):
        return Outcome(
            message_id=message.id,
            state=State.FAILED,
            reason=decision.reason,
            attempts=attempts,
            bad_contact=isinstance(error, PermanentFailure) and error.gone,
        )
    next_at = ended + decision.delay
    if message.expires_at is not None and next_at >= message.expires_at and not leaves_late(claimed):
        return Outcome(
            message_id=message.id, state=State.EXPIRED, reason=error.reason, attempts=attempts, tried=tried
        )
    return Outcome(
        message_id=message.id,
        state=State.RETRYING,
        reason=error.reason,
        next_at=next_at,
        attempts=attempts,
        tried=tried,
    )


def _is_stuck(message: Message, error: SendFailure, *, policy: Policy, now: datetime) -> bool:
    """
    Return whether to give up: the channel has been broken for as long as all retries would take.

    A failure that uses up no tries would otherwise delay a person until the message expires (for ever, if
    it does not), although another channel is available or the law requires delivery.
    """
    broken = isinstance(error, TransientFailure) and (error.ours or error.reason == CIRCUIT_OPEN)
    # A wall-time end does not show when the message began; it comes soon enough.
    ends_soon = message.expires_at is not None and message.expires_at == message.ends_at
    if not broken or ends_soon or not has_followup(message):
        return False
    return now - _since(message, policy) >= policy.retry_for(message.channel).span


def _since(message: Message, policy: Policy) -> datetime:
    """Return the instant since which the message could be sent: its expiry moved by the time it was held."""
    length = policy.expiry[message.purpose]
    if message.expires_at is None or length is None:
        return message.created_at
    return max(message.created_at, message.expires_at - length)


def _earlier_attempts(
    claimed: Claimed, earlier: Sequence[SendFailure], began: datetime
) -> tuple[Attempt, ...]:
    """Make the attempts of the providers tried before, in order: no two begin at the same instant."""
    attempts: list[Attempt] = []
    for error in earlier:
        at = _after(attempts, began)
        attempts.append(_refusal(claimed, error, at, max(error.took or _INSTANT, _INSTANT)))
    return tuple(attempts)


def _after(attempts: Sequence[Attempt], began: datetime) -> datetime:
    return attempts[-1].at + attempts[-1].took if attempts else began


def _refusal(claimed: Claimed, error: SendFailure, at: datetime, took: timedelta) -> Attempt:
    return Attempt(
        message_id=claimed.message.id,
        at=at,
        outcome=_outcome(error),
        provider=error.provider,
        code=error.code or error.reason,
        took=took,
    )


def _outcome(error: SendFailure) -> str:
    if isinstance(error, TransientFailure):
        return "unknown" if error.unknown else "transient"
    return "permanent"


def fail_unsent(claimed: Claimed, reason: str) -> Outcome:
    """Return the outcome of a message that cannot be sent at all (`template`, `not_configured`)."""
    return Outcome(message_id=claimed.message.id, state=State.FAILED, reason=reason, tried=False)


def invalid_contact(outcome: Outcome) -> InvalidContact:
    """Make the record of an invalid contact point from a failed message, for later messages to it."""
    attempt = outcome.attempts[-1]
    return InvalidContact(
        message_id=outcome.message_id,
        at=attempt.at,
        reason=outcome.reason or attempt.outcome,
        provider=attempt.provider,
        code=attempt.code,
    )
