"""Dead letters over HTTP: list, show, replay, discard."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.model import DeadLetter
from hub.operations import dead_letters
from hub.ports import Page
from hub.web.auth.caller import note, places_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer
from hub.web.schemas.common import DeadQuery, SettleBody
from hub.web.services import services

_LETTER: Final = "dead letter"


async def list_dead(request: web.Request, query: DeadQuery) -> web.Response:
    """List events that the hub could not accept, newest first."""
    if not _reaches_dead(request):
        return json_answer(Page(items=[]))
    page = await services(request).log.dead(
        state=query.state, after=query.after, limit=query.limit, reason=query.reason, event=query.event
    )
    return json_answer(page)


async def show_dead(request: web.Request) -> web.Response:
    """Show a dead letter as it was received."""
    return json_answer(dead_letters.shown(await _letter(request, "dead.show")))


async def replay_dead(request: web.Request) -> web.Response:
    """Publish a dead letter again; safe to repeat."""
    deps, letter = services(request), await _letter(request, "dead.replay")
    return json_answer(await dead_letters.replay(deps.log, deps.publisher, letter))


async def discard_dead(request: web.Request) -> web.Response:
    """Discard a dead letter; it stays in the log."""
    letter = await _letter(request, "dead.discard")
    return json_answer(await dead_letters.discard(services(request).log, letter.id))


async def replay_many(request: web.Request, body: SettleBody) -> web.Response:
    """Publish the open dead letters of a filter again; safe to repeat."""
    return await _settle_many(request, body, dead_letters.replay_one, "dead.replay")


async def discard_many(request: web.Request, body: SettleBody) -> web.Response:
    """Discard the open dead letters of a filter; they stay in the log."""
    return await _settle_many(request, body, dead_letters.discard_one, "dead.discard")


async def _settle_many(
    request: web.Request, body: SettleBody, settle: dead_letters.Settle, action: str
) -> web.Response:
    deps = services(request)
    chosen = (
        await dead_letters.open_ids(deps.log, reason=body.reason, event=body.event, limit=body.limit)
        if _reaches_dead(request)
        else []
    )
    await note(request, action, "dead", letters=len(chosen))
    items = [await settle(deps.log, deps.publisher, letter_id) for letter_id in chosen]
    return json_answer({"items": items, "next": None})


async def _letter(request: web.Request, action: str) -> DeadLetter:
    """Audit the action, then return the letter. Raises Refusal (404) if there is none."""
    letter_id = read_id(request, _LETTER)
    log = services(request).log
    letter = found(_LETTER, await log.dead_letter(letter_id) if _reaches_dead(request) else None)
    await note(request, action, f"dead:{letter.id}")
    return letter


def _reaches_dead(request: web.Request) -> bool:
    """Whether the caller reaches everywhere: an unreadable event belongs to no copropiedad."""
    return places_of(request) is None
