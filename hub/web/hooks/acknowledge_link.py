"""
The page behind the link of an escalation: a level takes the matter on, without signing in.

Programs that look for malware open every link of a mail: only the button does anything.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from aiohttp import web

from hub.access import audit
from hub.errors import NothingToTakeOn
from hub.model import FIRST_LEVEL, Clock
from hub.sla import acknowledge
from hub.web.console.pages import plain
from hub.web.services import services

_PAGE: Final = "take_on.html"


async def show(request: web.Request) -> web.Response:
    """Ask whether he takes it on. Changes nothing."""
    told = await _told(request)
    return told if isinstance(told, web.Response) else _page(request, "asked", told)


async def take(request: web.Request) -> web.Response:
    """Take it on. Safe to repeat."""
    told = await _told(request)
    if isinstance(told, web.Response):
        return told
    deps, by, subject = services(request), f"link:level-{told.level}", f"clock:{told.id}"
    await audit.note(deps.audit, who=by, action="clock.acknowledge", subject=subject, level=told.level)
    await acknowledge.acknowledge(told, by=by, publisher=deps.publisher, now=deps.now())
    return _page(request, "taken", told)


async def _told(request: web.Request) -> Clock | web.Response:
    """Answer the clock of which the link tells, or the page that says why there is nothing to do."""
    clock_id, level = request.match_info["id"], request.query.get("level", "")
    if not services(request).hooks.links.signs(request.query.get("sig", ""), clock_id, level):
        return _page(request, "wrong", status=403)
    clock = await services(request).log.clock(UUID(clock_id))
    if clock is None:
        return _page(request, "ended", status=410)
    try:
        standing = acknowledge.level_to_acknowledge(clock)
    except NothingToTakeOn:
        # Not yet at a level that can: the event was told before the clock was written.
        state = "ended" if clock.ended_at is not None or clock.level != FIRST_LEVEL else "early"
        return _page(request, state, status=410 if state == "ended" else 409)
    if standing < int(level):
        return _page(request, "early", status=409)
    return clock if str(standing) == level else _page(request, "passed", clock, status=410)


def _page(request: web.Request, state: str, clock: Clock | None = None, *, status: int = 200) -> web.Response:
    about = "" if clock is None else str(clock.context.get("radicado", ""))
    level = 0 if clock is None else clock.level
    taken = clock is not None and level in {one.level for one in clock.course.acknowledged}
    shown = "taken" if state == "asked" and taken else state
    return plain(_PAGE, request, status=status, state=shown, about=about, level=level)
