"""
The register of excluded numbers (RNE), consulted before each commercial message and for no other.

Closed by default: without an answer, or with data that are too old, the message is held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import structlog
from msgspec.structs import replace

from hub.contact_rules.purposes import EXCLUDABLE
from hub.errors import Unavailable
from hub.messages.delivery.decisions import held
from hub.messages.delivery.rule import Judged, RuleContext
from hub.model import Claimed, Message, Outcome, State
from hub.model.exclusions import REGISTER, ExclusionCheck
from hub.policy import Policy
from hub.ports import DeliveryStore, ExclusionRegistry

EXCLUDED: Final = "excluded"
ANSWER_WITHIN: Final = 5.0  # seconds
_BY_ADDRESS: Final = frozenset({"email", "sms", "whatsapp"})
"""Channels whose address the register may name. For others all contact points of the person are looked up."""

log = structlog.get_logger()


async def not_excluded(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """Look up the commercial messages in the register; each that stays free has its look-up."""
    excludable = [claim for claim in claims if claim.message.purpose in EXCLUDABLE]
    if not excludable:
        return Judged(claims)
    policy, now = at.deps.policy, at.deps.now()
    checks = await _checks(excludable, at.deps.exclusions, at.store, now)
    free: list[Claimed] = []
    decided: list[Outcome] = []
    for claim in claims:
        if claim.message.purpose not in EXCLUDABLE:
            free.append(claim)
        elif (outcome := _refused(claim, checks.get(claim.message.id), policy=policy, now=now)) is not None:
            decided.append(outcome)
        else:
            free.append(replace(claim, exclusion=checks[claim.message.id]))
    return Judged(free, decided)


def _refused(
    claim: Claimed, check: ExclusionCheck | None, *, policy: Policy, now: datetime
) -> Outcome | None:
    """Return the outcome of a message that this look-up forbids to send; None if it may be sent."""
    rules, message = policy.exclusions, claim.message
    today = policy.calendar.day_of(now)
    if check is not None and check.unlisted:
        return None
    if check is None or not rules.holds(check.list_date, today):
        return held(message, REGISTER, until=now + rules.look_again, longer_by=rules.look_again)
    if check.excluded:
        return Outcome(message_id=message.id, state=State.SUPPRESSED, reason=EXCLUDED, tried=False)
    return None


async def _checks(
    claims: Sequence[Claimed], registry: ExclusionRegistry | None, store: DeliveryStore, now: datetime
) -> dict[UUID, ExclusionCheck]:
    """Look up the addresses of these messages; a message without an answer is left out."""
    if registry is None:
        return {}
    without = {claim.message.person for claim in claims if claim.message.channel not in _BY_ADDRESS}
    try:
        known = await store.addresses_of(without) if without else {}
        async with asyncio.timeout(ANSWER_WITHIN):
            found = await asyncio.gather(
                *(_check(claim.message, known, registry=registry, at=now) for claim in claims)
            )
    except (Unavailable, TimeoutError) as exc:
        log.warning("exclusions.unavailable", error=type(exc).__name__)
        return {}
    return {claim.message.id: check for claim, check in zip(claims, found, strict=True) if check is not None}


async def _check(
    message: Message, known: Mapping[str, Sequence[str]], *, registry: ExclusionRegistry, at: datetime
) -> ExclusionCheck | None:
    """Look up all addresses under which the register may list the recipient; one exclusion is enough."""
    by_address = message.channel in _BY_ADDRESS
    addresses = [message.address] if by_address else known.get(message.person, ())
    # Only for people whose contact points are known: for anybody else no address proves nothing.
    if not by_address and not addresses and message.person in known:
        return ExclusionCheck(checked_at=at, unlisted=True)
    checks = [await registry.check(address, message.channel, at) for address in addresses]
    oldest = min(checks, key=lambda check: check.list_date or date.min, default=None)
    return next((check for check in checks if check.excluded), oldest)
