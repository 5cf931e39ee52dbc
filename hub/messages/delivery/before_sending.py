"""
What is judged before a send, in this order: the facts of the claim, then what has to be asked.

Whatever must not leave now gets its outcome here, and no channel ever sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from hub.contact_rules.purposes import EXCLUDABLE, LIMITED
from hub.messages.delivery.contact_limit import within_limits
from hub.messages.delivery.decisions import blocking_outcome
from hub.messages.delivery.deps import DeliveryDeps, Lease
from hub.messages.delivery.documents import with_documents
from hub.messages.delivery.exclusions import not_excluded
from hub.messages.delivery.notice_digest import held_for_digest
from hub.messages.delivery.pausing import held_back
from hub.messages.delivery.person_rate import over_person_rate
from hub.messages.delivery.prepare import prepare
from hub.messages.delivery.repeats import not_repeated
from hub.messages.delivery.survey_turn import out_of_turn
from hub.model import Claimed, Outcome, Outgoing, Purpose
from hub.policy import Policy
from hub.ports import DeliveryStore

_LAWFUL: Final = LIMITED | EXCLUDABLE
"""Purposes that the limits or the register of excluded numbers judge before a send. Others pay nothing."""


def is_judged(claimed: Sequence[Claimed], policy: Policy) -> bool:
    """Return whether anything here needs more than the facts of its claim."""
    purposes = {claim.message.purpose for claim in claimed}
    return not (purposes.isdisjoint(_LAWFUL) and purposes.isdisjoint(policy.repeats.purposes))


async def allowed(
    claimed: Sequence[Claimed],
    paused: frozenset[str],
    deps: DeliveryDeps,
    store: DeliveryStore,
    outcomes: list[Outcome],
) -> list[Claimed]:
    """Return the messages that may be sent now; append the outcomes of the others."""
    now = deps.now()
    decided = [(claim, _blocked(claim, paused, deps, now)) for claim in claimed]
    free = [
        claim if (ends := claim.message.expires_at) is None or ends > now else replace(claim, late=True)
        for claim, blocked in decided
        if blocked is None
    ]
    over = await over_person_rate(free, throttle=deps.throttle, policy=deps.policy.throttle, now=now)
    outcomes.extend(blocked for _, blocked in decided if blocked is not None)
    outcomes.extend(over.values())
    left = await _in_turn([claim for claim in free if claim.message.id not in over], deps, store, outcomes)
    return await with_documents(left, deps.documents, outcomes, now=now)


def _blocked(claim: Claimed, paused: frozenset[str], deps: DeliveryDeps, now: datetime) -> Outcome | None:
    blocked = held_back(claim, paused, now=now) or blocking_outcome(claim, policy=deps.policy, now=now)
    if blocked is not None or claim.contact.preferences is None:
        return blocked
    return held_for_digest(claim, deps.catalog.get(claim.message.event), policy=deps.policy, now=now)


async def _in_turn(
    free: list[Claimed], deps: DeliveryDeps, store: DeliveryStore, outcomes: list[Outcome]
) -> list[Claimed]:
    surveys = [claim.message for claim in free if claim.message.purpose is Purpose.SURVEY]
    if not surveys:
        return free
    refused = await out_of_turn(surveys, store=store, once_per=deps.policy.surveys.once_per)
    outcomes.extend(refused.values())
    return [claim for claim in free if claim.message.id not in refused]


async def lawful(
    free: list[Claimed], lease: Lease, deps: DeliveryDeps, store: DeliveryStore, outcomes: list[Outcome]
) -> tuple[list[Claimed], Mapping[UUID, Outgoing]]:
    """
    Return what the register of excluded numbers and the limits allow and says something new, rendered or not.

    The limits come last: a contact is reserved only for what is about to leave.
    """
    policy, now = deps.policy, deps.now()
    free = await not_excluded(free, outcomes, registry=deps.exclusions, store=store, policy=policy, now=now)
    free, ready = await not_repeated(
        free,
        outcomes,
        prepare=lambda claim: prepare(claim, lease, deps),
        throttle=deps.throttle,
        policy=policy.repeats,
    )
    free = await within_limits(free, outcomes, store=store, token=lease.token, policy=policy, now=now)
    return free, ready
