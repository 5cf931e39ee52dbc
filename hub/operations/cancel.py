"""
Cancelling: a message that has not left stays back for good, with a reason, from any publisher.

No further step of its cascade starts. A message that is being sent is left to its worker. Safe to repeat.
A bulk run cancels many.
"""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from hub.access.actor import Actor
from hub.errors import TooLate
from hub.model import State
from hub.model.letters import HandedOver
from hub.model.state_machine import UNSENT
from hub.ports import CancelResult
from hub.storage import PostgresCancel, PostgresLog

_LEFT: Final = "the message is {state}: only what has not left can be cancelled"

WhyCancelled = Literal["wrong", "not_needed", "asked", "other"]
"""A word of a list: the audit, which no erasure reaches, takes no free text about a person."""


async def cancel_one(
    message_id: UUID, why: WhyCancelled, *, log: PostgresLog, store: PostgresCancel, actor: Actor
) -> tuple[HandedOver, CancelResult] | None:
    """
    Cancel this message; return the result. None if there is none within reach.

    Raises TooLate if it has left.
    """
    row = await log.message(message_id, places=actor.places)
    if row is None:
        return None
    await actor.note("cancel", f"message:{message_id}", person=row.person, why=why)
    verdict = await _cancel(message_id, row.state, store)
    return HandedOver(id=message_id, changed=row.state != State.CANCELLED), verdict


def check_cancelled(verdict: CancelResult) -> None:
    """Raise TooLate if a message was not cancelled."""
    if verdict is not CancelResult.CANCELLED:
        raise TooLate(_LEFT.format(state=verdict.value))


async def _cancel(message_id: UUID, state: str, store: PostgresCancel) -> CancelResult:
    if state == State.CANCELLED:
        return CancelResult.CANCELLED
    verdict = await store.cancel(message_id) if state in UNSENT else None
    if verdict is None:
        # It waited, and moved between the look and now.
        raise TooLate(_LEFT.format(state="on its way" if state in UNSENT else state))
    return verdict
