"""Pages of broad audiences, each expanded in its own transaction, so that 20,000 people block nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.intake.cases import end_reminders
from hub.intake.decode import IntakeContext
from hub.intake.recalls import recall_of
from hub.intake.resolved_audience import PlannedAudience, paged
from hub.intake.unreached import out_of_reach, unreached
from hub.model import Message, Person, Unreached, UnreachedReason
from hub.model.case_state import CaseState
from hub.ports import IntakeStore, IntakeTransaction, Now

PAGE: Final = 500
"""
People per transaction. Three channels and two reminders make nine messages per person: about 5,000 rows,
which block this process for a sixth of a second.
"""
FIRST: Final = 50
"""
People in the first transaction, so that the first messages leave while the others are planned. Each page is
twice the one before, up to `PAGE`: the process that sends the first ones is not blocked for long.
"""
CHUNK: Final = 25
"""People whose messages are planned in one go, in some milliseconds; in between other work has its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expanded:
    """The messages of a page to ticket; after the last page, the event if it does not reach its audience."""

    messages: Sequence[Message]
    unreached: Sequence[Unreached]


async def expand(
    audience: PlannedAudience, *, context: IntakeContext, store: IntakeStore, now: Now, page: int = PAGE
) -> AsyncIterator[Expanded]:
    """
    Plan the audience, yielding the remaining work of each committed page.

    The last page of the event's last audience sets `planned_at`; a crash before that leaves it
    unset, and the redelivered event is expanded again from the start, which changes nothing.
    """
    began, total, groups = now(), 0, audience.broad
    reasons: set[UnreachedReason] = set()
    for group in groups:
        after, crowd, size, full = "", 0, min(FIRST, page), True
        while full:
            async with store.transaction() as transaction:
                states = await _reminded(transaction, audience)
                # The first page sets the size of the crowd: all pages must use the same lane.
                found = await transaction.people_page(group, after, size if crowd else page)
                crowd, people = crowd or len(found), found[:size]
                full = len(people) == size
                messages = await _planned(audience, people, context=context, now=now(), crowd=crowd)
                if messages:
                    await transaction.add_messages(messages)
                    await end_reminders(transaction, states)
                    if audience.recalled:
                        await transaction.recall([recall_of(audience.stored)])
                total += len(people)
                if out_of_reach(messages, context.rules.channels):
                    reasons.add(UnreachedReason.NO_CHANNEL)
                over = group is groups[-1] and not full
                await transaction.keep_audiences([paged(audience, people, total=total, over=over, at=began)])
                if over and not total:
                    reasons.add(UnreachedReason.EMPTY_AUDIENCE)
                found_unreached = [unreached(audience.stored, *sorted(reasons))] if over and reasons else []
                if found_unreached:
                    await transaction.add_unreached(found_unreached)
                if audience.ends_planning and over:
                    await transaction.mark_planned([audience.stored.key])
            yield Expanded(messages=messages, unreached=found_unreached)
            after, size = people[-1].ref if people else after, min(2 * size, page)


async def _planned(
    audience: PlannedAudience, people: Sequence[Person], *, context: IntakeContext, now: datetime, crowd: int
) -> list[Message]:
    messages: list[Message] = []
    for start in range(0, len(people), CHUNK):
        if start:
            await asyncio.sleep(0)  # without right of way: the transaction has locks
        chunk = people[start : start + CHUNK]
        messages += audience.messages_to(chunk, context=context, now=now, crowd=crowd)
    return messages


async def _reminded(transaction: IntakeTransaction, audience: PlannedAudience) -> Mapping[str, CaseState]:
    """Lock the case of an event whose messages another event may end between two pages."""
    case = audience.stored.case
    if case is None or not (audience.kind.reminders or audience.kind.ends_reminders):
        return {}
    await transaction.lock_cases({case: True})
    return await transaction.case_states([case])
