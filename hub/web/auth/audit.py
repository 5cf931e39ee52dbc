"""Auditing what a caller looks at or changes."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.access import audit
from hub.model import Json
from hub.web.auth.api_key_cache import Caller
from hub.web.auth.session_cookie import SESSION
from hub.web.services import services

CALLER: Final = web.RequestKey("caller", Caller)
"""Where `guard` stores the caller it let in."""


def caller_of(request: web.Request) -> Caller:
    """Return the caller that `guard` let in."""
    return request[CALLER]


def acting_person(request: web.Request, by: str) -> str:
    """Return who acts: the person that a system names in `by`; for a session always the signed-in account."""
    who = caller_of(request).who
    return who if SESSION in request or not by else by


async def note(
    request: web.Request, action: str, subject: str, *, person: str | None = None, **detail: Json
) -> None:
    """Audit what the caller does, and to whose data. `detail` never contains a person's data."""
    who, store = caller_of(request).who, services(request).audit
    await audit.note(store, who=who, action=action, subject=subject, person=person, **detail)
