"""A person gets one survey at a time: whoever has the turn is asked, any other survey is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from hub.model import Message, Outcome, State
from hub.ports import DeliveryStore

ASKED_LATELY: Final = "asked_lately"
_Turn = tuple[str, UUID]


async def asked_lately(
    surveys: Sequence[Message], *, store: DeliveryStore, once_per: timedelta
) -> Mapping[UUID, Outcome]:
    """
    Return the outcomes of surveys to people who have got another one within `once_per`.

    Only another one that was accepted counts, or is under way. It is decided before the send and not when the
    survey is planned: a survey that waits for contact hours may be refused by one that has left meanwhile.
    """
    waiting = sorted({(message.person, message.event_key) for message in surveys})
    free: set[_Turn] = set()
    while waiting:
        # One statement gives a person's turn once: two surveys of one ticket are two statements.
        first = dict(reversed(waiting))
        free |= await store.take_turns(first.items(), once_per)
        waiting = [turn for turn in waiting if first[turn[0]] != turn[1]]
    return {
        message.id: Outcome(message_id=message.id, state=State.SUPPRESSED, reason=ASKED_LATELY, tried=False)
        for message in surveys
        if (message.person, message.event_key) not in free
    }
