"""
Contact limits at the instant of sending: one contact a day, one channel a week (Ley 2300 de 2023).

A contact is reserved before the send, as if the provider had accepted it already. It is given back only when
the provider has certainly refused it: a worker that dies, or an answer that is lost, has used it up.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from hub.contact_rules.limits import CONTACT_LIMIT, opens_at, safe_from
from hub.contact_rules.purposes import LIMITED
from hub.messages.delivery.decisions import held
from hub.messages.delivery.rule import Judged, RuleContext
from hub.model import Claimed, Message, Outcome, State
from hub.policy import Policy
from hub.ports import DeliveryStore

_REACHED: Final = frozenset({"accepted", "unknown"})
"""Outcomes of a call after which the person may have been contacted."""


async def within_limits(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """Reserve the contacts of the limited messages; hold those for which today has no room."""
    limited = [claim.message for claim in claims if claim.message.purpose in LIMITED]
    if not limited:
        return Judged(claims)
    policy, now = at.deps.policy, at.deps.now()
    today = policy.calendar.day_of(now)
    days = await at.store.reserve_contacts(limited, token=at.lease.token, on=today, limits=policy.limits)
    free: list[Claimed] = []
    decided: list[Outcome] = []
    for claim in claims:
        day = days.get(claim.message.id)
        if day is None or day == today:
            free.append(claim if day is None else replace(claim, contact_on=day))
        else:
            until = opens_at(claim.message, day, policy)
            decided.append(kept_waiting(claim.message, until, policy=policy, now=now))
    return Judged(free, decided)


def kept_waiting(message: Message, until: datetime, *, policy: Policy, now: datetime) -> Outcome:
    """Hold a message until its next allowed day; expire one that is worth nothing by then."""
    too_long = until - message.created_at > policy.limits.wait_at_most
    if too_long or (message.ends_at is not None and message.ends_at <= until):
        return Outcome(message_id=message.id, state=State.EXPIRED, reason=CONTACT_LIMIT, tried=False)
    return held(message, CONTACT_LIMIT, until=until, longer_by=until - now)


def closing(claimed: Claimed, *, policy: Policy, now: datetime) -> Outcome | None:
    """Hold a message whose call might end after its hours, or on another day than that of its contact."""
    message = claimed.message
    # The lease bounds the call and its wait for the provider's rate.
    until = safe_from(message, now, policy.delivery.lease, policy)
    if until > now:
        return held(message, "contact_hours", until=until, longer_by=until - now)
    if claimed.contact_on is not None and claimed.contact_on != policy.calendar.day_of(now):
        return held(message, CONTACT_LIMIT, until=now, longer_by=timedelta(0))
    return None


async def settle_contacts(
    claimed: Collection[Claimed], outcomes: Collection[Outcome], *, store: DeliveryStore, token: UUID
) -> None:
    """Give back the reserved contacts of messages that have certainly reached nobody."""
    reserved = {claim.message.id for claim in claimed if claim.contact_on is not None}
    if not reserved:
        return
    missed = [
        outcome
        for outcome in outcomes
        if outcome.message_id in reserved
        and not any(attempt.outcome in _REACHED for attempt in outcome.attempts)
    ]
    retried = [outcome.message_id for outcome in missed if outcome.state is State.RETRYING]
    free = [outcome.message_id for outcome in missed if outcome.state is not State.RETRYING]
    if missed:
        await store.settle_contacts(token, free=free, retried=retried)
