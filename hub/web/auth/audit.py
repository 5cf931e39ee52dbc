"""What a caller looks at or changes, written down."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access import audit
from hub.model import Json
from hub.web.auth.api_key_cache import Caller
from hub.web.auth.session_cookie import SESSION
from hub.web.services import services

CALLER: Final = web.RequestKey("caller", Caller)
"""Under this name the door puts whoever it has let in."""


def caller_of(request: web.Request) -> Caller:
    """Answer who was let in."""
    return request[CALLER]


def spoken_for(request: web.Request, said: str) -> str:
    """Answer who did it: a system says for whom it asks, whoever has signed in is himself."""
    who = caller_of(request).who
    return who if SESSION in request or not said else said


async def note(
    request: web.Request, action: str, subject: str, *, person: str | None = None, **detail: Json
) -> None:
    """Note what the caller does, and to whose data; never a value of a person."""
    who, store = caller_of(request).who, services(request).audit
    await audit.note(store, who=who, action=action, subject=subject, person=person, **detail)
