"""Cases: their act, as the doors have it; the page is one of its own (`hub/web/console/case_page.py`)."""

from __future__ import annotations

from typing import Final

from hub.desk.cases import acts
from hub.desk.cases.rows import AnswerBody, FiledBody
from hub.doors.act import Act, Noun
from hub.errors import InvalidEvent, NotOffered, SeveralCases

NOUN: Final = Noun(
    name="cases",
    one=acts.CASE,
    audited={"case.file": "Radicó como PQRS lo que alguien escribió"},
    acts=(
        Act(
            acts.file_conversation,
            "/cases/{key}/file",
            label="Radicar como PQRS",
            done="Quedó radicado: la PQRS aparece en unos segundos.",
            refuses=(SeveralCases, NotOffered, InvalidEvent),
            says=lambda done: f"{done.event}  {done.case}  {done.event_id}",
        ),
        Act(
            acts.respond_to_case,
            "/cases/{key}/respond",
            label="Respuesta definitiva",
            done="La respuesta definitiva va en camino: aparece en el caso en unos segundos.",
            refuses=(SeveralCases, NotOffered, InvalidEvent),
            says=lambda done: f"{done.event}  {done.case}  {done.event_id}",
        ),
    ),
    examples={
        FiledBody: {
            "radicado": "PQ-2026-000902",
            "kind": "peticion",
            "service_area": "administracion",
            "subject": "Copia del acta de la última asamblea",
        },
        AnswerBody: {
            "words": "Le entregamos la copia del acta que pidió.",
            "document": "https://portal.example.com/pqrs/PQ-2026-000901/respuesta.pdf",
        },
    },
)
