"""Which message has a code that somebody reads to staff, over HTTP."""

from __future__ import annotations

from aiohttp import web

from hub.operations.genuine import look_up
from hub.web.auth.caller import note, places_of
from hub.web.responses import Refusal, json_answer
from hub.web.services import services


async def show_genuine(request: web.Request) -> web.Response:
    """Find the message of a code that a person reads from a letter or a text; the look is audited."""
    deps, code = services(request), request.match_info["code"]
    rows = await look_up(
        code,
        codes=deps.genuine_checks.codes,
        store=deps.genuine,
        now=deps.now(),
        places=places_of(request),
    )
    if not rows:
        raise Refusal(
            404,
            "No message of yours has this code.",
            "Ask for all ten signs; if they are right, the message is not from us.",
        )
    for row in rows:
        await note(request, "genuine.look", f"message:{row.message_id}", person=row.person)
    return json_answer({"items": rows, "next": None})
