"""The code that follows the password, entered in the browser that gave the password."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access import sign_in
from hub.access.attempts import Refused
from hub.access.second_factor import is_time_code
from hub.access.sign_in import CodeAccepted
from hub.web.auth import csrf
from hub.web.auth.device_cookie import device_of, remember
from hub.web.auth.guard import identify
from hub.web.auth.refusals import NO_REFUSAL, REASON
from hub.web.auth.session_cookie import Pending, hold, pending_of
from hub.web.bodies import fields_of
from hub.web.console.pages import plain, redirect
from hub.web.console.return_link import return_path, sign_in_path
from hub.web.console.sign_in import BUSY, form, minute_words, slowed, until_words
from hub.web.services import services

_WRONG: Final = "El código no es correcto, o ya se usó. Espere el siguiente de su aplicación."
_USED_UP: Final = (
    "Hubo demasiados códigos errados con este usuario. No se acepta ningún código hasta el {} "
    "(hora de Bogotá). Si no los escribió usted, alguien sabe su contraseña: avise ya a quien administra "
    "las cuentas."
)
_LATE: Final = "Pasaron más de cinco minutos desde la contraseña. Entre de nuevo."


async def show(request: web.Request) -> web.StreamResponse:
    """Ask for the code. Without a password before, for the password."""
    pending = await pending_of(request)
    return await _password_first(request) if pending is None else _form(request, pending, status=200)


async def enter(request: web.Request) -> web.StreamResponse:
    """Exchange the code for a session. The pending sign-in ends: a session is never one from before."""
    csrf.require_own_page(request)
    given = (await fields_of(request)).get("code", "")
    pending = await pending_of(request)
    if pending is None:
        return await _password_first(request, _LATE)
    await csrf.require_token(request, pending.csrf)
    account = pending.account
    device = device_of(request, account.name)

    async def answer() -> web.Response:
        entered = await sign_in.enter_code(services(request).sign_in, account, given, device=device)
        if isinstance(entered, CodeAccepted):
            return await _let_in(request, pending, entered)
        return _refused(request, pending, entered, lost=not is_time_code(given))

    return await slowed(request, device, answer, lambda: _form(request, pending, status=429, wrong=BUSY))


async def _password_first(request: web.Request, wrong: str = "") -> web.Response:
    """Ask for the password. A person who is inside already, such as after a second click, goes on."""
    if await identify(request):
        return redirect(sign_in_path(request, return_path(request)))
    if not wrong:
        request[REASON] = NO_REFUSAL
    return form(request, wrong=wrong)


async def _let_in(request: web.Request, pending: Pending, entered: CodeAccepted) -> web.Response:
    await services(request).sessions.close(pending.hash)
    answer = redirect(sign_in_path(request, return_path(request)))
    if entered.codes_left is not None:
        answer = plain("recovered.html", request, left=entered.codes_left)
    hold(request, answer, entered.token)
    remember(request, answer, pending.account.name)
    return answer


def _refused(request: web.Request, pending: Pending, refused: Refused, *, lost: bool) -> web.Response:
    request[REASON] = "code" if refused.until is None else "locked"
    return _form(request, pending, status=401, wrong=_words(refused), lost=lost)


def _words(refused: Refused) -> str:
    if refused.until is None:
        return _WRONG
    if refused.used_up:
        return _USED_UP.format(minute_words(refused.until))
    return until_words(refused.until)


def _form(
    request: web.Request, pending: Pending, *, status: int, wrong: str = "", lost: bool = False
) -> web.Response:
    """Respond with the form; open at the recovery codes for a person who has `lost` the app."""
    return plain("code.html", request, status=status, csrf=pending.csrf, wrong=wrong, lost=lost)
