"""What is not reminded of any more, because an event of its case has ended it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.intake.decode import IntakeContext
from hub.messages.planning.lifetime import reminders_end
from hub.model import StoredEvent
from hub.ports import IntakeTransaction


async def end_reminders(
    transaction: IntakeTransaction, histories: Mapping[str, Sequence[StoredEvent]], context: IntakeContext
) -> None:
    """
    Cancel the reminders of what has ended in these cases, which are locked.

    After the messages of the batch are added: the end may have come before what it ends.
    """
    ends = {
        case: reminders_end((stored.event for stored in history), context.catalog)
        for case, history in histories.items()
    }
    ended = {case: at for case, at in ends.items() if at is not None}
    if ended:
        await transaction.end_reminders(ended)
