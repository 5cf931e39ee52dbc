"""
Turns of surveys: a person gets one survey at a time, and any other survey is refused.

A reminder takes no turn: it leaves only for a survey that has the turn and that a provider has accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from hub.messages.delivery.rule import Judged, RuleContext, split
from hub.messages.planning.lifetime import Occasion
from hub.model import Claimed, Message, Outcome, Purpose, State
from hub.ports import DeliveryStore

ASKED_LATELY: Final = "asked_lately"
NOT_ASKED: Final = "not_asked"
"""The reason to send no reminder of a survey that has not left."""
_FIRST: Final = Occasion().name
_Turn = tuple[str, UUID]


async def in_turn(claims: Sequence[Claimed], at: RuleContext) -> Judged:
    """
    Refuse the surveys to people who have got another one within `once_per`, and their reminders.

    Another survey counts if it was accepted or is under way. The turn is taken before the send, not at
    planning: a survey that waits for contact hours may lose its turn to one that has left meanwhile.
    """
    surveys = [claim.message for claim in claims if claim.message.purpose is Purpose.SURVEY]
    if not surveys:
        return Judged(claims)
    once_per = at.deps.policy.surveys.once_per
    asking = [message for message in surveys if message.occasion == _FIRST]
    reminding = [message for message in surveys if message.occasion != _FIRST]
    # Before the turns are given: no survey has its reminder in the second in which it leaves.
    accepted = await at.store.have_asked(_turns(reminding), once_per) if reminding else frozenset()
    taken = await _taken(asking, at.store, once_per)
    refused = [*_refused(asking, taken, ASKED_LATELY), *_refused(reminding, accepted, NOT_ASKED)]
    return split(claims, refused)


async def _taken(surveys: Sequence[Message], store: DeliveryStore, once_per: timedelta) -> frozenset[_Turn]:
    waiting = sorted(_turns(surveys))
    free: frozenset[_Turn] = frozenset()
    while waiting:
        # One statement gives a person's turn once: two surveys of one ticket are two statements.
        first = dict(reversed(waiting))
        free |= await store.take_turns(first.items(), once_per)
        waiting = [turn for turn in waiting if first[turn[0]] != turn[1]]
    return free


def _turns(surveys: Sequence[Message]) -> set[_Turn]:
    return {(message.person, message.event_key) for message in surveys}


def _refused(surveys: Sequence[Message], free: frozenset[_Turn], reason: str) -> Sequence[Outcome]:
    return [
        Outcome(message_id=message.id, state=State.SUPPRESSED, reason=reason, tried=False)
        for message in surveys
        if (message.person, message.event_key) not in free
    ]
