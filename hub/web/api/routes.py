"""The API of events, cases and promises, of people, replies and inboxes: sections of the route table."""

from __future__ import annotations

from functools import partial
from typing import Final

from aiohttp import hdrs, web

from hub.desk.dead_letters import acts
from hub.desk.dead_letters.rows import Settled
from hub.desk.people.rows import EntryBody
from hub.desk.rights.erasing import ErasureReport
from hub.doors.act import INBOX, OPERATE, PRIVACY, PUBLISH, Where
from hub.doors.api import operator_of
from hub.errors import InvalidEvent, TooLate
from hub.intake.dry_run_schemas import DryRun
from hub.operations.cases.lookup import CaseChoices
from hub.operations.cases.schemas import CaseThreadAnswer
from hub.operations.now.answer import NowAnswer
from hub.storage.directory_history import Written
from hub.web.api import (
    cases,
    constancias,
    directory,
    events,
    files,
    inbox,
    now,
)
from hub.web.requests import read_id
from hub.web.responses import Refusal, json_answer, pointer
from hub.web.route import Route, operate, operate_company, read, read_private, read_words
from hub.web.schemas import inbox as boxes
from hub.web.schemas import intake
from hub.web.schemas.common import CONSTANCIA, TOO_LATE, Problem, SentFile

_DELETE: Final = hdrs.METH_DELETE
_PUT: Final = hdrs.METH_PUT
_own_inbox: Final = partial(Route, needs=INBOX, where=Where.PERSON)
_WRITTEN: Final = {200: Written, **TOO_LATE}


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


_right: Final = partial(Route, method=_POST, needs=PRIVACY, where=Where.EVERYWHERE)

PEOPLE: Final[tuple[Route, ...]] = (
    read_words(f"/api{files.PATH}", files.show_file, answers={200: SentFile}),
    _right(
        "/api/people/{ref}/erase",
        directory.erase,
        answers={200: ErasureReport, 202: ErasureReport, 404: Problem, 409: Problem},
    ),
    read_private("/api/people/{ref}/constancia", constancias.person_constancia, answers=CONSTANCIA),
    operate(
        "/api/directory/{kind}/{ref}",
        directory.put_entry,
        method=_PUT,
        body=EntryBody,
        answers=_WRITTEN,
    ),
    operate(
        "/api/directory/{kind}/{ref}",
        directory.delete_entry,
        method=_DELETE,
        body=EntryBody,
        answers={**_WRITTEN, 405: Problem},
    ),
    # The inbox of one person, for portals.
    Route(
        "/api/inbox/tokens",
        inbox.create_inbox_token,
        method=_POST,
        needs=INBOX,
        where=Where.EVERYWHERE,
        answers={201: boxes.InboxToken, 404: Problem},
    ),
    _own_inbox("/api/inbox", inbox.list_inbox, answers={200: boxes.InboxPage}),
    _own_inbox(
        "/api/inbox/read", inbox.read_items, method=_POST, answers={200: boxes.InboxRead, 404: Problem}
    ),
    _own_inbox("/api/inbox/{id}/read", inbox.read_item, method=_POST, answers={200: boxes.InboxRead}),
    _own_inbox("/api/inbox/stream", inbox.stream_inbox, answers={200: boxes.InboxEvents, 429: Problem}),
)
