"""Mending of dead letters over HTTP: the body is an event, of any of its content types."""

from __future__ import annotations

from aiohttp import web

from hub.desk.dead_letters import acts
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.errors import InvalidEvent, TooLate
from hub.web.requests import read_id
from hub.web.responses import Refusal, json_answer, pointer


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
