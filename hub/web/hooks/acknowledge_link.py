"""
The page behind an escalation's link: a level acknowledges the promise without signing in.

Malware scanners open every link of a mail, so only the button changes anything.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from aiohttp import web

from hub.access import audit
from hub.errors import NothingToAcknowledge
from hub.model import FIRST_LEVEL, Clock
from hub.sla import acknowledge
from hub.web.auth.refusals import REASON
from hub.web.console.pages import plain
from hub.web.services import services

_PAGE: Final = "acknowledge.html"


async def show(request: web.Request) -> web.Response:
    """Show the button that acknowledges. Changes nothing."""
    clock = await _clock_or_page(request)
    return clock if isinstance(clock, web.Response) else _page(request, "asked", clock)


async def take(request: web.Request) -> web.Response:
    """Acknowledge the promise. Safe to repeat."""
    clock = await _clock_or_page(request)
    if isinstance(clock, web.Response):
        return clock
    deps, by, subject = services(request), f"link:level-{clock.level}", f"clock:{clock.id}"
    await audit.note(deps.audit, who=by, action="clock.acknowledge", subject=subject, level=clock.level)
    await acknowledge.acknowledge(clock, by=by, publisher=deps.publisher, now=deps.now())
    return _page(request, "taken", clock)


async def _clock_or_page(request: web.Request) -> Clock | web.Response:
    """Return the link's clock, or the page that explains why nobody can acknowledge it."""
    clock_id, level = request.match_info["id"], request.query.get("level", "")
    if not services(request).hooks.links.signs(request.query.get("sig", ""), clock_id, level):
        request[REASON] = "link"
        return _page(request, "wrong", status=403)
    clock = await services(request).log.clock(UUID(clock_id))
    if clock is None:
        return _page(request, "ended", status=410)
    try:
        standing = acknowledge.level_to_acknowledge(clock)
    except NothingToAcknowledge:
        # No level can acknowledge yet: the notice was sent before the clock was stored.
        state = "ended" if clock.ended_at is not None or clock.level != FIRST_LEVEL else "early"
        return _page(request, state, status=410 if state == "ended" else 409)
    if standing < int(level):
        return _page(request, "early", status=409)
    return clock if str(standing) == level else _page(request, "passed", clock, status=410)


def _page(request: web.Request, state: str, clock: Clock | None = None, *, status: int = 200) -> web.Response:
    about = "" if clock is None else str(clock.context.get("radicado", ""))
    level = 0 if clock is None else clock.level
    taken = clock is not None and level in {ack.level for ack in clock.course.acknowledged}
    shown = "taken" if state == "asked" and taken else state
    return plain(_PAGE, request, status=status, state=shown, about=about, level=level)
