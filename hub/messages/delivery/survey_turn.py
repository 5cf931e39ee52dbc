"""
A person gets one survey at a time: whoever has the turn is asked, any other survey is refused.

A reminder asks nobody anew: it leaves only of the survey that has the turn and that a provider has accepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from hub.messages.planning.lifetime import Occasion
from hub.model import Message, Outcome, State
from hub.ports import DeliveryStore

ASKED_LATELY: Final = "asked_lately"
NOT_ASKED: Final = "not_asked"
"""The reason to send no reminder of a survey that did not leave."""
_FIRST: Final = Occasion().name
_Turn = tuple[str, UUID]


async def out_of_turn(
    surveys: Sequence[Message], *, store: DeliveryStore, once_per: timedelta
) -> Mapping[UUID, Outcome]:
    """
    Return the outcomes of surveys to people who have got another one within `once_per`, and their reminders.

    Only another one that was accepted counts, or is under way. It is decided before the send and not when the
    survey is planned: a survey that waits for contact hours may be refused by one that has left meanwhile.
    """
    asking = [message for message in surveys if message.occasion == _FIRST]
    reminding = [message for message in surveys if message.occasion != _FIRST]
    # Before the turns are given: no survey has its reminder in the second in which it leaves.
    asked = await store.have_asked(_turns(reminding), once_per) if reminding else frozenset()
    free = await _taken(asking, store, once_per)
    return {
        **_refused(asking, free, ASKED_LATELY),
        **_refused(reminding, asked, NOT_ASKED),
    }


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


def _refused(surveys: Sequence[Message], free: frozenset[_Turn], reason: str) -> Mapping[UUID, Outcome]:
    return {
        message.id: Outcome(message_id=message.id, state=State.SUPPRESSED, reason=reason, tried=False)
        for message in surveys
        if (message.person, message.event_key) not in free
    }
