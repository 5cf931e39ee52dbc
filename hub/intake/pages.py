"""Pages of broad audiences, each expanded in its own transaction, so that 20,000 people block nobody."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.intake.cases import end_reminders
from hub.intake.decode import IntakeContext
from hub.intake.recalls import recall_of
from hub.intake.resolved_audience import PlannedAudience, paged
from hub.intake.unreached import out_of_reach, unreached
from hub.model import AudienceRecord, Message, Person, Unreached, UnreachedReason
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


Parts = Sequence[tuple[PlannedAudience, Sequence[Person]]]
"""The people of a page, by the audience that they are of."""


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
    began, totals, groups = now(), defaultdict[int, int](int), audience.broad
    reasons: set[UnreachedReason] = set()
    for group in groups:
        after, crowd, size, full = "", 0, min(FIRST, page), True
        then, last = audience.then.broad[0] if audience.then else None, group is groups[-1]
        asked, beyond = group, False
        while full:
            async with store.transaction() as transaction:
                states = await _reminded(transaction, audience)
                # The first page sets the size of the crowd: all pages must use the same lane.
                most = size if crowd else page
                found = await transaction.people_page(asked, after, most, then, beyond=beyond)
                crowd, people = crowd or len(found), found[:size]
                full = len(people) == size
                parts = _parts(audience, people)
                messages = await _planned(parts, context=context, now=now(), crowd=crowd)
                if messages:
                    await transaction.add_messages(messages)
                    await end_reminders(transaction, states)
                    if audience.recalled:
                        await transaction.recall([recall_of(audience.stored)])
                if out_of_reach(messages, context.rules.channels):
                    reasons.add(UnreachedReason.NO_CHANNEL)
                over = last and not full
                await transaction.keep_audiences(_records(parts, totals, over=over, at=began))
                if over and not totals[audience.number]:
                    reasons.add(UnreachedReason.EMPTY_AUDIENCE)
                found_unreached = [unreached(audience.stored, *sorted(reasons))] if over and reasons else []
                if found_unreached:
                    await transaction.add_unreached(found_unreached)
                if audience.ends_planning and over:
                    await transaction.mark_planned([audience.stored.key])
            yield Expanded(messages=messages, unreached=found_unreached)
            after, size = people[-1].ref if people else after, min(2 * size, page)
            beyond = bool(people) and people[-1].other_tower
            if then is not None and people and people[-1].elsewhere:
                asked, then = then, None


def _parts(audience: PlannedAudience, people: Sequence[Person]) -> Parts:
    """Return whom of a page each of the coupled audiences has."""
    if audience.then is None:
        return [(audience, people)]
    here = [person for person in people if not person.elsewhere]
    return [(audience, here), (audience.then, people[len(here) :])]


async def _planned(parts: Parts, *, context: IntakeContext, now: datetime, crowd: int) -> list[Message]:
    messages: list[Message] = []
    for audience, people in parts:
        for start in range(0, len(people), CHUNK):
            if messages:
                await asyncio.sleep(0)  # without right of way: the transaction has locks
            chunk = people[start : start + CHUNK]
            messages += audience.messages_to(chunk, context=context, now=now, crowd=crowd)
    return messages


def _records(
    parts: Parts, totals: defaultdict[int, int], *, over: bool, at: datetime
) -> list[AudienceRecord]:
    """Return the records of a page's audiences, and count its people in `totals`."""
    records = []
    for audience, people in parts:
        totals[audience.number] += len(people)
        records.append(paged(audience, people, total=totals[audience.number], over=over, at=at))
    return records


async def _reminded(transaction: IntakeTransaction, audience: PlannedAudience) -> Mapping[str, CaseState]:
    """Lock the case of an event whose messages another event may end between two pages."""
    case = audience.stored.case
    if case is None or not (audience.kind.reminders or audience.kind.ends_reminders):
        return {}
    await transaction.lock_cases({case: True})
    return await transaction.case_states([case])
