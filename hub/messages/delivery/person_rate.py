"""The rate limit of one person on a channel: messages over it are held until there is room again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hub.messages.delivery.decisions import held
from hub.model import Claimed, Message, Outcome
from hub.ports import Throttle
from hub.resilience.rate_limit import SendRecord, ThrottlePolicy


async def over_person_rate(
    claimed: Sequence[Claimed], *, throttle: Throttle, policy: ThrottlePolicy, now: datetime
) -> Mapping[UUID, Outcome]:
    """
    Return the outcomes of the messages over the limit: each is held until there is room.

    One call to the throttle covers all messages; there is no call if all are exempt.
    """
    asked = [(claim.message, entry) for claim in claimed for entry in _entries(claim.message, policy)]
    if not asked:
        return {}
    waits = await throttle.admit([entry for _, entry in asked])
    return {
        message.id: held(message, "throttled", until=now + wait, longer_by=wait)
        for (message, _), wait in zip(asked, waits, strict=True)
        if wait
    }


def _entries(message: Message, policy: ThrottlePolicy) -> Iterator[SendRecord]:
    rate = policy.person.get(message.channel)
    if rate is not None and message.purpose not in policy.exempt:
        # Counted by message: neither a retry nor its release counts again.
        yield SendRecord(key=f"{message.channel}:{message.person}", member=str(message.id), rate=rate)
