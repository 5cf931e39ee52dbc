"""
The same words twice to one person over one channel, within minutes, are said once.

A publisher that sends an event again under another id would else write to a whole building twice. Which
purposes are merged is the policy's; never what saves or what the law requires.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Final
from uuid import UUID

import msgspec

from hub.contact_rules import is_interruptive
from hub.model import Claimed, Facts, Outcome, Outgoing, Rendered, State
from hub.policy.limits import RepeatPolicy
from hub.ports import Throttle
from hub.resilience.rate_limit import Rate, SendRecord
from hub.resilience.right_of_way import RIGHT_OF_WAY

REPEATED: Final = "repeated"
_AT_A_TIME: Final = 5
"""Messages rendered in one go."""
_encode: Final = msgspec.json.Encoder().encode

Prepare = Callable[[Claimed], Outgoing | Outcome]


async def not_repeated(
    claimed: Sequence[Claimed],
    outcomes: list[Outcome],
    *,
    prepare: Prepare,
    throttle: Throttle,
    policy: RepeatPolicy,
) -> tuple[list[Claimed], Mapping[UUID, Outgoing]]:
    """
    Return what says something new, and of it what had to be rendered to know that.

    Append the outcomes of the others. A message is counted by its id: its own retry repeats nothing.
    """
    asked = [
        claim
        for claim in claimed
        # What lies in an inbox disturbs nobody.
        if claim.message.purpose in policy.purposes and is_interruptive(claim.message.channel)
    ]
    if not asked:
        return list(claimed), {}
    ready = await _rendered(asked, prepare, outcomes)
    waits = await throttle.admit([_entry(outgoing, policy) for outgoing in ready.values()])
    repeated = {id_ for id_, wait in zip(ready, waits, strict=True) if wait}
    outcomes.extend(
        Outcome(message_id=id_, state=State.CANCELLED, reason=REPEATED, tried=False) for id_ in repeated
    )
    new = {id_: outgoing for id_, outgoing in ready.items() if id_ not in repeated}
    dropped = {claim.message.id for claim in asked} - new.keys()
    return [claim for claim in claimed if claim.message.id not in dropped], new


async def _rendered(
    claims: Sequence[Claimed], prepare: Prepare, outcomes: list[Outcome]
) -> dict[UUID, Outgoing]:
    ready: dict[UUID, Outgoing] = {}
    for number, claim in enumerate(claims, 1):
        outgoing = prepare(claim)
        if isinstance(outgoing, Outgoing):
            ready[claim.message.id] = outgoing
        else:
            outcomes.append(outgoing)
        if number % _AT_A_TIME == 0:
            await RIGHT_OF_WAY.pause()
    return ready


def _entry(outgoing: Outgoing, policy: RepeatPolicy) -> SendRecord:
    message = outgoing.message
    key = f"words:{message.channel}:{message.contact_id}:{message.person}:{_digest(outgoing.rendered)}"
    return SendRecord(key=key, member=str(message.id), rate=Rate(1, policy.within))


def _digest(words: Rendered) -> str:
    """
    Name what the person reads. Of an email that is its text: its HTML says the same.

    Without the links and the code that each message has of its own: else no two would be the same.
    """
    said = _encode((words.subject, words.text, words.template, words.parameters)).decode()
    for own in _of_the_message(words.facts):
        said = said.replace(own, "")
    return blake2b(said.encode(), digest_size=16).hexdigest()


def _of_the_message(facts: Facts | None) -> Iterator[str]:
    if facts is None:
        return
    document = facts.document.link if facts.document is not None else None
    code = facts.genuine.rpartition("/")[2] if facts.genuine else None
    yield from filter(None, (facts.own_page, facts.unsubscribe, facts.link, document, code))
