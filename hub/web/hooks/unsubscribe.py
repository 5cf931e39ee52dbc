"""
The link with which a person stops commercial mails or surveys, without signing in (RFC 8058).

Malware scanners open every link of a mail, so only a POST changes anything: the page's button sends it, or a
mailbox provider, with the same field. Cookies and other credentials count for nothing here.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from hub.channels.email.mime import ONE_CLICK
from hub.inbound.unsubscribe import LinkState, unsubscribe
from hub.model.ids import uuid_in
from hub.web.auth.refusals import REASON
from hub.web.bodies import FORM, MAX_BODY, MAX_FIELDS, WITHIN, fields_of
from hub.web.console.pages import plain
from hub.web.responses import Refusal
from hub.web.services import services

_PAGE: Final = "unsubscribe.html"
_STATUSES: Final = {LinkState.FORGED: 403, LinkState.EXPIRED: 410}
_MULTIPART: Final = "multipart/form-data"


async def show(request: web.Request) -> web.Response:
    """Show the button. Changes nothing."""
    return _page(request, _state(request))


async def take(request: web.Request) -> web.Response:
    """Revoke, in the name of the person who received the mail. Safe to repeat."""
    state = _state(request)
    if state is not LinkState.VALID:
        return _page(request, state)
    await _require_one_click(request)
    deps, message_id = services(request), uuid_in(request.match_info["id"])
    assert message_id is not None  # its link is valid
    known = await unsubscribe(
        message_id,
        request.query["purpose"],
        request.query["sig"],
        store=deps.unsubscribes,
        notes=deps.audit,
        now=deps.now(),
    )
    return _page(request, "done" if known else LinkState.EXPIRED)


def _state(request: web.Request) -> LinkState:
    """Return the state of the link. Many forged ones are refused (429) by `count_refusals`."""
    deps, message_id, query = services(request), uuid_in(request.match_info["id"]), request.query
    purpose, given = query.get("purpose", ""), query.get("sig", "")
    if message_id is not None:
        state = deps.hooks.unsubscribing.state(message_id, purpose, given, deps.now())
        if state is not LinkState.FORGED:
            return state
    request[REASON] = "link"
    return LinkState.FORGED


async def _require_one_click(request: web.Request) -> None:
    """Raise Refusal unless the body is the one field of RFC 8058, in either encoding of forms."""
    if await _fields(request) != dict([ONE_CLICK]):
        raise Refusal(400, "The body is not a one-click form.", f"Send `{'='.join(ONE_CLICK)}` alone.")


async def _fields(request: web.Request) -> dict[str, object]:
    if request.content_type != _MULTIPART:
        return dict(await fields_of(request))
    try:
        async with asyncio.timeout(WITHIN):
            form = await request.clone(client_max_size=MAX_BODY).post()
    except (TimeoutError, ConnectionResetError):
        raise Refusal(408, "The form did not come.", "Send it at once.") from None
    except (ValueError, AssertionError):
        # aiohttp's words for a body that is no multipart, or a part without a name.
        raise Refusal(400, "The body is not a form.", f"Send `{FORM}`.") from None
    return dict(form) if len(form) <= MAX_FIELDS else {}


def _page(request: web.Request, state: str) -> web.Response:
    status = _STATUSES.get(LinkState(state), 200) if state != "done" else 200
    purpose = request.query.get("purpose", "")
    return plain(_PAGE, request, status=status, state=state, purpose=purpose, field=ONE_CLICK)
