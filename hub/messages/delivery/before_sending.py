"""
Rules before a send, in their order: each takes the claims that the rules before it have left free.

A message that a rule decides has its outcome, and no channel sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from hub.contact_rules.purposes import DIGESTIBLE, EXCLUDABLE, LIMITED
from hub.messages.delivery.contact_limit import within_limits
from hub.messages.delivery.decisions import blocking_outcome, held
from hub.messages.delivery.documents import with_documents
from hub.messages.delivery.exclusions import not_excluded
from hub.messages.delivery.notice_digest import held_for_digest
from hub.messages.delivery.pausing import held_back
from hub.messages.delivery.repeats import not_repeated
from hub.messages.delivery.rule import Judged, Rule, RuleContext, split
from hub.messages.delivery.survey_turn import in_turn
from hub.model import Claimed, Message, Outcome, Purpose
from hub.policy.limits import MERGEABLE
from hub.resilience.rate_limit import SendRecord, ThrottlePolicy


async def within_person_rate(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """
    Hold each message over the limit until there is room.

    One call to the throttle covers all messages; there is no call if all are exempt.
    """
    policy, now = at.deps.policy.throttle, at.deps.now()
    counted = [(claim.message, entry) for claim in claims for entry in _entries(claim.message, policy)]
    if not counted:
        return Judged(claims)
    waits = await at.deps.throttle.admit([entry for _, entry in counted])
    over = [
        held(message, "throttled", until=now + wait, longer_by=wait)
        for (message, _), wait in zip(counted, waits, strict=True)
        if wait
    ]
    return split(claims, over)


def _entries(message: Message, policy: ThrottlePolicy) -> Iterator[SendRecord]:
    rate = policy.person.get(message.channel)
    if rate is not None and message.purpose not in policy.exempt:
        # Counted by message: neither a retry nor its release counts again.
        yield SendRecord(key=f"{message.channel}:{message.person}", member=str(message.id), rate=rate)


def not_paused(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """Hold the messages that a pause is for."""
    if not at.paused:
        return Judged(claims)
    now = at.deps.now()
    return split(claims, [held_back(claim, at.paused, now=now) for claim in claims])


def not_blocked(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """Decide what the claim alone forbids to send now; mark messages that leave although expired."""
    policy, now = at.deps.policy, at.deps.now()
    judged = split(claims, [blocking_outcome(claim, policy=policy, now=now) for claim in claims])
    free = [
        claim if (ends := claim.message.expires_at) is None or ends > now else replace(claim, late=True)
        for claim in judged.free
    ]
    return Judged(free, judged.decided)


def not_for_digest(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """Hold the messages that wait for a digest. A person without preferences has asked for none."""
    policy, now, catalog = at.deps.policy, at.deps.now(), at.deps.catalog
    return split(
        claims,
        [
            held_for_digest(claim, catalog.get(claim.message.event), policy=policy, now=now)
            for claim in claims
            if claim.contact.preferences is not None
        ],
    )


RULES: Final = (
    Rule(name="paused", reads="the pauses of operators", judge=not_paused),
    Rule(
        name="blocked",
        reads="the claim: recalls, newer steps, expiry, consents, wishes, marks, hours, invalid contacts",
        judge=not_blocked,
    ),
    Rule(
        name="digest",
        reads="the claim: the digest that the person wishes",
        judge=not_for_digest,
        purposes=DIGESTIBLE,
    ),
    Rule(name="person_rate", reads="Redis: how many messages the person has got", judge=within_person_rate),
    Rule(
        name="survey_turn",
        reads="PostgreSQL: the surveys that the person has got",
        judge=in_turn,
        purposes=frozenset({Purpose.SURVEY}),
    ),
    Rule(name="document", reads="PostgreSQL: the document of the event", judge=with_documents),
    Rule(name="excluded", reads="the register of excluded numbers", judge=not_excluded, purposes=EXCLUDABLE),
    Rule(
        name="repeated",
        reads="Redis: the words that the person has got",
        judge=not_repeated,
        purposes=MERGEABLE,
    ),
    Rule(
        name="contact_limit",
        reads="PostgreSQL: the contacts of the day and of the week",
        judge=within_limits,
        purposes=LIMITED,
    ),
)
"""
The rules in their order: those that cost nothing first, the one that uses something up last.

So a contact is reserved only for a message that is about to leave. `docs/architecture.md` prints this table.
"""


async def judge(
    claims: Sequence[Claimed], at: RuleContext, outcomes: list[Outcome], rules: Sequence[Rule] = RULES
) -> Sequence[Claimed]:
    """
    Return the claims that every rule leaves free; append the outcomes of the others, rule by rule.

    Appended at once: a worker that is stopped between two rules records what the first has decided.
    """
    purposes = {claim.message.purpose for claim in claims}
    for rule in rules:
        if purposes.isdisjoint(rule.purposes):
            continue
        answer = rule.judge(claims, at)
        judged = answer if isinstance(answer, Judged) else await answer
        outcomes.extend(judged.decided)
        claims = judged.free
    return claims
