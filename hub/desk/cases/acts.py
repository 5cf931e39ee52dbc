"""Cases: taken on, released and closed; what somebody wrote becomes a petition, which is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from msgspec import structs

from hub.business_time.dates import day_start, next_day_start
from hub.desk.cases import queries
from hub.desk.cases.colleagues import tell_taken
from hub.desk.cases.conversation import conversation_of, name_of
from hub.desk.cases.given import document_of
from hub.desk.cases.known import Key, case_of, facts_of, held_by_another, require_no_term
from hub.desk.cases.publishing import Said, say
from hub.desk.cases.rows import AnswerBody, CaseRow, CasesQuery, CloseBody, FiledBody, TakeBody
from hub.doors.act import Question
from hub.doors.operator import Operator
from hub.errors import NotOffered
from hub.messages.planning.documents import naming
from hub.model import THREAD, Clock, ClockState, Event, Json, own_event, within
from hub.model.casework import CaseKind
from hub.model.documents import FIELD
from hub.model.pages import Rows
from hub.model.receipts import RECEIVED_AT, receipt_of
from hub.model.registrations import PETITIONS, KindWord, Registering, Series, form_id
from hub.operations.cases import lookup
from hub.operations.cases.acts import ANSWERS, CLOSINGS, LONGEST, CaseActed, CaseTaken, offered, waits
from hub.operations.cases.thread import LEGAL_TERM, awaits_answer, number_of
from hub.operations.cases.writing import signed
from hub.operations.registrations import register
from hub.ports.cases import CaseFacts, CaseFilter, KnownCase
from hub.rendering import case_words_es
from hub.sla.acknowledge import acknowledge, level_to_acknowledge
from hub.sla.events import PARTIES

_FIRST_REPLY: Final = "first_reply"
_CHANNELS: Final[Mapping[str, str]] = {"email": "correo"}
"""Channel of a reply → how it came in, where that has another word."""
_CAME_BY: Final[Mapping[str, str]] = {
    "support.email.received": "correo",
    "support.form.received": "web",
    "support.counter.received": "presencial",
    "support.chat.missed": "chat",
    "support.call.missed": "telefono",
}
"""The same for the events of other systems."""


_TAKEN: Final = "Another PQRS has this radicado. Give it another, or close the conversation, naming that one."
_CLOSE: Final = "close it"
NOBODYS: Final = TakeBody()
"""Takes what nobody has."""
WORK_DONE: Final = {
    "name": "words",
    "kind": "area",
    "help": "Máximo 5.000 letras.",
    "most": LONGEST,
    "required": True,
}
"""The field for the work that was done, which the event of a close says."""


async def list_cases(by: Operator, query: CasesQuery) -> Rows[CaseRow]:
    """List cases, the one in which something happened last first."""
    asked = CaseFilter(
        is_open=None if query.state is None else query.state == "open",
        kind=query.kind,
        assignee=by.who if query.mine else None,
        since=None if query.since is None else day_start(query.since),
        until=None if query.until is None else next_day_start(query.until),
        places=within(by.places, query.copropiedad),
    )
    return await queries.cases(by.db, asked, query)


async def take_case(by: Operator, key: Key, body: TakeBody) -> CaseTaken:
    """
    Take a case on, and acknowledge its promises that wait for that; safe to repeat.

    From somebody else it takes a reason, and who has it by reference; that colleague is told, in the inbox.

      hub cases take-on PQ-2026-000901
    """
    return await take_on(by, await case_of(by, key), body)


async def release_case(by: Operator, key: Key) -> CaseTaken:
    """
    Release one's own case, so that somebody else can take it; safe to repeat.

      hub cases release PQ-2026-000901
    """
    return await release(by, await case_of(by, key))


async def take_on(by: Operator, case: KnownCase, body: TakeBody = NOBODYS) -> CaseTaken:
    """Take a case on that is known. Raises HeldByAnother."""
    holder = await by.stores.casework.assignee(case.into or case.case)
    if holder != by.who:
        await _take(by, case, holder, body)
    head = (await facts_of(by, case)).head
    done = [await _acknowledge(by, clock) for clock in head if waits(clock)]
    return CaseTaken(case=case.case, assignee=by.who, acknowledged=sum(done))


async def _take(by: Operator, case: KnownCase, holder: str | None, body: TakeBody) -> None:
    """Take a case from who has it, or from nobody: whoever was quicker keeps it."""
    if holder is not None and (holder != body.held_by or not body.reason.strip()):
        raise await held_by_another(by, holder)
    await by.audit("case.take_on", f"case:{case.case}", **({"from": holder} if holder else {}))
    has_it = await by.stores.casework.take_case(case.into or case.case, by.who, held_by=holder)
    if has_it != by.who:
        raise await held_by_another(by, has_it)
    if holder is not None:
        await tell_taken(by, case, holder, body)


async def release(by: Operator, case: KnownCase) -> CaseTaken:
    """Release a case that is known. Raises HeldByAnother: who wants the case of somebody else takes it."""
    holder = await by.stores.casework.assignee(case.into or case.case)
    if holder not in {None, by.who}:
        raise await held_by_another(by, holder)
    await by.audit("case.release", f"case:{case.case}")
    await by.stores.casework.assign_case(case.case, None, by=by.who)
    return CaseTaken(case=case.case, assignee=None)


async def _acknowledge(by: Operator, clock: Clock) -> bool:
    # Each promise has consequences of its own, and so a note of its own, as when one takes it on alone.
    await by.audit("clock.acknowledge", f"clock:{clock.id}", level=level_to_acknowledge(clock))
    return (await acknowledge(clock, by=by.who, publisher=by.stores.publisher, now=by.now)).changed


async def close_case(by: Operator, key: Key, body: CloseBody) -> CaseActed:
    """
    Close a case, by the event that its kind has for that.

      hub cases close PQ-2026-000901 --words "Se cambió el sello."
    """
    case = await case_of(by, key)
    act = offered(CLOSINGS, case, _CLOSE)
    # In law only the final answer ends a legal term (Ley 1755 de 2015, art. 14).
    await require_no_term(by, case)
    form = body.form or token_urlsafe(12)
    return await say(by, case, Said(act=act, words=body.words, action="case.close", form=form, at=by.now))


async def ask_close(by: Operator, key: Key) -> Question:
    """Ask for the work done, and show the consequences of closing; a legal term needs its answer first."""
    case = await case_of(by, key)
    offered(CLOSINGS, case, _CLOSE)
    facts, (what, follows) = await facts_of(by, case), case_words_es.CLOSINGS[case.case.partition(":")[0]]
    due, radicado = awaits_answer(facts.head), number_of(facts)
    numbered = {"Número": radicado} if radicado not in case.case else {}
    return Question(
        title="Cerrar un caso",
        facts={"Caso": lookup.title_of(case), **numbered},
        follows=case_words_es.RESPOND_FIRST if due else follows,
        press="" if due else "Sí, cerrar",
        fields=[{**WORK_DONE, "label": what}] if what else (),
        kept={"form": token_urlsafe(12)},
    )


async def end(by: Operator, case: KnownCase, words: str, form: str) -> None:
    """
    Close a case whose person has just been answered: recorded, and written to nobody.

    Only a petition: a conversation ends with its answer.
    """
    if case.case.startswith(f"{CaseKind.PQRS}:"):
        act = replace(offered(CLOSINGS, case, _CLOSE), quiet=True)
        at = by.now + timedelta(milliseconds=1)
        await say(by, case, Said(act=act, words=words, action="case.close", form=form, at=at))


async def respond_to_case(by: Operator, key: Key, body: AnswerBody) -> CaseActed:
    """
    Give the final answer to a petition: it reaches the petitioner, and ends the legal term.

      hub cases respond PQ-2026-000901 --words "El acta va adjunta." --document https://portal.example.com/acta.pdf
    """
    case, document = await case_of(by, key), await document_of(by, body)
    talk = await conversation_of(by, case)
    act = offered(ANSWERS, case, "give a final answer")
    terms = [
        one for one in (await facts_of(by, case)).head if (one.name, one.case) == (LEGAL_TERM, case.case)
    ]
    if terms and not awaits_answer(terms):
        raise NotOffered("The legal term of this case has ended. Write a reply instead.")
    named = {FIELD: body.document.strip()} if body.document.strip() else {}
    signature = signed(talk, name=await name_of(by))
    act = act.with_fields({**signature, **named, **naming(document, body.file_name)})
    form = body.form or token_urlsafe(12)
    said = Said(act=act, words=body.words, action="case.respond", form=form, at=by.now)
    done = await say(by, case, said, document)
    if body.close:
        await end(by, case, body.words, form)
    return done


async def file_conversation(by: Operator, key: Key, body: FiledBody) -> CaseActed:
    """
    Make a PQRS of what somebody wrote: its terms count from when it came, and the conversation is that case.

      hub cases file thread_id:de-1 --kind queja --service-area conserjeria --subject Ruido
    """
    case, stores = await case_of(by, key), by.stores
    given, facts = structs.asdict(body), await facts_of(by, case)
    form = given.pop("form") or token_urlsafe(12)
    place = None if facts.first is None else facts.first.copropiedad_id
    series = Series.at(PETITIONS, place, by.now)
    make = partial(_petition, facts, given, series, form, by.now)
    event = make(body.radicado or series.radicado(0))
    if body.radicado and await lookup.is_radicado(stores.cases, body.radicado):
        raise NotOffered(_TAKEN)
    stores.schemas.check(event, now=by.now)
    await by.audit("case.file", f"case:{case.case}", event=event.name)
    if body.radicado:
        await stores.publisher.event(event)
    else:
        asked = Registering(
            form=form_id(case.case, form), series=series, kind=KindWord.PQRS, by=by.by, at=by.now
        )
        await register(by.db, stores.publisher, asked, make)
    return CaseActed(case=case.case, event=event.name, event_id=event.id)


def _petition(
    facts: CaseFacts, given: Mapping[str, Json], series: Series, form: str, now: datetime, radicado: str
) -> Event:
    """Make the petition of a conversation; a number of ours is its own only with its copropiedad."""
    own = {} if given["radicado"] else {"pqrs_id": series.unique(radicado)}
    return petition_of(facts, {**given, **own, "radicado": radicado}, form=form, now=now)


def petition_of(facts: CaseFacts, given: Mapping[str, Json], *, form: str, now: datetime) -> Event:
    """
    Make the event by which a conversation is a PQRS; the same form makes the same event.

    `given` is what staff says of it: radicado, kind, service area and subject. Raises NotOffered.
    """
    first = facts.first
    data = first.event.data if first is not None else None
    if first is None or not isinstance(data, dict) or not facts.case.startswith(f"{THREAD}:"):
        raise NotOffered("Only what somebody has written becomes a PQRS.")
    if any(clock.name == _FIRST_REPLY and clock.state is ClockState.CANCELLED for clock in facts.head):
        raise NotOffered("It is a PQRS already: look for it by its radicado.")
    known: dict[str, Json] = {
        "pqrs_id": given["radicado"],
        "entry_channel": _came_by(first.event),
        RECEIVED_AT: receipt_of(first.event) or first.event.time.isoformat(),
        "petitioner": _writer(data),
        "copropiedad_id": first.copropiedad_id,
        "unit_id": first.unit_id,
        THREAD: data[THREAD],
    }
    said = {name: value for name, value in known.items() if value is not None}
    digest = sha256(f"{form}\0{facts.case}".encode(errors="surrogateescape")).hexdigest()
    return own_event("pqrs.received", f"case:{digest[:32]}", {**said, **given}, time=now)


def _came_by(event: Event) -> str:
    channel = str(event.data.get("channel") or "")
    return _CAME_BY.get(event.name) or _CHANNELS.get(channel, channel) or "otro"


def _writer(data: Mapping[str, Json]) -> Json:
    if data.get("person"):
        return {"ref": data["person"]}
    return next((data[word] for word in PARTIES if data.get(word)), None)
