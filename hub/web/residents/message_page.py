"""
The page behind a message's link: that message and its case. Nothing else of its recipient.

It needs no session: the signature is the proof. Scanners of mails open every link, so only the button changes
anything. A reader of a forwarded mail may press it, too: that costs no more than a call to the building.
"""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from hub.access.message_tokens import MessageToken
from hub.access.resident_links import PATH as RESIDENT_PATH
from hub.operations.residents.not_answered import climb
from hub.web.auth.csrf import require_own_page
from hub.web.auth.refusals import REASON
from hub.web.bodies import fields_of
from hub.web.residents.pages import resident_page, too_often
from hub.web.responses import Refusal
from hub.web.services import services

PATH: Final = RESIDENT_PATH
NOT_ANSWERED: Final = "not-answered"
_PAGE: Final = "resident_message.html"
_GONE: Final = "resident_gone.html"


async def show(request: web.Request) -> web.Response:
    """Show the message and its case. Changes nothing."""
    token = token_of(request)
    return token if isinstance(token, web.Response) else await _message(request, token)


async def act(request: web.Request) -> web.Response:
    """Ask the next level of an overdue case. Safe to repeat."""
    require_own_page(request)
    given, token = await fields_of(request), token_of(request)
    if isinstance(token, web.Response):
        return token
    if given.get("action") != NOT_ANSWERED:
        raise Refusal(400, "The form asks for nothing.", "Press a button of the page.")
    deps = services(request)
    message = await deps.residents.message(token.message_id)
    if message is None:
        return _gone(request, "ended", 410)
    came = await climb(message, store=deps.residents, publisher=deps.publisher, now=deps.now())
    return await _message(request, token, state=str(came))


def token_of(request: web.Request) -> MessageToken | web.Response:
    """Return the message that the link opens, or the page with the reason why it opens nothing."""
    deps = services(request)
    token = deps.resident_links.read(request.match_info["token"])
    if token is None:
        # Counted, and an attacker who guesses is slowed (`hub.web.auth.refusals`).
        request[REASON] = "link"
        return _gone(request, "wrong", 403)
    if deps.now() >= token.ends_at:
        return _gone(request, "ended", 410)
    if not deps.resident_rate.admits(token.message_id):
        raise too_often()
    return token


async def _message(request: web.Request, token: MessageToken, *, state: str = "") -> web.Response:
    deps = services(request)
    shown = await deps.own_messages.show(token.message_id, deps.now())
    if shown is None:
        return _gone(request, "ended", 410)
    message, look = shown
    # Its form posts to the link itself, which is its proof.
    values: dict[str, Any] = {"csrf": None, "id": None, "here": request.path}
    return resident_page(
        _PAGE, request, look=look, building=message.building, message=message, state=state, **values
    )


def _gone(request: web.Request, state: str, status: int) -> web.Response:
    return resident_page(_GONE, request, look=services(request).look(None), state=state, status=status)
