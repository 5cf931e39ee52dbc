"""Cases: their acts, as the doors have it; the page is one of its own (`hub/web/console/case_page.py`)."""

from __future__ import annotations

from functools import partial
from typing import Final

from hub.desk.cases import acts, answering, colleagues, heard, merges, replies, snoozes, splits
from hub.desk.cases.known import CASE
from hub.desk.cases.rows import (
    AnswerBody,
    CaseMerged,
    CaseNoted,
    CaseRow,
    FiledBody,
    FirstWordBody,
    HandOverBody,
    HeardBody,
    NoteBody,
    OtherCaseBody,
    ReplyBody,
    ReplyTask,
    SnoozeBody,
    TakeBody,
    WrittenBody,
)
from hub.doors.act import OPERATE, PRIVACY, Act, List, Noun, Read
from hub.errors import (
    AnswerDue,
    ChannelClosed,
    HeldByAnother,
    InvalidDocument,
    InvalidEvent,
    NotJoined,
    NotOffered,
    NotSnoozed,
    NotSplit,
    SeveralCases,
    UnknownAccount,
)
from hub.model.reply_rows import ReplyRow, ReplyWhole
from hub.operations.cases.acts import CaseActed, CaseTaken

_REFUSES: Final = (ChannelClosed, NotOffered, InvalidEvent)


def _called(done: CaseNoted) -> str:
    return f"{done.id}  told: {', '.join(done.told) or 'nobody'}"


def _joined(done: CaseMerged) -> str:
    return f"{done.case}  goes on in {done.into or 'its own thread'}"


def _held(done: CaseTaken) -> str:
    return f"{done.case}  {done.assignee or 'released'}"


def _acted(done: CaseActed) -> str:
    return f"{done.event}  {done.case}  {done.event_id}"


def _given(done: ReplyTask) -> str:
    return f"{done.id}  {done.state}: {done.assignee or 'nobody'}"


_in_case: Final = partial(Act, refuses=(SeveralCases,))
_OF_A_REPLY: Final = (
    *(name for name in ReplyWhole.__struct_fields__ if name not in {"text", "files"}),
    "file_names",
)
REPLIES: Final = Noun(
    name="replies",
    one=replies.REPLY,
    audited={"person.write": "Le escribió a una persona"},
    lists=(
        List(
            replies.list_replies,
            "/replies",
            row=ReplyRow,
            live="replies",
            lines=("received_at", "kind", "channel", "address", "person", "case", "id"),
        ),
    ),
    reads=(
        Read(
            replies.show_reply,
            "/replies/{id}",
            # What a person wrote: for whoever must answer there, too (`hub.access.sight`).
            needs=PRIVACY | OPERATE,
            command="show",
            facts=_OF_A_REPLY,
            text="text",
        ),
    ),
    acts=(
        Act(
            replies.assign_reply,
            "/replies/{id}/assign",
            label="Asignar",
            done="Se cambió el encargado.",
            refuses=(HeldByAnother,),
            says=_given,
        ),
        Act(
            replies.close_reply,
            "/replies/{id}/close",
            label="Respondida",
            done="Se cambió el estado de la respuesta.",
            says=_given,
        ),
        Act(
            answering.answer_reply,
            "/replies/{id}/answer",
            label="Enviar",
            keeps=True,
            done="La respuesta va en camino.",
            refuses=_REFUSES,
            says=_acted,
        ),
        Act(
            answering.write_to_person,
            "/people/{ref}/write",
            done="El mensaje va en camino. Su respuesta llega a Respuestas.",
            refuses=_REFUSES,
            says=_acted,
        ),
    ),
    examples={
        WrittenBody: {"words": "La llave está en la portería.", "channel": "email"},
        FirstWordBody: {
            "words": "Su paquete está en la portería.",
            "channel": "sms",
            "copropiedad": "ph-altos-del-rosal",
        },
    },
)
NOUN: Final = Noun(
    name="cases",
    one=CASE,
    lists=(
        List(
            acts.list_cases,
            "/cases",
            row=CaseRow,
            live="cases",
            lines=("last_at", "number", "title", "state", "due_at", "assignee", "copropiedad"),
        ),
    ),
    audited={
        "case.add": "Sumó a un caso lo que alguien dijo o trajo",
        "case.file": "Radicó como PQRS lo que alguien escribió",
        "case.hand_over": "Entregó un caso a otra persona",
        "case.merge": "Unió dos casos",
        "case.note": "Escribió una nota interna en un caso",
        "case.note.withdraw": "Retiró una nota interna de un caso",
        "case.separate": "Separó dos casos",
        "case.snooze": "Pospuso un caso",
        "case.split": "Llevó una respuesta a un caso aparte",
        "case.wake": "Trajo de vuelta un caso pospuesto",
    },
    acts=(
        Act(
            answering.reply_to_case,
            "/cases/{key}/reply",
            done="La respuesta va en camino: aparece en el caso en unos segundos.",
            refuses=(SeveralCases, AnswerDue, InvalidDocument, *_REFUSES),
            says=_acted,
        ),
        Act(
            acts.take_case,
            "/cases/{key}/take-on",
            label="Asumir",
            keeps=True,
            done="Usted tiene el caso.",
            refuses=(SeveralCases, HeldByAnother),
            says=_held,
        ),
        Act(
            acts.release_case,
            "/cases/{key}/release",
            label="Soltar",
            done="El caso quedó sin encargado.",
            refuses=(SeveralCases, HeldByAnother),
            says=_held,
        ),
        Act(
            acts.close_case,
            "/cases/{key}/close",
            label="Cerrar el caso",
            keeps=True,
            asks=acts.ask_close,
            done="Se cerró: aparece en el caso en unos segundos.",
            refuses=(SeveralCases, AnswerDue, NotOffered),
            says=_acted,
        ),
        Act(
            acts.file_conversation,
            "/cases/{key}/file",
            label="Radicar como PQRS",
            keeps=True,
            done="Quedó radicado: la PQRS aparece en unos segundos.",
            refuses=(SeveralCases, NotOffered, InvalidEvent),
            says=_acted,
        ),
        Act(
            acts.respond_to_case,
            "/cases/{key}/respond",
            label="Respuesta definitiva",
            keeps=True,
            done="La respuesta definitiva va en camino: aparece en el caso en unos segundos.",
            refuses=(SeveralCases, NotOffered, InvalidEvent, InvalidDocument),
            says=_acted,
        ),
        _in_case(
            colleagues.note_case,
            "/cases/{key}/notes",
            command="note",
            label="Guardar la nota",
            keeps=True,
            done="La nota quedó en el caso: solo la ve el personal.",
            says=_called,
        ),
        Act(
            heard.add_to_case,
            "/cases/{key}/add",
            done="Quedó sumado a este caso: no se abrió otro, ni se dio otro radicado.",
            refuses=(SeveralCases, InvalidDocument),
            says=_called,
        ),
        _in_case(
            colleagues.withdraw_note,
            "/cases/{key}/notes/{id}/withdraw",
            command="withdraw-note",
            label="Retirar la nota",
            done="La nota ya no se lee.",
            leads_to="/cases/{key}",
            says=lambda done: f"{done.id}  withdrawn",
        ),
        Act(
            colleagues.hand_over_case,
            "/cases/{key}/hand-over",
            label="Entregar el caso",
            keeps=True,
            done="El caso ya es de la otra persona, con su razón.",
            refuses=(SeveralCases, UnknownAccount, NotOffered),
            says=_called,
        ),
        Act(
            snoozes.snooze_case,
            "/cases/{key}/snooze",
            label="Posponer",
            keeps=True,
            done="No sale en las vistas hasta ese día, o hasta que la persona escriba. Sus plazos siguen.",
            refuses=(SeveralCases, NotSnoozed),
            says=lambda done: f"{done.case}  until {done.until}",
        ),
        _in_case(
            snoozes.wake_case,
            "/cases/{key}/wake",
            label="Traer de vuelta",
            done="El caso está de vuelta en las vistas.",
            says=lambda done: f"{done.case}  awake",
        ),
        Act(
            merges.merge_cases,
            "/cases/{key}/merge",
            label="Unir",
            keeps=True,
            done="Son un solo hilo. Cada uno conserva su radicado y sus plazos, y a los dos se les contesta.",
            refuses=(SeveralCases, NotJoined),
            says=_joined,
        ),
        _in_case(
            merges.separate_cases,
            "/cases/{key}/separate",
            label="Separar",
            done="Los casos están separados otra vez.",
            says=_joined,
        ),
        Act(
            splits.split_reply,
            "/cases/{key}/replies/{id}/split",
            label="Llevar a un caso aparte",
            done="La respuesta es un caso aparte: aparece en segundos, y su plazo cuenta desde que llegó.",
            leads_to="/cases/{key}",
            refuses=(SeveralCases, NotSplit),
            says=lambda done: f"{done.apart}  of reply {done.reply}",
        ),
    ),
    examples={
        NoteBody: {"words": "El sello de la ducha está roto. @luz.mora puede dar fecha."},
        HeardBody: {"words": "Llamó: sigue igual, y ahora gotea en el 303.", "ref": "p-maria-pena"},
        OtherCaseBody: {"other": "PQ-2026-000944"},
        SnoozeBody: {"until": "2026-12-09"},
        TakeBody: {"held_by": "account:luz.mora", "reason": "Luz está de vacaciones."},
        HandOverBody: {"to": "luz.mora", "reason": "Salgo a vacaciones el lunes."},
        ReplyBody: {"words": "El plomero llega hoy a las 2 de la tarde.", "channel": "whatsapp"},
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
