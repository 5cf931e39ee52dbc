"""Verdicts of a person, over HTTP, on mails that somebody reports as lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from hub.inbound import confirm_bounce
from hub.model.letters import HandedOver
from hub.web.auth.caller import actor_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer
from hub.web.services import services

_MAIL: Final = "mail"


async def confirm(request: web.Request) -> web.Response:
    """Record that a mail was lost, as its report says; safe to repeat."""
    return json_answer(await confirmed(request))


async def dismiss(request: web.Request) -> web.Response:
    """Record that a mail has arrived although it was reported as lost; safe to repeat."""
    return json_answer(await dismissed(request))


async def confirmed(request: web.Request) -> HandedOver:
    return await _decide(request, confirm_bounce.confirm)


async def dismissed(request: web.Request) -> HandedOver:
    return await _decide(request, confirm_bounce.dismiss)


async def _decide(request: web.Request, decide: Callable[..., Awaitable[bool | None]]) -> HandedOver:
    """Carry the decision out. Raises Refusal (404) if there is no such mail."""
    message_id = read_id(request, _MAIL)
    changed = await decide(actor_of(request), message_id, store=services(request).mail_reports)
    return HandedOver(id=message_id, changed=found(_MAIL, changed))
