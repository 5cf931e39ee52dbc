"""Communications: their list, reads and acts; `web/console/compose_page.py` has the page of a draft."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from hub.desk.communications import acts, files, people, reached, reading, reviews, rows, stopping
from hub.desk.communications.rows import CommunicationMoved, CommunicationRow, CommunicationWhole
from hub.doors.act import OPERATE, Act, List, Noun, Read
from hub.errors import (
    ChangedDraft,
    InvalidDocument,
    NoRelease,
    NoSuch,
    NotConfirmed,
    NotOffered,
    OtherState,
    UnknownAccount,
)
from hub.model.communications import CommunicationState, Origin, before
from hub.operations.communications.elsewhere import ALLOWED

PATH: Final = "/communications"
_ONE: Final = f"{PATH}/{{id}}"
_CIRCULAR: Final = {
    "kind": "admin.circular.issued",
    "data": {"title": "Lavado del tanque", "body_markdown": "El **jueves** lavamos el tanque."},
    "to": ["residents@copropiedad:ph-altos-del-rosal"],
}


def _in(*states: CommunicationState) -> Callable[[CommunicationWhole], bool]:
    return lambda whole: whole.row.state in states


def _has_left(whole: CommunicationWhole) -> bool:
    """Return whether there may be somebody who has it, and nobody has taken it back."""
    return whole.row.started_at is not None and whole.row.state in before(CommunicationState.RECALLED)


def _may_come_back(whole: CommunicationWhole) -> bool:
    """Return whether it is of a person, and has not left."""
    own = whole.row.origin is not Origin.EVENT
    return own and whole.row.state in {CommunicationState.WAITING, CommunicationState.SCHEDULED}


def _said(done: CommunicationMoved | CommunicationRow) -> str:
    return f"{done.id}  {done.state.value}"


def _has_lost(whole: CommunicationWhole) -> bool:
    progress = whole.progress
    return whole.row.state in ALLOWED and progress is not None and progress.lost + progress.unread > 0


_begins: Final = partial(Act, status=201, says=_said)
_changes: Final = partial(Act, refuses=(ChangedDraft, OtherState))
_decides: Final = partial(
    Act, offered=_in(CommunicationState.WAITING), refuses=(ChangedDraft, NoRelease), says=_said
)
_moves: Final = partial(Act, refuses=(OtherState,), says=_said)
LIST: Final = List(
    acts.list_communications,
    PATH,
    row=CommunicationRow,
    title="Comunicaciones",
    about="Lo que la administración escribe y manda: borradores, lo programado, lo que sale y lo que salió.",
    empty="Todavía no se ha escrito ninguna. Empiece con «Comunicar».",
    file="comunicaciones",
    one=_ONE,
    live="communications",
    more=reviews.waiting_for_me,
    lines=("id", "state", "kind", "changed_at", "title"),
)
NOUN: Final = Noun(
    name="communications",
    one=acts.COMMUNICATION,
    audited={
        "communication.make": "Empezó una comunicación",
        "communication.save": "Cambió un borrador",
        "communication.document": "Abrió el documento de una comunicación",
        "communication.attach": "Adjuntó un documento a un borrador",
        "communication.detach": "Quitó un documento de un borrador",
        "communication.try": "Se mandó una prueba de una comunicación",
        "communication.list": "Dio una lista de personas para una comunicación",
        "communication.plan_people": "Bajó la lista de personas de lo planeado",
        "communication.plan": "Miró a quién llega una comunicación",
        "communication.send": "Mandó una comunicación",
        "communication.take_back": "Devolvió a borrador una comunicación programada",
        "communication.release": "Aprobó una comunicación, o lo intentó",
        "communication.refuse": "No aprobó una comunicación, o lo intentó",
        "communication.discard": "Descartó un borrador",
        "communication.recall": "Retiró una comunicación",
        "communication.pause": "Puso en pausa una comunicación",
        "communication.resume": "Reanudó una comunicación",
        "communication.people": "Vio a quiénes llegó una comunicación",
        "communication.elsewhere": "Mandó una comunicación por otro canal a quienes no les llegó",
        "communication.cancel": "Canceló lo que faltaba de una comunicación",
    },
    lists=(
        LIST,
        List(
            people.list_plan_people,
            f"{_ONE}/plan/people",
            needs=OPERATE,
            row=people.PlanPersonRow,
            command="plan-people",
        ),
    ),
    reads=(
        Read(acts.show_communication, _ONE, command="show"),
        Read(reached.list_reached, f"{_ONE}/people", command="people"),
        Read(
            reached.sheet_of_lost,
            f"{_ONE}/people.csv",
            needs=OPERATE,
            label="A quiénes no les llegó",
            command="",
        ),
        Read(files.show_files, f"{_ONE}/files"),
        Read(people.show_list, f"{_ONE}/list", command="rows"),
        Read(people.cost_communication, f"{_ONE}/cost"),
        Read(people.count_communication, f"{_ONE}/count", needs=OPERATE),
    ),
    acts=(
        _begins(acts.make_communication, PATH, command="new", refuses=(NoSuch,)),
        _begins(acts.copy_communication, f"{_ONE}/copy"),
        _begins(acts.begin_communication, "/models/{id}/begin", command="begin"),
        _changes(
            acts.save_communication,
            f"{_ONE}/save",
            says=lambda row: f"{row.id}  version {row.version}",
        ),
        Act(
            files.attach_file,
            f"{_ONE}/files",
            command="",
            done="El documento va con la comunicación.",
            refuses=(ChangedDraft, InvalidDocument, NotOffered, OtherState),
        ),
        _changes(files.drop_file, f"{_ONE}/files/drop", command="drop-file"),
        Act(
            reading.try_communication,
            f"{_ONE}/try",
            done="La prueba va a su correo y a su bandeja: solo le llega a usted.",
            refuses=(NotOffered, OtherState),
            says=lambda tried: f"{tried.id}  {tried.person}",
        ),
        _changes(
            people.give_list,
            f"{_ONE}/list",
            command="give-rows",
            done="La lista quedó leída: mire abajo lo que no se encontró.",
        ),
        _changes(acts.plan_communication, f"{_ONE}/plan"),
        Act(
            acts.send_communication,
            f"{_ONE}/send",
            done="Va saliendo: aquí se ve cómo llega.",
            refuses=(ChangedDraft, NotConfirmed, NoRelease, OtherState, UnknownAccount),
            says=_said,
        ),
        _decides(
            reviews.release_communication,
            f"{_ONE}/release",
            label="Aprobar",
            style="main",
            done="Quedó aprobada: sale como la vio.",
            asks=reviews.ask_to_release,
        ),
        _decides(
            reviews.refuse_communication,
            f"{_ONE}/refuse",
            label="No aprobar",
            done="No sale: quien la escribió sabe por qué.",
            asks=reviews.ask_to_refuse,
        ),
        _moves(
            acts.take_back_communication,
            f"{_ONE}/take-back",
            label="Devolver a borrador",
            offered=_may_come_back,
            done="Es un borrador otra vez: no sale hasta que la mande.",
            asks=acts.ask_take_back,
        ),
        _moves(
            stopping.recall_communication,
            f"{_ONE}/recall",
            label="Retirar",
            done="Se retiró: nada más sale. La corrección queda lista en unos segundos.",
            asks=stopping.ask_recall_communication,
            offered=_has_left,
            keeps=True,
        ),
        _moves(
            acts.discard_communication,
            f"{_ONE}/discard",
            label="Descartar",
            style="plain",
            offered=_in(CommunicationState.DRAFT),
            done="El borrador quedó descartado.",
            leads_to=PATH,
        ),
        _moves(
            stopping.pause_communication,
            f"{_ONE}/pause",
            label="Pausar",
            offered=_in(CommunicationState.RUNNING),
            done="Está en pausa: lo que falta espera.",
            asks=stopping.ask_pause,
        ),
        _moves(
            stopping.resume_communication,
            f"{_ONE}/resume",
            label="Reanudar",
            offered=_in(CommunicationState.PAUSED),
            done="Sigue saliendo lo que faltaba.",
        ),
        _moves(
            stopping.cancel_communication,
            f"{_ONE}/cancel",
            label="Cancelar lo que falta",
            style="plain",
            offered=_in(CommunicationState.RUNNING, CommunicationState.PAUSED),
            done="Lo que faltaba ya no sale.",
            asks=stopping.ask_cancel,
        ),
        Act(
            reached.send_elsewhere,
            f"{_ONE}/elsewhere",
            label="Por otro canal a quienes no les llegó",
            offered=_has_lost,
            done="Va por otro canal a quienes no les había llegado.",
            asks=reached.ask_elsewhere,
            refuses=(NoRelease, OtherState),
            says=lambda done: f"{done.id}  {done.channel}  {done.people}",
        ),
    ),
    examples={
        rows.CommunicationBody: _CIRCULAR,
        rows.SaveBody: {**_CIRCULAR, "version": 1},
        rows.PauseCommunicationBody: {"reason": "El proveedor de correo está caído."},
        rows.CancelCommunicationBody: {"why": "wrong"},
        rows.ElsewhereBody: {"channel": "sms"},
        rows.ReleaseBody: {"digest": "0" * 64},
        rows.RefusalBody: {"digest": "0" * 64, "reason": "Falta la hora en que vuelve el agua."},
        files.FileBody: {"file": "JVBERi0xLjQK", "file_name": "programa.pdf", "version": 1},
        files.FilePlaceBody: {"place": 1, "version": 2},
        people.ListBody: {"text": "T1-101\nT2-302", "version": 1},
        rows.SendBody: {"digest": "0" * 64, "typed": "Altos del Rosal"},
        rows.CommunicationRecallBody: {
            "reason": "El día estaba mal.",
            "wrong_markdown": "Decía que el lavado es el jueves.",
            "correction_markdown": "El lavado es el **viernes**.",
        },
    },
)
APPROVALS: Final = Noun(
    name="approvals",
    one=reviews.APPROVAL,
    lists=(
        List(
            reviews.list_approvals,
            "/approvals",
            needs=OPERATE,
            row=rows.ApprovalRow,
            title="Por aprobar",
            about="Lo que llega a muchas personas y espera que otra persona lo apruebe.",
            empty="Nada espera aprobación.",
            file="por-aprobar",
            one=_ONE,
            section=PATH,
            live="communications",
            lines=("id", "asked_at", "people", "asked_by", "title"),
        ),
    ),
)
