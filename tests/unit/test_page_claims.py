"""Pages and papers: what they say that somebody was told has rows behind it, and no file counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

import hub
from hub.cli.clocks import _step_lines
from hub.desk.search.items_es import message
from hub.desk.search.rows import FoundMessage
from hub.model import IN_DIGEST, Purpose, State, StepKind
from hub.model.reached import CAPTURED
from hub.model.residents import SentLine
from hub.model.step_messages import ToldByName
from hub.operations.clocks.schemas import ClockStep
from hub.operations.constancia.schemas import ProvenMessage
from hub.operations.constancia.summary_es import outcomes
from hub.operations.person_export import paper
from hub.operations.person_export.schemas import PersonExport
from hub.operations.residents.own_words_es import arrival
from hub.rendering.claims import claims
from hub.rendering.labels_es import CAPTURED_LABEL, MESSAGE_STATES

AT: Final = datetime(2026, 3, 9, 17, tzinfo=UTC)
HUB: Final = Path(hub.__file__).parent
PAGES: Final = sorted(
    path
    for path in (*HUB.glob("web/**/*.html"), *HUB.glob("desk/**/*.html"), *HUB.glob("rendering/**/*.typ"))
    if path.is_file()
)
CODE: Final = re.compile(r"{[%#].*?[%#]}|<[^>]*>", re.DOTALL)
OF_ROWS: Final = {
    "document_link.html": {"que le enviamos"},  # it is the link of a message that left
    "resident_message.html": {"que le enviamos", "que enviamos"},  # the same; a code that is to come
    "survey.html": {"que le enviamos"},  # the same
    "resident_code.html": {"que le enviamos"},  # whichever the person has
    # The ledger of consents, wishes, the messages of a person; what a rejected event is.
    "page.html": {"ha dicho", "ha pedido", "se le envió", "recibió este aviso"},
    "_turns.html": {"ha escrito"},  # counted of what stands there
    "resident_own.html": {"ha dicho"},  # the ledger of consents
    "rectify.html": {"recibe un aviso"},  # what is to come
    "cases.html": {"ha escrito"},
    "now.html": {"lo recibieron"},  # counted of delivered and read messages
}


def proven(state: State, reason: str | None, *, number: int = 1) -> ProvenMessage:
    return ProvenMessage(
        id=UUID(int=number),
        event="admin.circular.issued",
        title="Circular",
        person="p-1",
        name="A",
        channel="email",
        address="a@example.com",
        purpose=Purpose.SERVICE,
        state=state,
        reason=reason,
        created_at=AT,
        units=(),
        rows=[],
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_says_that_somebody_was_told_and_asks_no_row(path: Path) -> None:
    said = set(claims(CODE.sub(" . ", path.read_text())))

    assert set() == said - OF_ROWS.get(path.name, set())


def test_own_export_on_paper_says_what_became_of_each_message() -> None:
    export = PersonExport(
        made_at=AT,
        asked_by="a",
        company="C",
        person="p-1",
        identity=None,
        versions=[],
        roles=[],
        consents=[],
        messages=[proven(State.SUPPRESSED, "not_wanted"), proven(State.READ, None, number=2)],
        thread=[],
        files=[],
        cases=[],
        surveys=[],
        preferences=[],
        marks=[],
        openings=[],
        contacts=[],
        suppressions=[],
        audit=[],
    )
    words = [cell for part in paper.pages(export)["parts"] for row in part["rows"] for cell in row]

    assert 1 == len([cell for cell in words if "No se envía: La persona pidió no recibir" in cell])
    assert 1 == len([cell for cell in words if "Leído" in cell])


def test_constancia_gives_the_reason_of_the_row_and_not_that_of_its_state() -> None:
    found = outcomes(
        [
            proven(State.CANCELLED, "withdrawn"),
            proven(State.CANCELLED, IN_DIGEST, number=2),
            proven(State.SENT, None, number=3),
        ]
    )

    assert [
        ("Enviado", "El proveedor lo aceptó; no ha dicho si llegó"),
        ("Cancelado", "Alguien del equipo lo canceló antes de que saliera"),
        ("En un resumen", "Va en el resumen que la persona pidió, con todo su texto"),
    ] == [(row.label, row.means) for row in found]


MORNING = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
ID = UUID(int=7)
STEP = ClockStep(key="escalate:2", kind=StepKind.ESCALATE, at=MORNING, from_level=1, to_level=2, done=True)


def own(reason: str | None) -> str:
    """What the page of a resident says: by what it came, in the place of `sent`."""
    line = SentLine(
        id=ID, event="pqrs.received", channel="sms", state=State.SENT, created_at=MORNING, reason=reason
    )
    return arrival([line]).replace("por SMS", "enviado").capitalize()


def found(reason: str | None) -> str:
    """What the search says."""
    row = FoundMessage(
        id=ID,
        event_key=ID,
        event="pqrs.received",
        person="p-1",
        name="María Peña",
        channel="sms",
        state="sent",
        reason=reason,
        created_at=MORNING,
        copropiedad=None,
    )
    return message(row, named=True).detail.split(" · ")[1]


def told(reason: str | None) -> str:
    """What `hub clocks show` says."""
    notice = ToldByName(
        step=STEP.key,
        message_id=ID,
        event="sla.breached",
        person="p-1",
        channel="sms",
        state=State.SENT,
        reason=reason,
        at=MORNING,
        name="Ana",
    )
    [line] = _step_lines(STEP, [notice])
    return line[5].capitalize()


@pytest.mark.parametrize("said", [own, found, told])
@pytest.mark.parametrize(("reason", "words"), [(CAPTURED, CAPTURED_LABEL), (None, MESSAGE_STATES["sent"])])
def test_message_in_a_file_is_not_called_sent(
    said: Callable[[str | None], str], reason: str | None, words: str
) -> None:
    assert words == said(reason)
