"""A case in words: each entry, their order, how it stands now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from hub.errors import StorageUnavailable
from hub.model import (
    MENDED_BY,
    NOT_OPTED_IN,
    ON_LEAVE,
    About,
    Acknowledgement,
    Attempt,
    Clock,
    ClockHistory,
    ClockState,
    Inbound,
    Pause,
    Promise,
    Purpose,
    Reply,
    ReplyKind,
    State,
    Step,
    StepKind,
    StoredEvent,
)
from hub.model.extensions import ExtensionRefusal
from hub.operations.cases.entries import attention, entries_of
from hub.operations.cases.lookup import choices, find, is_radicado, title_of
from hub.operations.cases.schemas import ThreadEntry, ThreadKind
from hub.operations.cases.summary_es import summary
from hub.operations.cases.thread import ThreadPage, Threads
from hub.ports import SentMessage
from hub.ports.cases import CaseEntry, CaseFacts, CaseMessage, ClockChange, EntryKind, KnownCase
from hub.testing import MemoryAudit
from tests.actors import actor
from tests.contract.values import clock, event, message, stored
from tests.unit.factories import POLICY

MONDAY = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
"""8:05 in Bogotá."""
HOUR = timedelta(hours=1)
CASE = "pqrs_id:pqrs-1"


def entry(kind: EntryKind, key: UUID, **fields: Any) -> CaseEntry:
    return CaseEntry(**{"at": MONDAY, "rank": 0, "id": str(key), "kind": kind, "key": key, **fields})


def facts(*entries: CaseEntry, **fields: Any) -> CaseFacts:
    return CaseFacts(**{"case": CASE, "first": None, "head": (), "entries": entries, **fields})


def of_event(name: str, data: dict[str, Any], **fields: Any) -> ThreadEntry:
    one = stored(event(name, time=MONDAY, data=data))
    [told] = entries_of(facts(entry(EntryKind.EVENT, one.key), events={one.key: one}, **fields), whole=False)
    return told


def test_quiet_event_says_nothing_to_the_person_and_a_document_is_named() -> None:
    def words(**more: Any) -> Any:
        data = {"answer": "Va el acta.", "document_ref": "acta", "document_sha256": "ab" * 32}
        one = stored(event("pqrs.responded", time=MONDAY, data=data, **more))
        asked = facts(entry(EntryKind.EVENT, one.key), events={one.key: one})
        [told] = entries_of(asked, whole=True)
        return told.words

    assert ("Va el acta.", "acta") == (words().text, words().file)
    assert words(extensions={"quiet": True}) is None


@pytest.mark.parametrize(
    ("name", "field", "author"),
    [
        ("support.written", "words", "agent_id"),
        ("pqrs.replied", "summary", "agent_id"),
        ("pqrs.responded", "answer", "agent_id"),
        ("pqrs.closed", "actions_taken", "agent_id"),
    ],
)
def test_what_staff_has_said_stands_in_the_whole_case_with_its_author(
    name: str, field: str, author: str
) -> None:
    one = stored(event(name, time=MONDAY, data={field: "Pasa el lunes.", author: "account:luz"}))
    asked = facts(entry(EntryKind.EVENT, one.key), events={one.key: one}, names=LUZ)
    [whole], [masked] = (entries_of(asked, whole=shown) for shown in (True, False))

    assert whole.words is not None
    assert ("Pasa el lunes.", "Luz Mora") == (whole.words.text, whole.words.name)
    assert masked.words is None


LUZ = {"account:luz": "Luz Mora", "p-luz": "Luz Mora"}
STEP = {"clock": "first_reply", "due_at": "2026-03-10T19:05:00Z"}


@pytest.mark.parametrize(
    ("name", "data", "kind", "sentence"),
    [
        (
            "pqrs.received",
            {"radicado": "PQ-1", "subject": "Ruido de la señora Gómez"},
            ThreadKind.EVENT,
            "PQRS recibida (radicado PQ-1).",
        ),
        (
            "pqrs.term_extended",
            {"new_due_on": "2026-04-15"},
            ThreadKind.EVENT,
            "PQRS con término ampliado (se pide hasta el miércoles 15 de abril de 2026).",
        ),
        (
            "sla.at_risk",
            {**STEP, "percent": 80, "level": 1},
            ThreadKind.CLOCK_AT_RISK,
            "«Primera respuesta» va en el 80 % de su plazo: se avisa al nivel 1 (Servicio al cliente).",
        ),
        (
            "sla.at_risk",
            {**STEP, "percent": 100, "level": 1},
            ThreadKind.CLOCK_AT_RISK,
            (
                "«Primera respuesta» sigue corriendo, porque la respuesta no llegó: "
                "se avisa al nivel 1 (Servicio al cliente)."
            ),
        ),
        (
            "sla.breached",
            {**STEP, "level": 2, "vacant_levels": [1]},
            ThreadKind.CLOCK_BREACHED,
            (
                "Se incumple «Primera respuesta»: venció el martes 10 de marzo de 2026 a las 2:05 p. m.; "
                "se avisa al nivel 2 (Coordinación del área); nadie ocupa el nivel 1."
            ),
        ),
        (
            "pqrs.escalated",
            {**STEP, "cause": "unanswered", "from_level": 1, "to_level": 4, "vacant_levels": [2, 3]},
            ThreadKind.CLOCK_ESCALATED,
            (
                "«Primera respuesta» sigue sin respuesta: pasa del nivel 1 al nivel 4 (Gerencia general); "
                "nadie ocupa los niveles 2 y 3."
            ),
        ),
        (
            "pqrs.escalated",
            {**STEP, "cause": "reminder", "from_level": 4, "to_level": 4},
            ThreadKind.CLOCK_ESCALATED,
            "Se le recuerda al nivel 4 (Gerencia general): «Primera respuesta» sigue sin respuesta.",
        ),
        (
            "sla.acknowledged",
            {"by": "account:luz", "level": 2},
            ThreadKind.ACKNOWLEDGED,
            "Luz Mora asume el caso por el nivel 2 (Coordinación del área).",
        ),
        (
            "emergency.unreached",
            {"about": "emergency.declared", "people": [{"name": "Bea"}, {"name": "Luis"}]},
            ThreadKind.UNDELIVERED,
            "Nada de «Emergencia declarada» le llegó a 2 personas: se pide a la portería que llame.",
        ),
        (
            "emergency.acknowledged",
            {"by": "p-luz"},
            ThreadKind.ACKNOWLEDGED,
            "Luz Mora atiende la emergencia.",
        ),
        (
            "notification.undelivered",
            {"about": "pqrs.responded", "reason": "smtp_550_5.1.1", "letter_id": "x"},
            ThreadKind.UNDELIVERED,
            (
                "No se pudo entregar «PQRS respondida»: la dirección de correo no existe; "
                "queda una carta por imprimir y entregar."
            ),
        ),
        (
            "notification.handed_over",
            {"about": "pqrs.responded"},
            ThreadKind.LETTER_HANDED_OVER,
            "Se entregó en mano la carta de «PQRS respondida».",
        ),
        (
            "sla.resolved",
            {"clock": "legal_term"},
            ThreadKind.CLOCK_RESOLVED,
            "Se avisa a quienes llamó el plazo que «Término legal de respuesta» terminó.",
        ),
        ("of.tomorrow", {"due_at": "nonsense"}, ThreadKind.EVENT, "of.tomorrow."),
    ],
)
def test_event_is_told_in_a_sentence(
    name: str, data: dict[str, Any], kind: ThreadKind, sentence: str
) -> None:
    told = of_event(name, data, names=LUZ)

    assert (kind, sentence) == (told.kind, told.sentence)


def test_event_that_did_not_reach_everybody_says_why_and_its_subject_is_for_the_whole_case() -> None:
    one = stored(event(time=MONDAY, data={"subject": "Ruido del 301"}))
    page = facts(
        entry(EntryKind.EVENT, one.key), events={one.key: one}, unreached={one.key: ["unknown_unit"]}
    )
    [masked] = entries_of(page, whole=False)
    [whole] = entries_of(page, whole=True)

    assert 1 == len(masked.more)
    assert masked.more[0].startswith("El directorio no tiene la unidad")
    assert ["Asunto: «Ruido del 301».", *masked.more] == whole.more


@pytest.mark.parametrize("reason", ExtensionRefusal)
def test_an_extension_that_was_refused_says_why_in_words(reason: ExtensionRefusal) -> None:
    one = stored(event("pqrs.term_extended", time=MONDAY, data={"new_due_on": "2026-12-30"}))
    page = facts(entry(EntryKind.EVENT, one.key), events={one.key: one}, refused={one.key: [reason]})
    [told] = entries_of(page, whole=False)

    [words] = told.more
    assert words.startswith("El plazo no quedó como se pidió: ")
    assert reason not in words


def test_event_that_the_office_has_mended_says_by_whom() -> None:
    one = stored(event(time=MONDAY, extensions={MENDED_BY: "account:ana"}))
    [told] = entries_of(facts(entry(EntryKind.EVENT, one.key), events={one.key: one}), whole=False)

    assert ["El centro lo había rechazado; lo corrigió account:ana."] == told.more


def change(of: Clock, what: ClockChange) -> str:
    page = facts(entry(EntryKind.CLOCK, of.id, change=what), clocks={of.id: of})
    [told] = entries_of(page, whole=False)
    return told.sentence


def test_recall_says_why_only_in_the_whole_case() -> None:
    one = stored(event("notification.recall", time=MONDAY, data={"reason": "Salió con otro valor."}))
    given = facts(entry(EntryKind.EVENT, one.key), events={one.key: one})
    [[short], [whole]] = [entries_of(given, whole=whole) for whole in (False, True)]

    assert "Aviso retirado." == short.sentence
    assert ([], ["Motivo: Salió con otro valor."]) == (short.more, whole.more)


def test_each_change_of_a_clock_is_told_with_the_instant_that_the_clock_holds() -> None:
    term = clock(CASE, name="legal_term", due_at=datetime(2026, 3, 31, 5, tzinfo=UTC))
    paused = replace(term, course=ClockHistory(pauses=(Pause(since=MONDAY, until=MONDAY + HOUR),)))
    named, due = "«Término legal de respuesta»", "vence el lunes 30 de marzo de 2026, al final del día"

    assert f"Empieza el plazo {named}: {due}." == change(term, ClockChange.STARTED)
    assert f"Empieza el plazo {named}." == change(paused, ClockChange.STARTED)
    assert f"El plazo {named} queda en pausa." == change(paused, ClockChange.PAUSED)
    assert f"El plazo {named} sigue corriendo: {due}." == change(paused, ClockChange.RESUMED)
    assert f"Se amplía el plazo {named}: {due}." == change(term, ClockChange.EXTENDED)
    assert f"El plazo {named} sigue corriendo: la respuesta no llegó." == change(term, ClockChange.REOPENED)
    assert f"Se cumple a tiempo el plazo {named}." == change(
        replace(term, state=ClockState.MET), ClockChange.ENDED
    )
    assert (
        f"Se cumple tarde el plazo {named}: había vencido el lunes 30 de marzo de 2026, al final del día."
        == (change(replace(term, state=ClockState.BREACHED), ClockChange.ENDED))
    )
    assert f"Se cancela el plazo {named}." == change(
        replace(term, state=ClockState.CANCELLED), ClockChange.ENDED
    )


def sent(**fields: Any) -> tuple[StoredEvent, CaseMessage]:
    one = stored(event(time=MONDAY, data={"radicado": "PQ-1"}))
    said = message(one, state=State.SENT, **fields)
    call = Attempt(message_id=said.id, at=MONDAY, outcome="accepted", provider="smtp", code="250")
    return one, CaseMessage(message=said, attempts=[call])


def test_expired_acknowledgement_of_an_open_case_is_an_attention_until_something_was_said() -> None:
    one = stored(event())
    said = message(one, state=State.EXPIRED, reason="too_old", purpose=Purpose.TRANSACTIONAL)
    untold = CaseMessage(message=said, case_open=True)
    later = SentMessage(message=message(one, state=State.SENT))
    page = facts(entry(EntryKind.MESSAGE, said.id), messages={said.id: untold})
    warned = attention(page)
    answered = replace(page, messages={said.id: replace(untold, later=later)})
    closed = replace(page, messages={said.id: replace(untold, case_open=False)})

    assert ["Atención: un acuse de este caso se venció sin salir"] == [each.split(",")[0] for each in warned]
    assert ([], []) == (attention(answered), attention(closed))
    assert "El caso sigue abierto, y no consta que se le haya escrito después." in told(page).more
    assert "Se le escribió después sobre el mismo caso" in told(answered).more[0]


def told(page: CaseFacts, *, whole: bool = False) -> ThreadEntry:
    [found] = entries_of(page, whole=whole)
    return found


def page_of(one: StoredEvent, said: CaseMessage) -> CaseFacts:
    key = said.message.id
    return facts(entry(EntryKind.MESSAGE, key), messages={key: said}, events={one.key: one})


def test_message_is_told_with_its_state_and_the_providers_answer() -> None:
    shown = told(page_of(*sent(name="M*** P***", address="m***@e***.com")))

    assert ThreadKind.MESSAGE is shown.kind
    assert (
        "A M*** P***, «PQRS recibida», por correo a m***@e***.com: "
        "enviado el lunes 9 de marzo de 2026 a las 8:05 a. m."
    ) == shown.sentence
    assert ["9 mar 2026, 8:05 a. m.: aceptado por el proveedor (smtp, 250)."] == shown.more
    assert shown.message is not None
    assert (None, None) == (shown.message.text, shown.message.text_origin)


def test_that_the_hub_has_stored_something_itself_is_no_answer_of_a_provider() -> None:
    one, said = sent(channel="inbox", address="p-1")
    by_the_hub = replace(said, attempts=[structs.replace(said.attempts[0], provider="hub", code="")])
    assert [] == list(told(page_of(one, by_the_hub)).more)


def test_letter_is_a_kind_of_its_own() -> None:
    one, paper = sent(channel="print", address="p-1")

    assert ThreadKind.LETTER is told(page_of(one, paper)).kind


@pytest.mark.parametrize(
    ("kind", "person", "sentence"),
    [
        (ReplyKind.REPLY, "p-1", "María Peña escribe por SMS."),
        (ReplyKind.ACKNOWLEDGE, "p-1", "María Peña escribe TOMO por SMS."),
        (ReplyKind.OPT_OUT, "inline:2", "Ida Torres pide por SMS no recibir más mensajes comerciales."),
        (
            ReplyKind.AUTOMATIC,
            None,
            "Alguien que el directorio no conoce (…4567) contesta por SMS con un mensaje automático.",
        ),
    ],
)
def test_reply_has_its_writer_and_its_channel(kind: ReplyKind, person: str | None, sentence: str) -> None:
    reply = Reply(channel="sms", provider="twilio", reference="r", address="…4567", text="Hola", at=MONDAY)
    key = UUID(int=1)
    about = About(person=person, case=CASE, name="Ida Torres" if person == "inline:2" else "")
    inbound = Inbound(id=key, kind=kind, reply=reply, about=about, thread="de-1")
    page = facts(entry(EntryKind.REPLY, key), replies={key: inbound}, names={"p-1": "María Peña"})
    masked, whole = told(page), told(page, whole=True)

    assert sentence == masked.sentence
    assert masked.reply is not None
    assert (None, "thread_id:de-1") == (masked.reply.text, masked.reply.thread)
    assert whole.reply is not None
    assert "Hola" == whole.reply.text


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (ON_LEAVE, "está en licencia o vacaciones; la reemplaza p-9"),
        (NOT_OPTED_IN, "no hay una autorización suya en pie para escribirle con esta finalidad"),
        ("no_contact", "la persona no tiene un dato de contacto que sirva para este canal"),
    ],
)
def test_who_was_left_out_is_told_with_the_reason(reason: str, why: str) -> None:
    one = stored(event(time=MONDAY))
    left = entry(EntryKind.LEFT_OUT, one.key, person="p-1", reason=reason, detail="p-9")
    shown = told(facts(left, events={one.key: one}, names={"p-1": "M*** P***"}))

    assert f"A M*** P*** no se le avisa de «PQRS recibida»: {why}." == shown.sentence


def test_what_is_gone_since_it_was_listed_is_left_out() -> None:
    key = UUID(int=1)
    page = facts(*(entry(kind, key, change=ClockChange.ENDED) for kind in EntryKind if kind != "left_out"))

    assert [] == entries_of(page, whole=False)


PROMISE = Promise(target=24 * HOUR)
CLIMBED = (
    Step(kind=StepKind.ESCALATE, at=MONDAY + HOUR, from_level=1, to_level=2),
    Step(kind=StepKind.ESCALATE, at=MONDAY + 5 * HOUR, from_level=2, to_level=3),
)


def running(**fields: Any) -> Clock:
    due = MONDAY + 30 * HOUR
    return clock(
        CASE, **{"started_at": MONDAY, "due_at": due, "promise": PROMISE, "steps": CLIMBED, **fields}
    )


def stands(*clocks: Clock) -> list[str]:
    return summary(clocks, LUZ, MONDAY + 2 * HOUR, POLICY.calendar)


def test_summary_says_when_the_promise_falls_due_and_who_has_it() -> None:
    level_2 = running(level=2, fired=1)
    taken = ClockHistory(acknowledged=(Acknowledgement(level=2, at=MONDAY + 2 * HOUR, by="account:luz"),))

    assert [
        "Abierto.",
        (
            "Primera respuesta: vence el martes 10 a las 2:05 p. m., en 13 horas hábiles; "
            "lo tiene el nivel 1 (Servicio al cliente) desde el lunes 9 de marzo de 2026 a las 8:05 a. m."
        ),
    ] == stands(running())
    assert stands(level_2)[1].endswith(
        "lo tiene el nivel 2 (Coordinación del área) desde el lunes 9 de marzo de 2026 a las 9:05 a. m."
    )
    assert stands(replace(level_2, course=taken))[1].endswith(
        "lo tiene Luz Mora desde el lunes 9 de marzo de 2026 a las 10:05 a. m."
    )


def test_summary_of_an_ended_case_says_how_each_promise_ended() -> None:
    met = running(state=ClockState.MET, ended_at=MONDAY + HOUR)
    late = replace(running(name="legal_term"), state=ClockState.BREACHED, ended_at=MONDAY + HOUR)

    assert [
        "Cerrado: todos sus plazos terminaron.",
        "Primera respuesta: cumplido el lunes 9 a las 9:05 a. m.",
        "Término legal de respuesta: cumplido tarde el lunes 9 a las 9:05 a. m.",
    ] == stands(met, late)
    assert ["Sin plazos: nada de este caso tiene un plazo que cumplir."] == stands()


def stored_cases(*cases: str, named: str = "") -> Any:
    return OneCase(*cases, named=named)


class OneCase:
    """A PostgresCases with cases by key, and one that words and ids name."""

    def __init__(self, *cases: str, named: str = "") -> None:
        self.cases, self.name = cases, named
        self.asked: list[tuple[list[str], list[UUID]]] = []

    async def named(self, words: Any, ids: Any) -> list[str]:
        self.asked.append((list(words), list(ids)))
        return [self.name] if self.name else []

    async def known(self, cases: Any, *, places: Any = None) -> list[KnownCase]:
        assert places is None
        first = stored(event(time=MONDAY))
        return [KnownCase(case=case, alone=True, first=first) for case in sorted(cases) if case in self.cases]

    async def page(self, case: KnownCase, **_: Any) -> CaseFacts:
        return facts(case=case.case, first=case.first)

    async def of_person(self, person: str, **_: Any) -> CaseFacts:
        raise NotImplementedError


async def test_case_is_found_by_its_key_its_number_and_what_names_it() -> None:
    store = stored_cases("pqrs_id:PQ-1", "incident_id:PQ-1", "outage_id:7", named="outage_id:7")
    by_key = await find(store, " pqrs_id:PQ-1 ")
    by_number = await find(store, "pq-1")
    by_id = await find(stored_cases("outage_id:7", named="outage_id:7"), str(UUID(int=7)))
    steps = f"clock_id:{UUID(int=7)}"
    by_step = await find(stored_cases("outage_id:7", steps, named="outage_id:7"), steps)
    nobody = [await find(stored_cases(), asked) for asked in ("PQ-1", "", "x" * 1001)]

    assert ["pqrs_id:PQ-1"] == [found.case for found in by_key]
    assert ["incident_id:PQ-1", "outage_id:7", "pqrs_id:PQ-1"] == [found.case for found in by_number]
    assert ["outage_id:7"] == [found.case for found in by_id] == [found.case for found in by_step]
    assert [[], [], []] == nobody
    assert ["PQRS recibida"] * 3 == [choice.title for choice in choices(by_number).choices]


async def test_number_of_a_petition_is_given_once() -> None:
    """A second petition of one number would join the first one's case, and have no term of its own."""
    store = stored_cases("pqrs_id:PQ-1", "incident_id:PQ-2")

    assert [True, True, False, False] == [
        await is_radicado(store, number) for number in ("PQ-1", " pq-1", "PQ-2", "PQ-3")
    ]


async def test_look_at_a_case_is_noted_and_nothing_is_shown_without_the_row() -> None:
    store, notes = stored_cases(CASE), MemoryAudit()
    threads, [case] = Threads(store=store, calendar=POLICY.calendar), await find(store, CASE)
    by = actor(now=MONDAY, notes=notes)
    shown = [await threads.look(by, case, ThreadPage(whole=whole)) for whole in (False, True)]
    looks = [(row.action, row.subject, row.person, row.detail) for row in notes.rows]
    notes.faults.always("add", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await threads.look(by, case, ThreadPage())

    assert [True, False] == [one.masked for one in shown]
    assert [("case.show", f"case:{CASE}", None, {"whole": whole}) for whole in (False, True)] == looks


async def test_thread_has_the_number_by_which_people_know_the_case() -> None:
    store = stored_cases(CASE)
    [case] = await find(store, CASE)
    thread = await Threads(store=store, calendar=POLICY.calendar).look(actor(now=MONDAY), case, ThreadPage())

    assert ("pqrs-1", "PQRS recibida", MONDAY, []) == (
        thread.number,
        title_of(case),
        thread.opened_at,
        thread.entries,
    )
