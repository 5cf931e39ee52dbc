"""Broad audiences, page by page: each page its own transaction, so that 20,000 people block nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from hub.intake.decode import Desk
from hub.intake.reminders import end_reminders
from hub.intake.resolved_audience import PlannedAudience, paged, report_nobody
from hub.model import Message, StoredEvent
from hub.ports import IntakeStore, IntakeTransaction, Now

PAGE: Final = 500
"""
People per transaction. Three channels and two reminders make nine messages of each: about 5,000 rows,
a sixth of a second in which nothing else of this process runs.
"""


async def expand(
    audience: PlannedAudience, *, desk: Desk, store: IntakeStore, now: Now, page: int = PAGE
) -> AsyncIterator[Sequence[Message]]:
    """
    Plan the audience, yielding the messages of each committed page.

    The last page of the event's last audience sets `planned_at`; a crash before that leaves it
    unset, and the redelivered event is expanded again from the start, which changes nothing.
    """
    began, total, groups = now(), 0, audience.broad
    for group in groups:
        after, crowd, full = "", 0, True
        while full:
            async with store.transaction() as transaction:
                histories = await _reminded(transaction, audience)
                people = await transaction.people_page(group, after, page)
                # The first page tells a crowd; all pages must travel in the same lane.
                crowd = crowd or len(people)
                messages = audience.messages_to(people, desk=desk, now=now(), crowd=crowd)
                if messages:
                    await transaction.add_messages(messages)
                    await end_reminders(transaction, histories, desk)
                full, total = len(people) == page, total + len(people)
                over = group is groups[-1] and not full
                await transaction.keep_audiences([paged(audience, people, total=total, over=over, at=began)])
                if audience.ends_planning and over:
                    await transaction.mark_planned([audience.stored.key])
            yield messages
            after = people[-1].ref if people else after
    if not total:
        report_nobody(audience)


async def _reminded(
    transaction: IntakeTransaction, audience: PlannedAudience
) -> Mapping[str, Sequence[StoredEvent]]:
    """Lock the case of what will be reminded of: its end may come in between two pages."""
    case = audience.stored.case
    return await transaction.case_events([case]) if case is not None and audience.kind.reminders else {}
