"""
Asking for a one-time code from the link of a message: where to send it, masked.

The page says which contacts the recipient has, as far as their owner recognises them. A look sends nothing.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access.message_tokens import MessageToken
from hub.access.resident_links import CODE_PATH
from hub.operations.residents.sign_in import Cookie
from hub.web.auth.client_address import client_address
from hub.web.auth.csrf import require_own_page
from hub.web.bodies import fields_of
from hub.web.console.pages import redirect
from hub.web.residents import cookies
from hub.web.residents.message_page import token_of
from hub.web.residents.own_page import OWN
from hub.web.residents.pages import resident_page
from hub.web.services import services

PATH: Final = CODE_PATH
_PAGE: Final = "resident_code_to.html"
_STATUSES: Final = {"too_many": 429, "too_soon": 429, "used_up": 429}


async def show(request: web.Request) -> web.StreamResponse:
    """Show where a code can go. Sends nothing."""
    token = token_of(request)
    return token if isinstance(token, web.Response) else await _page(request, token)


async def send(request: web.Request) -> web.StreamResponse:
    """Send a code to the contact that was chosen, and lead to where it is entered."""
    require_own_page(request)
    given, token = await fields_of(request), token_of(request)
    if isinstance(token, web.Response):
        return token
    chosen = given.get("contact", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else -1
    sent = await services(request).resident_sign_in.send(
        token.message_id, number, address=client_address(request)
    )
    if not isinstance(sent, Cookie):
        return await _page(request, token, state=str(sent))
    answer = redirect(OWN)
    cookies.wait(request, answer, sent.value, sent.lasts)
    return answer


async def _page(request: web.Request, token: MessageToken, *, state: str = "") -> web.Response:
    deps = services(request)
    contacts = await deps.resident_sign_in.contacts(token.message_id)
    building, look = await deps.own_messages.place(token.message_id)
    return resident_page(
        _PAGE,
        request,
        look=look,
        building=building,
        status=_STATUSES.get(state, 200),
        contacts=contacts,
        state=state,
        here=request.path.rpartition("/")[0],
        minutes=int(deps.policy.residents.code_lifetime.total_seconds() // 60),
    )
