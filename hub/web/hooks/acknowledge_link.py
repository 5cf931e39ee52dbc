"""
The page behind an escalation's link: a person acknowledges the promise without signing in.

Malware scanners open every link of a mail, so only the button changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import hdrs, web

from hub.access.actor import Actor
from hub.model import EscalationStatus
from hub.model.actors import of_link
from hub.model.ids import uuid_in
from hub.operations.acknowledge import acknowledge_received
from hub.rendering.actors_es import who_es
from hub.rendering.filters import fecha_hora, punto
from hub.sla import acknowledge
from hub.web.auth.refusals import REASON
from hub.web.console.pages import plain
from hub.web.services import services

_PAGE: Final = "acknowledge.html"
_STATUSES: Final[Mapping[str, int]] = {"early": 409, "passed": 410, "ended": 410, "left": 403, "wrong": 403}
"""State of the page → its status, where that is not 200."""
_TOO_LATE: Final = 409
"""Answers the button when somebody of the level has already acknowledged."""


async def show(request: web.Request) -> web.Response:
    """Show the button that acknowledges, or the name of the person who has. Changes nothing."""
    return _page(request, *await _found(request))


async def take(request: web.Request) -> web.Response:
    """Acknowledge the promise, in the name of the person who received the link. Safe to repeat."""
    state, found = await _found(request)
    if state != "asked" or found is None:
        return _page(request, state, found)
    deps, received = services(request), found.escalation
    # The link proves its recipient, not the person who has pressed: the address is in the audit for that.
    by = Actor(who=of_link(received.person), notes=deps.audit, now=deps.now())
    await acknowledge_received(by, received, publisher=deps.publisher)
    return _page(request, "done", found)


async def _found(request: web.Request) -> tuple[str, EscalationStatus | None]:
    """Return the state of the page, and the escalation of a link that is the hub's own."""
    given, deps = request.match_info["id"], services(request)
    message_id = uuid_in(given)
    if message_id is None or not deps.hooks.links.signs(request.query.get("sig", ""), given):
        request[REASON] = "link"
        return "wrong", None
    found = await deps.escalations.of_message(message_id)
    if found is not None and not found.is_held:
        request[REASON] = "level"
    return state_of(found), found


def state_of(found: EscalationStatus | None) -> str:
    """Return whether an escalation may be acknowledged (`asked`), or why not."""
    if found is None:
        return "ended"
    clock, level = found.escalation.clock, found.escalation.level
    if not found.is_held:
        return "left"
    if clock.ended_at is not None:
        return "ended" if found.taken is None else "taken"
    if clock.level != level and not (clock.level > level and clock.name in acknowledge.ENDED_BY_IT):
        # Early: the notice was sent before the clock was stored.
        return "early" if clock.level < level else "passed"
    return "asked" if found.taken is None else "taken"


def _page(request: web.Request, state: str, found: EscalationStatus | None) -> web.Response:
    is_button = request.method == hdrs.METH_POST
    status = _TOO_LATE if state == "taken" and is_button else _STATUSES.get(state, 200)
    return plain(_PAGE, request, status=status, state=state, **words_of(found))


def words_of(found: EscalationStatus | None) -> dict[str, Any]:
    """Return the words of a page about an escalation: subject, level, and the assignee with the instant."""
    if found is None:
        return {}
    clock, taken = found.escalation.clock, found.taken
    return {
        "about": str(clock.context.get("radicado") or clock.context.get("subject") or ""),
        "level": clock.level,
        "ends_it": clock.name in acknowledge.ENDED_BY_IT,
        "who": found.taker or who_es(taken.by if taken else None),
        "since": punto(fecha_hora(taken.at)) if taken else "",
    }
