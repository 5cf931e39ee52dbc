"""Calendario: a month or a week of what is scheduled and what falls due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal

from aiohttp import web

from hub.business_time.dates import as_day
from hub.desk.calendar.acts import KINDS_ES, CalendarEntry, entries_of
from hub.desk.calendar.noun import PATH
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.doors.console import AGAIN, ONCE
from hub.rendering.filters import dia_corto, mes
from hub.storage import calendar_links
from hub.web.auth.session_cookie import SESSION
from hub.web.console.shell import console_page
from hub.web.requests import FormQuery
from hub.web.services import services

View = Literal["month", "week"]
ICONS: Final[Mapping[str, str]] = {
    "communication": "comunicar",
    "reminder": "correo",
    "poster": "carta",
    "promise": "plazo",
    "task": "si",
}
_WEEK: Final = timedelta(days=7)
_SHOWN: Final[Mapping[View, int]] = {"month": 4, "week": 200}
"""Entries of a day; a month leads to the week for the rest."""


class CalendarPageQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    view: View = "month"
    day: date | None = None


async def show(request: web.Request, query: CalendarPageQuery) -> web.StreamResponse:
    """Show a month or a week, day by day."""
    by = operator_of(request, READ)
    today = as_day(by.now)
    day = query.day or today
    days = days_of(query.view, day)
    entries = defaultdict[date | None, list[CalendarEntry]](list)
    for entry in await entries_of(by, days[0], days[-1]):
        entries[entry.day].append(entry)
    session = request.get(SESSION)
    account = session.account if session is not None else None
    return console_page(
        "desk/calendar/page.html",
        request,
        here=PATH,
        view=query.view,
        title=mes(day) if query.view == "month" else f"Semana del {dia_corto(days[0])}",
        days=[(one, entries[one][: _SHOWN[query.view]], len(entries[one])) for one in days],
        month=day.month,
        today=today,
        before=_moved(query.view, day, -1),
        after=_moved(query.view, day, 1),
        day=day,
        kinds=KINDS_ES,
        icons=ICONS,
        account=account,
        link_made_at=account and await calendar_links.link_made_at(services(request).database, account.name),
        wrong=request.get(AGAIN, ONCE)["wrong"],
    )


def days_of(view: View, day: date) -> Sequence[date]:
    """Return the days from Monday to Sunday: of the week, or of all weeks of the month."""
    first, last = (day, day) if view == "week" else (day.replace(day=1), _moved("month", day, 1) - _DAY)
    start = first - first.weekday() * _DAY
    return [start + number * _DAY for number in range((last - start).days // 7 * 7 + 7)]


_DAY: Final = timedelta(days=1)


def _moved(view: View, day: date, by: Literal[-1, 1]) -> date:
    """Return a day of the week before or after, or the first of that month."""
    if view == "week":
        return day + by * _WEEK
    return (day.replace(day=1) + timedelta(days=31 if by > 0 else -1)).replace(day=1)
