"""Presence of staff at the page of a case: who else has it open now, by name and without a script."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from hub.model.actors import ACCOUNT
from hub.web.auth.caller import caller_of
from hub.web.services import services


async def enter(request: web.Request, case: str) -> Sequence[str]:
    """Say that the caller has the case open; return who else has. A program looks at nothing."""
    presence, who = services(request).presence, caller_of(request).who
    if presence is None or not who.startswith(ACCOUNT):
        return ()
    await presence.enter(case, who)
    return [other for other in await presence.there(case) if other != who]
