"""Signing in from a browser, with an account or HUB_API_KEY, and signing out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from hub.access import sign_in as signing_in
from hub.access.attempts import Refused
from hub.access.lockout import network_of
from hub.access.sessions import CODE_WITHIN, LONGEST
from hub.access.sign_in import PendingSignIn
from hub.access.webhook_signatures import same
from hub.model.actors import canonical
from hub.rendering.filters import fecha_hora
from hub.web.auth import csrf
from hub.web.auth.api_key_cache import THIS_MACHINE
from hub.web.auth.client_address import client_address
from hub.web.auth.device_cookie import device_of, remember
from hub.web.auth.guard import identify
from hub.web.auth.refusals import REASON
from hub.web.auth.session_cookie import SESSION, drop, hold, pending_of, session_of
from hub.web.bodies import fields_of
from hub.web.console.pages import SIGN_IN, plain, redirect
from hub.web.console.return_link import return_path, sign_in_path
from hub.web.services import access, services

FORM: Final = "/sign-in"
"""The form by itself, for a hub without HUB_API_KEY: there `/` asks nobody to sign in."""
CODE: Final = f"{FORM}/code"
"""The page for the code after the password."""
_BOGOTA: Final = ZoneInfo("America/Bogota")
REFUSED_AFTER: Final = 0.25
"""
Seconds of which every refusal takes a multiple: otherwise the time of the database write would reveal
known names.
"""
_WRONG: Final = "El usuario o la contraseña no son correctos."
_WRONG_KEY: Final = "La llave no es correcta. Revísela e inténtelo de nuevo."
_ENDED: Final = (
    "Esta contraseña de un solo uso ya venció. Pida una nueva a quien administra las cuentas en su empresa."
)
_HEADERS: Final[Mapping[int, dict[str, str]]] = {
    401: {hdrs.WWW_AUTHENTICATE: "Bearer"},
    429: {hdrs.RETRY_AFTER: "60"},
}
BUSY: Final = "Demasiados intentos desde su red. Espere un minuto e inténtelo de nuevo."


async def show(request: web.Request) -> web.Response:
    """Show the form. A person who is inside already goes on."""
    if await identify(request) not in (None, THIS_MACHINE):
        return redirect(return_path(request) or SIGN_IN)
    return form(request, status=200)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Exchange a password or the key for a session. A hub without a key has only accounts."""
    key = access(request).api_key
    csrf.require_own_page(request)
    # Read before the turn: a client that sends half a form would block its whole network.
    given = await fields_of(request)
    if key is None and not given.get("name"):
        return redirect(SIGN_IN)
    name = "" if given.get("key") else canonical(given.get("name", ""))
    device = device_of(request, name)
    return await slowed(
        request,
        device,
        partial(_by_key, request, key, given)
        if key is not None and given.get("key")
        else partial(_by_password, request, name, device, given),
        partial(form, request, status=429, name=name, wrong=BUSY),
    )


async def slowed(
    request: web.Request,
    device: str | None,
    attempt: Callable[[], Awaitable[web.Response]],
    refuse: Callable[[], web.Response],
) -> web.Response:
    """Answer an attempt when it is its turn, or refuse it; every refusal takes a multiple of a time."""
    # A known device waits for its own failures only, not for those of others at its address.
    queue, peer = services(request).login_queue, device or network_of(client_address(request))
    async with queue.turn(peer, known=device is not None) as may_try:
        if not may_try:
            request[REASON] = "too_many"
            return refuse()
        began_at = asyncio.get_running_loop().time()
        answer = await attempt()
        if answer.status < 400:
            queue.brake.succeeded(peer)
        else:
            await asyncio.sleep(-(asyncio.get_running_loop().time() - began_at) % REFUSED_AFTER)
        return answer


async def _by_key(request: web.Request, key: str, given: Mapping[str, str]) -> web.Response:
    if not same(given["key"].strip(), key):
        request[REASON] = "hub_key"
        return form(request, wrong_key=_WRONG_KEY)
    return await _let_in(request, await signing_in.sign_in_with_key(services(request).sign_in, key))


async def _by_password(
    request: web.Request, name: str, device: str | None, given: Mapping[str, str]
) -> web.Response:
    deps, password = services(request).sign_in, given.get("password", "")
    entered = await signing_in.sign_in(deps, name, password, device=device)
    if isinstance(entered, Refused):
        request[REASON] = _reason(entered)
        return form(request, name=name, wrong=_words(entered))
    if isinstance(entered, PendingSignIn):
        return await _let_in(request, entered.token, form=CODE, lasts=CODE_WITHIN)
    answer = await _let_in(request, entered)
    remember(request, answer, name)
    return answer


def _reason(refused: Refused) -> str:
    if refused.ended:
        return "expired"
    return "password" if refused.until is None else "locked"


def _words(refused: Refused) -> str:
    if refused.ended:
        return _ENDED
    return _WRONG if refused.until is None else until_words(refused.until)


async def _let_in(
    request: web.Request, token: str, *, form: str = SIGN_IN, lasts: timedelta = LONGEST
) -> web.Response:
    # End the session the browser had before: somebody else may have planted its cookie.
    if before := await session_of(request) or await pending_of(request):
        await services(request).sessions.close(before.hash)
    answer = redirect(sign_in_path(request, return_path(request), form))
    hold(request, answer, token, lasts=lasts)
    return answer


async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session, also for anybody else who has its cookie."""
    await services(request).sessions.close(request[SESSION].hash)
    answer = redirect(SIGN_IN)
    drop(request, answer)
    return answer


def form(
    request: web.Request, *, status: int = 401, name: str = "", wrong: str = "", wrong_key: str = ""
) -> web.Response:
    """Respond with the sign-in form; each error text stands beside the field to correct."""
    return plain(
        "sign_in.html",
        request,
        status=status,
        headers=_HEADERS.get(status),
        name=name,
        wrong=wrong,
        wrong_key=wrong_key,
    )


def until_words(until: datetime) -> str:
    """Say in Spanish until when a name is locked."""
    return (
        f"Hubo demasiados intentos fallidos con este usuario. Podrá intentarlo de nuevo a las "
        f"{_minute(until):%H:%M} (hora de Bogotá)."
    )


def minute_words(until: datetime) -> str:
    """Say in Spanish on which day and at which minute something is open again."""
    return fecha_hora(_minute(until).isoformat())


def _minute(until: datetime) -> datetime:
    """Round up to a minute in Bogota: at the minute shown it is open again."""
    return datetime.fromtimestamp(ceil(until.timestamp() / 60) * 60, _BOGOTA)
