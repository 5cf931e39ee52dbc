"""
Repeats: the same words to one person over one channel, within minutes, leave once.

Without this rule a publisher that sends an event again under another id would write to a whole building
twice. The policy names the purposes that are merged: never emergencies, never what the law requires.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from hub.contact_rules import is_interruptive
from hub.messages.delivery.prepare import Prepared
from hub.messages.delivery.rule import Judged, RuleContext, split
from hub.model import CORRECTION, Claimed, Facts, Outcome, Outgoing, Rendered, State
from hub.policy.limits import RepeatPolicy
from hub.resilience.rate_limit import Rate, SendRecord
from hub.resilience.right_of_way import RIGHT_OF_WAY

REPEATED: Final = "repeated"
_AT_A_TIME: Final = 5
"""Messages rendered in one go."""
_encode: Final = msgspec.json.Encoder().encode


async def not_repeated(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """
    Cancel the messages whose words the person was sent minutes before.

    The words are known when the message is rendered, so this rule renders it. A message is counted by its
    id: its own retry repeats nothing.
    """
    policy = at.deps.policy.repeats
    merged = [
        claim
        for claim in claims
        # An entry of an inbox disturbs nobody. A correction is of its own message, whatever another one says.
        if claim.message.purpose in policy.purposes
        and is_interruptive(claim.message.channel)
        and claim.message.event != CORRECTION
    ]
    if not merged:
        return Judged(claims)
    rendered = await _rendered(merged, at.prepared)
    ready = [outgoing for outgoing in rendered if isinstance(outgoing, Outgoing)]
    waits = await at.deps.throttle.admit([_entry(outgoing, policy) for outgoing in ready])
    decided = [outcome for outcome in rendered if isinstance(outcome, Outcome)] + [
        Outcome(message_id=outgoing.message.id, state=State.CANCELLED, reason=REPEATED, tried=False)
        for outgoing, wait in zip(ready, waits, strict=True)
        if wait
    ]
    return split(claims, decided)


async def _rendered(claims: Sequence[Claimed], prepared: Prepared) -> Sequence[Outgoing | Outcome]:
    rendered: list[Outgoing | Outcome] = []
    for number, claim in enumerate(claims, 1):
        rendered.append(prepared.keep(claim))
        if number % _AT_A_TIME == 0:
            await RIGHT_OF_WAY.pause()
    return rendered


def _entry(outgoing: Outgoing, policy: RepeatPolicy) -> SendRecord:
    message = outgoing.message
    key = f"words:{message.channel}:{message.contact_id}:{message.person}:{_digest(outgoing.rendered)}"
    return SendRecord(key=key, member=str(message.id), rate=Rate(1, policy.within))


def _digest(words: Rendered) -> str:
    """
    Return a digest of the words that the person reads; for an email of its text, which its HTML repeats.

    Links and codes of one message are left out: with them no two messages would have the same words.
    """
    text = _encode((words.subject, words.text, words.template, words.parameters)).decode()
    for own in _of_the_message(words.facts):
        text = text.replace(own, "")
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _of_the_message(facts: Facts | None) -> Iterator[str]:
    if facts is None:
        return
    document = facts.document.link if facts.document is not None else None
    code = facts.genuine.rpartition("/")[2] if facts.genuine else None
    yield from filter(None, (facts.own_page, facts.unsubscribe, facts.link, document, code))
