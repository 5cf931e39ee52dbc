"""Cases: what somebody wrote becomes a petition, and a petition gets its final answer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from secrets import token_urlsafe
from typing import Annotated, Final

from msgspec import Meta, structs

from hub.desk.cases.conversation import conversation_of, name_of
from hub.desk.cases.given import document_of, keep, naming
from hub.desk.cases.rows import AnswerBody, FiledBody
from hub.doors.operator import Operator
from hub.errors import AnswerDue, NoSuch, NotOffered, SeveralCases
from hub.model.casework import CaseKind
from hub.model.documents import FIELD
from hub.operations.cases import lookup
from hub.operations.cases.acts import CaseActed, Extra
from hub.operations.cases.filing import petition_of
from hub.operations.cases.thread import awaits_answer
from hub.operations.cases.writing import signed
from hub.ports.cases import KnownCase

CASE: Final = "case"
_TAKEN: Final = "Another PQRS has this radicado. Give it another, or close the conversation, naming that one."
Key = Annotated[str, Meta(description="The radicado, or the whole key of the case.")]


async def respond_to_case(by: Operator, key: Key, body: AnswerBody) -> CaseActed:
    """
    Give the final answer to a petition: it reaches the petitioner, and ends the legal term.

      hub cases respond PQ-2026-000901 --words "El acta va adjunta." --document https://portal.example.com/acta.pdf
    """
    case, document = await case_of(by, key), await document_of(by, body)
    talk = await conversation_of(by, case)
    form = body.form or token_urlsafe(12)
    done = await by.stores.case_acts.respond(
        case,
        body.words,
        extra=Extra(
            given={
                **signed(talk, name=await name_of(by)),
                **({FIELD: body.document.strip()} if body.document.strip() else {}),
                **naming(document, body.file_name),
            },
            prepare=partial(keep, by, document=document),
        ),
        who=by.who,
        form=form,
        now=by.now,
        places=by.places,
    )
    if body.close:
        await end(by, case, body.words, form)
    return done


async def require_no_term(by: Operator, case: KnownCase) -> None:
    """Raise AnswerDue while the legal term of a case waits for its final answer."""
    facts = await by.stores.cases.page(case, after=None, limit=1, places=by.places)
    if awaits_answer(facts.head):
        raise AnswerDue


async def end(by: Operator, case: KnownCase, words: str, form: str) -> None:
    """Close a case whose person has just been answered: a petition; a conversation ends with its answer."""
    if case.case.startswith(f"{CaseKind.PQRS}:"):
        at = by.now + timedelta(milliseconds=1)
        await by.stores.case_acts.end(case, words, who=by.who, form=form, now=at, places=by.places)


async def file_conversation(by: Operator, key: Key, body: FiledBody) -> CaseActed:
    """
    Make a PQRS of what somebody wrote: its terms count from when it came, and the conversation is that case.

      hub cases file thread_id:de-1 --radicado PQ-7 --kind queja --service-area conserjeria --subject Ruido
    """
    case, stores = await case_of(by, key), by.stores
    facts = await stores.cases.page(case, after=None, limit=1, places=by.places)
    given = structs.asdict(body)
    form = given.pop("form") or token_urlsafe(12)
    event = petition_of(facts, given, form=form, now=by.now)
    if await lookup.is_radicado(stores.cases, body.radicado):
        raise NotOffered(_TAKEN)
    stores.schemas.check(event, now=by.now)
    await by.audit("case.file", f"case:{case.case}", event=event.name)
    await stores.publisher.event(event)
    return CaseActed(case=case.case, event=event.name, event_id=event.id)


async def case_of(by: Operator, key: str) -> KnownCase:
    """Return the case that the key means, within reach. Raises NoSuch, SeveralCases."""
    cases = await lookup.find(by.stores.cases, key, places=by.places)
    if len(cases) > 1:
        raise SeveralCases
    if not cases:
        raise NoSuch(CASE)
    return cases[0]
