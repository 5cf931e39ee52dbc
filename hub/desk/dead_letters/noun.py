"""Dead letters: their lists, reads and acts, as the doors have them. `hub.cli.dead_letters` settles many."""

from __future__ import annotations

from typing import Final

from hub.desk.dead_letters import acts
from hub.desk.dead_letters.rows import DeadRow, SettleBody
from hub.doors.act import OPERATE, PRIVACY, Act, List, Noun, Read
from hub.errors import NothingChosen

PATH: Final = "/dead"
_ONE: Final = f"{PATH}/{{id}}"


ONE: Final = Read(
    acts.show_dead,
    _ONE,
    # An operator who may replay may look first.
    needs=PRIVACY | OPERATE,
    command="",
    template="desk/dead_letters/page.html",
    page=acts.view_dead,
)
NOUN: Final = Noun(
    name="dead_letters",
    one=acts.LETTER,
    audited={
        "dead.discard": "Descartó un aviso rechazado",
        "dead.mend": "Publicó corregido un aviso rechazado",
        "dead.replay": "Reintentó un aviso rechazado",
    },
    lists=(
        List(acts.list_dead, PATH, row=DeadRow, command=""),
        List(
            acts.list_open,
            PATH,
            api=False,
            row=DeadRow,
            title="Rechazados",
            about="Avisos que otros sistemas publicaron y el centro no pudo recibir. De ellos no se avisó a "
            "nadie; aquí están enteros.",
            empty="No hay nada pendiente: todo lo que se publicó se pudo recibir.",
            file="rechazados",
            live="dead",
            mark=acts.how_many_are_open,
            lines=("received_at", "event_type", "sender", "field", "reason", "id"),
            template="desk/dead_letters/list.html",
        ),
    ),
    reads=(ONE,),
    acts=(
        Act(
            acts.replay_dead,
            f"{_ONE}/replay",
            done="Se publicó otra vez. Si sigue mal, vuelve a esta lista.",
            leads_to=PATH,
            command="",
        ),
        Act(
            acts.discard_dead,
            f"{_ONE}/discard",
            label="Descartar…",
            style="line",
            done="Se descartó. Queda guardado en Rechazados, con su estado.",
            unchanged="Ya estaba resuelto, o volvió a llegar mientras tanto. Mire cómo quedó.",
            asks=acts.ask_discard,
            offered=lambda view: view.letter.state == "open",
            leads_to=PATH,
            command="",
        ),
        Act(acts.replay_many, f"{PATH}/replay", status=201, refuses=(NothingChosen,), command=""),
        Act(acts.discard_many, f"{PATH}/discard", status=201, refuses=(NothingChosen,), command=""),
    ),
    examples={SettleBody: {"reason": "data.radicado", "event": "pqrs.received"}},
)
