"""Taking a communication back: nothing more of it leaves, and who had it is offered what holds."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hub.desk.communications import acts
from hub.desk.communications.rows import CommunicationMoved, CommunicationRecallBody
from hub.doors.act import Question
from hub.doors.operator import Operator
from hub.errors import InvalidEvent, OtherState
from hub.model.communications import CommunicationState, Recalled
from hub.operations.communications.progress import progress_of
from hub.storage.communications import Move

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


async def ask_recall_communication(by: Operator, communication: UUID) -> Question:
    """Ask what was wrong and what holds, and say how many have it already."""
    row = await acts.row_of(by, communication)
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
    row = await acts.row_of(by, communication)
    if row.state in {CommunicationState.RECALLED, CommunicationState.CORRECTED}:
        return acts.moved_of(row, changed=False)
    recall = _checked(by, body)
    await by.audit("communication.recall", f"communication:{row.id}")
    moved = await by.stores.communications.move(
        row.id, Move(to=CommunicationState.RECALLED, at=by.now, recall=recall)
    )
    if moved is None:
        raise OtherState(f"It is {row.state.value}: nothing of it was sent.")
    return acts.moved_of(moved)


def _checked(by: Operator, body: CommunicationRecallBody) -> Recalled:
    words = {name: getattr(body, name).strip() for name in body.__struct_fields__}
    has_correction = bool(words["wrong_markdown"] and words["correction_markdown"])
    if not words["reason"] or has_correction == bool(words["no_correction"]):
        raise InvalidEvent(_ONE_OF_BOTH, field="correction_markdown")
    return Recalled(at=by.now, by=by.by, **words)
