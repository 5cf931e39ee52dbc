"""Cases: what somebody wrote becomes a petition, and a petition gets its final answer."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated, Final

from msgspec import Meta, structs

from hub.desk.cases.rows import AnswerBody, FiledBody
from hub.doors.operator import Operator
from hub.errors import NoSuch, NotOffered, SeveralCases
from hub.operations.cases import lookup
from hub.operations.cases.acts import CaseActed
from hub.operations.cases.filing import petition_of
from hub.ports.cases import KnownCase

CASE: Final = "case"
_TAKEN: Final = "Another PQRS has this radicado. Give it another, or close the conversation, naming that one."
Key = Annotated[str, Meta(description="The radicado, or the whole key of the case.")]


async def respond_to_case(by: Operator, key: Key, body: AnswerBody) -> CaseActed:
    """
    Give the final answer to a petition: it reaches the petitioner, and ends the legal term.

      hub cases respond PQ-2026-000901 --words "El acta va adjunta." --document https://portal.example.com/acta.pdf
    """
    return await by.stores.case_acts.respond(
        await case_of(by, key),
        body.words,
        document=body.document,
        given={},
        who=by.who,
        form=body.form or token_urlsafe(12),
        now=by.now,
        places=by.places,
    )


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
