"""The rate limit of one person on a channel: messages over it are held until there is room again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.messages.delivery.decisions import held
from hub.messages.delivery.rule import Judged, RuleContext, split
from hub.model import Claimed, Message
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
