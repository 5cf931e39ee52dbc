"""Signing in from a browser, with an account or HUB_API_KEY, and signing out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from hub.access import sign_in as signing_in
from hub.access.accounts import canonical
from hub.access.lockout import network_of
from hub.access.sign_in import Refused
from hub.access.webhook_signatures import same
from hub.web.auth import csrf
from hub.web.auth.client_address import client_address
from hub.web.auth.device_cookie import device_of, remember
from hub.web.auth.refusals import REASON
from hub.web.auth.session_cookie import SESSION, drop, hold, session_of
from hub.web.bodies import fields_of
from hub.web.console.pages import SIGN_IN, plain, redirect, return_path, sign_in_path
from hub.web.services import access, services

_BOGOTA: Final = ZoneInfo("America/Bogota")
REFUSED_AFTER: Final = 0.25
"""
Seconds of which every refusal takes a multiple: otherwise the time of the database write would reveal
known names.
"""
_WRONG: Final = "El usuario o la contraseña no son correctos."
_WRONG_KEY: Final = "La llave no es correcta. Revísela e inténtelo de nuevo."
_BUSY: Final = "Demasiados intentos desde su red. Espere un minuto e inténtelo de nuevo."


async def sign_in(request: web.Request) -> web.StreamResponse:
    """Exchange a password or the key for a session. A hub without a key has nothing to exchange."""
    key = access(request).api_key
    if key is None:
        return redirect(SIGN_IN)
    csrf.require_own_page(request)
    # Read before the turn: a client that sends half a form would block its whole network.
    given = await fields_of(request)
    name = "" if given.get("key") else canonical(given.get("name", ""))
    device = device_of(request, name)
    # A known device waits for its own failures only, whoever else tries from its address.
    queue, peer = services(request).login_queue, device or network_of(client_address(request))
    async with queue.turn(peer, known=device is not None) as may_try:
        if not may_try:
            request[REASON] = "too_many"
            return form(request, status=429, name=name, wrong=_BUSY)
        began_at = asyncio.get_running_loop().time()
        if given.get("key"):
            answer = await _by_key(request, key, given)
        else:
            answer = await _by_password(request, name, device, given)
        if answer.status == 303:
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
        request[REASON] = "password" if entered.until is None else "locked"
        return form(request, name=name, wrong=_words(entered.until))
    answer = await _let_in(request, entered)
    remember(request, answer, name)
    return answer


async def _let_in(request: web.Request, token: str) -> web.Response:
    # End the session the browser had before: somebody else may have planted its cookie.
    if before := await session_of(request):
        await services(request).sessions.close(before.hash)
    answer = redirect(sign_in_path(return_path(request)))
    hold(request, answer, token)
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
        headers={hdrs.WWW_AUTHENTICATE: "Bearer"} if status == 401 else {hdrs.RETRY_AFTER: "60"},
        name=name,
        wrong=wrong,
        wrong_key=wrong_key,
        action=sign_in_path(return_path(request)),
    )


def _words(until: datetime | None) -> str:
    if until is None:
        return _WRONG
    # Rounded up: the account is unlocked at the minute shown.
    local = datetime.fromtimestamp(ceil(until.timestamp() / 60) * 60, _BOGOTA)
    return (
        f"Hubo demasiados intentos fallidos con este usuario. Podrá intentarlo de nuevo a las "
        f"{local:%H:%M} (hora de Bogotá)."
    )
