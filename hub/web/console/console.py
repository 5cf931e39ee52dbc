"""The live page at `/`."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web
from markupsafe import Markup

from hub.model import Account, Json, Scope
from hub.rendering import labels_es
from hub.web.auth.api_key_cache import Caller
from hub.web.auth.caller import CALLER
from hub.web.auth.guard import identify, why_unknown
from hub.web.auth.refusals import NO_CREDENTIALS, NO_REFUSAL, REASON, SESSION_REASON
from hub.web.auth.session_cookie import SESSION, SignedIn, drop
from hub.web.console.own_account import ACCOUNT, offices
from hub.web.console.pages import page, redirect, return_path
from hub.web.console.sign_in import form
from hub.web.services import services

_KEY_WORDS: Final = "Llave del hub"


async def show(request: web.Request) -> web.StreamResponse:
    """Show the live page. Strangers get the sign-in form; accounts without READ go to their own page."""
    caller = await identify(request)
    if caller is None:
        reason = why_unknown(request)
        request[REASON] = NO_REFUSAL if reason == NO_CREDENTIALS else reason
        answer = form(request)
        if reason == SESSION_REASON:
            # The next look at the form is no guess any more.
            drop(request, answer)
        return answer
    request[CALLER] = caller
    session = request.get(SESSION)
    if session is not None and not caller.may({Scope.READ}):
        return redirect(ACCOUNT)
    if path := return_path(request):
        return redirect(path)
    mode = services(request).settings.mode
    account = session.account if session is not None else None
    return page(
        "console.html",
        request,
        words=_json(labels_es.EVERYTHING),
        me=_json(_me(caller, session)),
        session=session,
        inbox=account is not None and account.person is not None,
        unread=await _unread(request, account),
        who=account.display_name if account else _KEY_WORDS,
        offices=await offices(request, account.grants) if account else [],
        everywhere=caller.places({Scope.READ}) is None,
        mode=mode,
        mode_words=labels_es.MODES[mode],
    )


async def _unread(request: web.Request, account: Account | None) -> int:
    """Count what waits in the inbox of the account's person."""
    person = account.person if account is not None else None
    return await services(request).inbox.unread(person) if person is not None else 0


def _me(caller: Caller, session: SignedIn | None) -> Json:
    """Return the CSRF token and the caller's scopes: the page hides buttons that would be refused."""
    return {"scopes": sorted(caller.reach), "csrf": session.csrf if session else ""}


def _json(value: Json) -> Markup:
    # Only "<" could end the script element; its escape is equivalent JSON.
    return Markup(msgspec.json.encode(value).decode().replace("<", "\\u003c"))  # noqa: S704 - see above
