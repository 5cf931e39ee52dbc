"""Cases: the final answer to a petition."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Annotated, Final

from msgspec import Meta

from hub.desk.cases.rows import AnswerBody
from hub.doors.operator import Operator
from hub.errors import NoSuch, SeveralCases
from hub.operations.cases import lookup
from hub.operations.cases.acts import CaseActed
from hub.ports.cases import KnownCase

CASE: Final = "case"
Key = Annotated[str, Meta(description="The radicado, or the whole key of the case.")]


async def respond_to_case(by: Operator, key: Key, body: AnswerBody) -> CaseActed:
    """
    Give the final answer to a petition: it reaches the petitioner, and ends the legal term.

      hub cases respond PQ-2026-000901 --words "El acta va adjunta." --document https://portal.example.com/acta.pdf
    """
    return await by.stores.case_acts.respond(
        await _case(by, key),
        body.words,
        document=body.document,
        who=by.who,
        form=body.form or token_urlsafe(12),
        now=by.now,
        places=by.places,
    )


async def _case(by: Operator, key: str) -> KnownCase:
    cases = await lookup.find(by.stores.cases, key, places=by.places)
    if len(cases) > 1:
        raise SeveralCases
    if not cases:
        raise NoSuch(CASE)
    return cases[0]
