"""Communications that leave: pause one, let it go on, cancel what is unsent, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from hub.desk.communications.acts import audited_move, moved_of, row_of
from hub.desk.communications.rows import (
    CancelCommunicationBody,
    CommunicationMoved,
    CommunicationRecallBody,
    PauseCommunicationBody,
)
from hub.doors.act import Question
from hub.doors.operator import Operator
from hub.errors import InvalidEvent, OtherState
from hub.messages.delivery.pausing import release_settled
from hub.model.communications import Communication, CommunicationState, Recalled
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
_FOLLOWS: Final = (
    "No sale nada más. En las bandejas queda tachado; las cartas sin entregar y los carteles se retiran. "
    "Después se le ofrece mandar la corrección a quienes lo recibieron o pudieron recibirlo."
)
_ONE_OF_BOTH: Final = (
    "expected a reason, and what was wrong with what holds, or why nobody needs a correction"
)
_FIELDS: Final = (
    {"name": "reason", "label": "Por qué se retira", "required": True, "most": 2_000},
    {"name": "wrong_markdown", "label": "Lo que estaba mal", "kind": "area", "most": 5_000},
    {"name": "correction_markdown", "label": "Lo que vale", "kind": "area", "most": 20_000},
    {"name": "no_correction", "label": "O por qué nadie necesita una corrección", "most": 2_000},
)


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
    to = Move(to=CommunicationState.PAUSED, at=by.now, by=by.by, words=body.reason)
    return await audited_move(by, await row_of(by, communication), "communication.pause", to)


async def resume_communication(by: Operator, communication: UUID) -> CommunicationMoved:
    """Let a paused communication go on. It does not pause itself again for the same cause. Safe to repeat."""
    row = await row_of(by, communication)
    paused = frozenset({CommunicationState.PAUSED})
    to = Move(to=CommunicationState.RUNNING, at=by.now, cause=row.cause, since=paused)
    moved = await audited_move(by, row, "communication.resume", to)
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
    if row.state == CommunicationState.CANCELLED and row.started_at is not None:
        return moved_of(row, changed=False)
    to = Move(to=CommunicationState.CANCELLING, at=by.now, why=body.why, by=by.by, words=body.why)
    return await audited_move(by, row, "communication.cancel", to, why=body.why)


async def ask_recall_communication(by: Operator, communication: UUID) -> Question:
    """Ask what was wrong and what holds, and say how many have it already."""
    row = await row_of(by, communication)
    progress = await progress_of(by.stores.communications, row, 0)
    had = 0 if progress is None else progress.read + progress.arrived + progress.sent
    return Question(
        title=f"¿Retirar «{row.title}»?",
        facts={
            "Personas a las que ya les salió": had,
            "Personas a las que todavía no": 0 if progress is None else progress.people - had,
        },
        follows=_FOLLOWS,
        press="Sí, retirarla",
        fields=_FIELDS,
    )


async def recall_communication(
    by: Operator, communication: UUID, body: CommunicationRecallBody
) -> CommunicationMoved:
    """
    Take a communication back: what has not left never does; safe to repeat.

    It says what was wrong and what holds, or why nobody needs a correction. The correction is a communication
    of its own, which the hub begins as a draft once it knows who had the wrong one.
    """
    row = await row_of(by, communication)
    if row.state in {CommunicationState.RECALLED, CommunicationState.CORRECTED}:
        return moved_of(row, changed=False)
    if row.started_at is None:
        raise OtherState("It has not left: there is nothing to take back.")
    to = Move(to=CommunicationState.RECALLED, at=by.now, recall=_checked(by, body))
    return await audited_move(by, row, "communication.recall", to)


def _checked(by: Operator, body: CommunicationRecallBody) -> Recalled:
    words = {name: getattr(body, name).strip() for name in body.__struct_fields__}
    has_correction = bool(words["wrong_markdown"] and words["correction_markdown"])
    if not words["reason"] or has_correction == bool(words["no_correction"]):
        raise InvalidEvent(_ONE_OF_BOTH, field="correction_markdown")
    return Recalled(at=by.now, by=by.by, **words)


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
