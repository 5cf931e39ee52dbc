"""The page of one's own account: name, offices, and a new password."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access import sign_in
from hub.access.passwords import SHORTEST
from hub.errors import InvalidAccount
from hub.model import Account
from hub.web.auth.device_cookie import device_of
from hub.web.auth.session_cookie import SESSION, hold
from hub.web.bodies import fields_of
from hub.web.console.own_line import offices
from hub.web.console.pages import SIGN_IN, redirect
from hub.web.console.shell import own_page
from hub.web.services import services

ACCOUNT: Final = "/account"
SECOND_FACTOR: Final = f"{ACCOUNT}/second-factor"


async def show(request: web.Request) -> web.StreamResponse:
    """Show the account. A session opened with HUB_API_KEY has none and is redirected."""
    session = request[SESSION]
    account = session.account
    if account is None:
        return redirect(SIGN_IN)
    # First the password, then the second factor.
    if session.must_enrol and not account.must_change:
        return redirect(SECOND_FACTOR)
    return await _form(request, account)


async def change(request: web.Request) -> web.StreamResponse:
    """Change the password. The form needs the old one; every other session ends."""
    account = request[SESSION].account
    if account is None:
        return redirect(SIGN_IN)
    given = await fields_of(request)
    old, new = given.get("old", ""), given.get("new", "")
    if new != given.get("again", ""):
        return await _form(request, account, status=400, wrong="Las dos contraseñas nuevas no son iguales.")
    try:
        device = device_of(request, account.name)
        token = await sign_in.change_password(services(request).sign_in, account, old, new, device=device)
    except InvalidAccount as refused:
        return await _form(request, account, status=400, wrong=str(refused))
    answer = redirect(SIGN_IN)
    hold(request, answer, token)
    return answer


async def _form(
    request: web.Request, account: Account, *, status: int = 200, wrong: str = ""
) -> web.Response:
    return own_page(
        "account.html",
        request,
        here=ACCOUNT,
        status=status,
        account=account,
        offices=await offices(request, account.grants),
        factor=await services(request).factors.factor(account.id),
        can_enrol=bool(services(request).ring),
        csrf=request[SESSION].csrf,
        shortest=SHORTEST,
        wrong=wrong,
    )
