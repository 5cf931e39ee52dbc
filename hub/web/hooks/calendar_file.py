"""
The calendar of an account, for its calendar program: read only, behind a link that only its hash is kept of.

It has what the account sees when it is read, and names no resident. An ended link is like one that never was.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from aiohttp import web

from hub.business_time.dates import as_day
from hub.desk.calendar.acts import KINDS_ES, LINK, CalendarEntry, entries_of
from hub.doors.act import READ
from hub.doors.operator import Operator
from hub.model import reach_of
from hub.model.actors import of_account
from hub.rendering.icalendar import CalendarEvent, written_calendar
from hub.storage import calendar_links
from hub.web.auth.refusals import REASON
from hub.web.hooks.linked_document import opened_too_often
from hub.web.services import Services, services

PATH: Final = LINK
_ENDED: Final = "Este enlace no existe o terminó.\n"
_BACK, _AHEAD = timedelta(days=7), timedelta(days=54)


async def show(request: web.Request) -> web.Response:
    """Send the calendar of whoever made the link."""
    deps, token = services(request), request.match_info["token"]
    name = await calendar_links.account_of(deps.database, token)
    if name is None:
        request[REASON] = "link"
        return web.Response(status=404, text=_ENDED)
    if not deps.calendar_rate.admits(name):
        raise opened_too_often()
    by, today = await _owner(deps, name), as_day(deps.now())
    entries = await entries_of(by, today - _BACK, today + _AHEAD)
    base = deps.settings.public_url
    events = (_event(one, base) for one in entries)
    text = written_calendar(f"Hub, {deps.policy.company.name}", events, now=deps.now())
    return web.Response(
        text=text, content_type="text/calendar", headers={"Cache-Control": "private, no-store"}
    )


async def _owner(deps: Services, name: str) -> Operator:
    account = await deps.accounts.named(name)
    reach = reach_of(account.grants) if account is not None else {}
    return Operator(who=of_account(name), reach=reach, needs=READ, stores=deps)


def _event(entry: CalendarEntry, base: str) -> CalendarEvent:
    return CalendarEvent(
        uid=f"{entry.kind}-{entry.id}-{entry.day}@hub",
        at=entry.day if entry.whole_day and entry.day is not None else entry.at,
        summary=f"{KINDS_ES[entry.kind]}: {entry.title}",
        where=entry.building,
        url=base + entry.path,
    )
