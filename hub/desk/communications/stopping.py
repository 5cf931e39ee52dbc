"""Communications that leave: pause one, let it go on, cancel what is unsent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from hub.desk.communications.acts import moved_of, row_of
from hub.desk.communications.rows import CancelCommunicationBody, CommunicationMoved, PauseCommunicationBody
from hub.doors.act import Question
from hub.doors.operator import Operator
from hub.errors import OtherState
from hub.messages.delivery.pausing import release_settled
from hub.model.communications import Communication, CommunicationState
from hub.operations.communications.progress import progress_of
from hub.storage.communications import Move

AT_MOST: Final = 10_000
"""Messages that one request releases. The timers release the others at their next looks."""
_LONGEST: Final = 500
_WHY: Final = {
    "wrong": "Está mal",
    "not_needed": "Ya no hace falta",
    "asked": "Lo pidieron",
    "other": "Otra razón",
}


async def ask_pause(by: Operator, communication: UUID) -> Question:
    """Ask why a communication pauses, and say who has it already."""
    row = await row_of(by, communication)
    return Question(
        title=f"¿Poner en pausa «{row.title}»?",
        facts=await _counts(by, row, "Les falta, y espera"),
        follows="Nada más sale hasta que alguien la reanude o la cancele. Los plazos siguen corriendo.",
        press="Sí, pausar",
        fields=[{"name": "reason", "label": "Por qué", "most": _LONGEST, "required": True}],
    )


async def pause_communication(
    by: Operator, communication: UUID, body: PauseCommunicationBody
) -> CommunicationMoved:
    """Pause a communication that is leaving: what is unsent waits. Safe to repeat."""
    row = await row_of(by, communication)
    to = Move(to=CommunicationState.PAUSED, at=by.now, by=by.by, words=body.reason)
    if _is_new(row, to):
        await by.audit("communication.pause", f"communication:{row.id}")
    return await _moved(by, row, to)


async def resume_communication(by: Operator, communication: UUID) -> CommunicationMoved:
    """Let a paused communication go on. It does not pause itself again for the same cause. Safe to repeat."""
    row = await row_of(by, communication)
    paused = frozenset({CommunicationState.PAUSED})
    to = Move(to=CommunicationState.RUNNING, at=by.now, cause=row.cause, since=paused)
    if _is_new(row, to):
        await by.audit("communication.resume", f"communication:{row.id}")
    moved = await _moved(by, row, to)
    await release_settled(by.stores.pauses, by.stores.publisher, ended=moved.changed, at_most=AT_MOST)
    return moved


async def ask_cancel(by: Operator, communication: UUID) -> Question:
    """Ask why a communication is cancelled, and say who has it already, and who will not get it."""
    row = await row_of(by, communication)
    return Question(
        title=f"¿Cancelar «{row.title}»?",
        facts=await _counts(by, row, "No les llegará"),
        follows="Lo que no ha salido no sale nunca. A quienes ya lo tienen no se les quita.",
        press="Sí, cancelar lo que falta",
        fields=[{"name": "why", "label": "Por qué", "kind": "select", "options": list(_WHY.items())}],
    )


async def cancel_communication(
    by: Operator, communication: UUID, body: CancelCommunicationBody
) -> CommunicationMoved:
    """
    Cancel what is unsent of a communication: nothing more leaves, and what people have stays. Safe to repeat.

    It is `cancelling` until no message of it can follow, then `cancelled`.
    """
    row = await row_of(by, communication)
    over = row.state == CommunicationState.CANCELLED and row.started_at is not None
    to = Move(to=CommunicationState.CANCELLING, at=by.now, why=body.why, by=by.by, words=body.why)
    if not over and _is_new(row, to):
        await by.audit("communication.cancel", f"communication:{row.id}", why=body.why)
    return moved_of(row, changed=False) if over else await _moved(by, row, to)


def _is_new(row: Communication, to: Move) -> bool:
    """Return whether the move changes something. Raises OtherState if its state does not allow it."""
    if row.state != to.to and row.state not in to.states:
        raise _refusal(row, to)
    return row.state != to.to


async def _moved(by: Operator, row: Communication, to: Move) -> CommunicationMoved:
    if row.state == to.to:
        return moved_of(row, changed=False)
    moved = await by.stores.communications.move(row.id, to)
    if moved is None:
        raise _refusal(await row_of(by, row.id), to)
    return moved_of(moved)


async def _counts(by: Operator, row: Communication, left: str) -> Mapping[str, object]:
    """Return how many people have it, and how many do not yet."""
    plan = await by.stores.communications.plan_of(row.id)
    progress = await progress_of(by.stores.communications, row, (plan and plan.people) or 0)
    if progress is None:
        return {}
    return {
        "Personas": progress.people,
        "Ya les salió": progress.read + progress.arrived + progress.sent,
        "En su bandeja, sin abrir": progress.unread,
        left: progress.going + progress.unplanned,
    }


def _refusal(row: Communication, to: Move) -> OtherState:
    return OtherState(f"It is {row.state.value}: it cannot become {to.to.value}.")
