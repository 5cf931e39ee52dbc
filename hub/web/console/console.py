"""`/`: Ahora, for everybody who has signed in; the form to sign in, for others."""

from __future__ import annotations

from aiohttp import web

from hub.model import Scope
from hub.web.auth.caller import CALLER
from hub.web.auth.guard import identify, why_unknown
from hub.web.auth.refusals import NO_CREDENTIALS, NO_REFUSAL, REASON, SESSION_REASON
from hub.web.auth.session_cookie import SESSION, drop
from hub.web.console import now_page
from hub.web.console.own_account import ACCOUNT
from hub.web.console.own_line import mark_live, read_own_line
from hub.web.console.pages import redirect
from hub.web.console.return_link import return_path
from hub.web.console.sign_in import form
from hub.web.responses import Refusal


async def show(request: web.Request) -> web.StreamResponse:
    """Show the first page. Strangers get the sign-in form; accounts without READ go to their own page."""
    caller = await identify(request)
    if caller is None:
        return _form(request)
    request[CALLER] = caller
    if not caller.may({Scope.READ}):
        return _without_reading(request)
    if path := return_path(request):
        return redirect(path)
    await read_own_line(request)
    await mark_live(request, now_page.LIVE)
    return await now_page.show(request)


def _without_reading(request: web.Request) -> web.StreamResponse:
    """Lead an account to its own page. Raises Refusal for a key or a token, which have none."""
    if SESSION in request:
        return redirect(ACCOUNT)
    raise Refusal(403, "The caller has not the scope for this: read.", "Ask for a key.", reason="scope")


def _form(request: web.Request) -> web.Response:
    reason = why_unknown(request)
    request[REASON] = NO_REFUSAL if reason == NO_CREDENTIALS else reason
    answer = form(request)
    if reason == SESSION_REASON:
        # The next look at the form is no guess any more.
        drop(request, answer)
    return answer
