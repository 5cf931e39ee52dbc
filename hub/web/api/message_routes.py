"""The API of events, cases and promises: a section of the route table."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from hub.desk.dead_letters import acts
from hub.desk.dead_letters.rows import Settled
from hub.doors.act import OPERATE, PUBLISH, Where
from hub.doors.api import operator_of
from hub.errors import InvalidEvent, TooLate
from hub.intake.dry_run_schemas import DryRun
from hub.operations.cases.lookup import CaseChoices
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.now.answer import NowAnswer
from hub.web.api import cases, constancias, events, now
from hub.web.requests import read_id
from hub.web.responses import Refusal, json_answer, pointer
from hub.web.route import Route, operate_company, read, read_private
from hub.web.schemas import intake
from hub.web.schemas.common import CONSTANCIA, TOO_LATE, Problem


async def mend_dead(request: web.Request) -> web.Response:
    """Publish an open dead letter with other words, still the same event; with `privacy` as well."""
    by, letter_id = operator_of(request, OPERATE), read_id(request, acts.LETTER)
    try:
        return json_answer(await acts.mend_dead(by, letter_id, await request.read()))
    except InvalidEvent as wrong:
        what = f"Its words are still not right: {wrong}."
        errors = [{"detail": str(wrong), "pointer": pointer(wrong.field or "")}]
        raise Refusal(422, what, "Correct the body and send it again.", errors=errors) from None
    except TooLate as late:
        raise Refusal(409, f"{late}.", "GET /api/dead/{id} shows what became of it.") from None


_POST: Final = hdrs.METH_POST
_EVENTS: Final = {
    200: DryRun,
    202: intake.EventsAnswer,
    400: Problem,
    409: intake.EventsRefused,
    413: Problem,
    415: Problem,
    422: intake.EventsRefused,
    503: intake.EventsUnfinished,
}
_CASE: Final = {200: CaseThreadAnswer, 300: CaseChoices, 404: Problem}
_MENDED: Final = {200: Settled, **TOO_LATE, 413: Problem, 422: Problem}

MESSAGES: Final[tuple[Route, ...]] = (
    Route(
        "/api/events", events.receive, method=_POST, needs=PUBLISH, where=Where.EVERYWHERE, answers=_EVENTS
    ),
    read("/api/cases/{key}", cases.show_case, answers=_CASE),
    read_private(
        "/api/cases/{key}/constancia",
        constancias.case_constancia,
        answers={**CONSTANCIA, 300: CaseChoices, 404: Problem},
    ),
    # Events that could not be accepted, or do not reach everybody.
    operate_company("/api/dead/{id}/mend", mend_dead, method=_POST, answers=_MENDED),
    read("/api/now", now.show_now, answers={200: NowAnswer}),
)
