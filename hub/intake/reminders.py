"""Cancel reminders that an event of their case has ended."""

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
    Cancel the reminders that have ended in these cases, which the caller has locked.

    Call it after the messages of the batch are added: the ending event may arrive before the event whose
    reminders it ends.
    """
    ends = {
        case: reminders_end((stored.event for stored in history), context.catalog)
        for case, history in histories.items()
    }
    ended = {case: at for case, at in ends.items() if at is not None}
    if ended:
        await transaction.end_reminders(ended)
