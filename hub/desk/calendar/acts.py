"""The calendar: its days, and the link under which a calendar program reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from secrets import token_urlsafe
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hub.business_time.dates import as_day, day_start, next_day_start
from hub.catalog.standing_tasks import STANDING_TASKS
from hub.doors.operator import Operator
from hub.errors import NotOffered
from hub.model import Instant
from hub.model.actors import ACCOUNT, bare
from hub.model.pages import ListQuery, Rows, rows_by
from hub.operations.standing_tasks import states_of
from hub.people.units import own_name
from hub.rendering.titles_es import CLOCKS, EVENTS, TASKS
from hub.storage import calendar_links
from hub.storage.database import beside, read
from hub.storage.filters import listed

EntryKind = Literal["communication", "reminder", "poster", "promise", "task"]
KINDS_ES: Final[Mapping[EntryKind, str]] = {
    "communication": "Sale una comunicación",
    "reminder": "Sale un recordatorio",
    "poster": "Se quita un cartel",
    "promise": "Vence una promesa",
    "task": "Vence una tarea",
}
LONGEST: Final = 62
"""Days that one question may span."""
_MOST: Final = 1000
"""Entries of a kind."""
LINK: Final = "/ical/{token}.ics"
_SQL: Final = beside(__file__)
_USUAL: Final = timedelta(days=30)
_PATHS: Final = {
    "communication": "/communications/{}",
    "reminder": "/events/{}",
    "poster": "/posters/{}",
    "promise": "/clocks/{}",
    "task": "/tasks/{}",
}
_ENDS: Final = frozenset({"poster", "promise"})
_INSTANT: Final = timedelta(microseconds=1)
_TITLES: Final = {"reminder": EVENTS, "poster": EVENTS, "promise": CLOCKS, "task": TASKS}
"""Kind → name of an event, clock or task → its words; others have a title of their own."""
_NOBODY: Final = "A calendar is read by a person: sign in with an account of your own."


class CalendarEntry(Struct, frozen=True, kw_only=True):
    """Something of a day. It names no resident: `title` are words of staff or of the catalogue."""

    id: Annotated[str, Meta(description="Of the communication, event, poster, promise or task.")]
    kind: EntryKind
    at: Annotated[Instant, Meta(description="Of a `whole_day` the first instant.")]
    title: Annotated[str, Meta(description="Spanish.")]
    copropiedad: Annotated[str | None, Meta(description="Null: of several, or of the company.")]
    building: Annotated[str, Meta(description="Its name.")] = ""
    day: Annotated[
        date | None, Meta(description="Its day in Colombia: what falls due at midnight is of the day before.")
    ] = None
    whole_day: bool = False
    path: Annotated[str, Meta(description="Its page in the console.")] = ""


class CalendarQuery(ListQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    since: Annotated[date | None, Meta(description="The first day; by default today.")] = None
    until: Annotated[
        date | None, Meta(description=f"The last day; by default 30 days later, at most {LONGEST}.")
    ] = None


class CalendarLink(Struct, frozen=True, kw_only=True):
    """The address for a calendar program: it is shown once."""

    url: str


class CalendarLinkEnded(Struct, frozen=True, kw_only=True):
    changed: Annotated[bool, Meta(description="Whether there was a link.")]


async def list_calendar(by: Operator, query: CalendarQuery) -> Rows[CalendarEntry]:
    """
    List what is scheduled and falls due: communications, reminders, posters, promises, tasks.

      hub calendar list --since 2026-03-01 --until 2026-03-31
    """
    since = query.since or as_day(by.now)
    entries = await entries_of(by, since, query.until or since + _USUAL)
    return rows_by(entries, query, lambda entry: (entry.at.isoformat(), f"{entry.kind}:{entry.id}"))


async def entries_of(by: Operator, since: date, until: date) -> Sequence[CalendarEntry]:
    """Return the entries of these days, in order; of a longer time only those of its beginning."""
    last = min(until, since + timedelta(days=LONGEST - 1))
    span = day_start(since), next_day_start(last), listed(by.places), _MOST
    # Each kind by the index of its hour.
    rows = [row for statement in _SQL.values() for row in await by.db.rows(statement, *span)]
    found = [*(read(CalendarEntry, row) for row in rows), *await _tasks(by, since, last)]
    names = await by.stores.directory.place_names(by.places)
    shown = (
        replace(
            one,
            title=_TITLES.get(one.kind, {}).get(one.title, one.title),
            building=own_name(names.get(one.copropiedad or "", "")),
            day=as_day(one.at - _INSTANT if one.kind in _ENDS else one.at),
            path=_PATHS[one.kind].format(one.id),
        )
        for one in found
    )
    return sorted(shown, key=lambda entry: (entry.at, entry.kind, entry.id))


async def make_calendar_link(by: Operator) -> CalendarLink:
    """Make the link under which a calendar program reads your calendar; an earlier one ends."""
    await by.audit("calendar.link", by.by)
    token = token_urlsafe(32)
    if not await calendar_links.make_link(by.db, _account(by), token, by.now):
        raise NotOffered(_NOBODY)
    return CalendarLink(url=by.stores.settings.public_url + LINK.format(token=token))


async def end_calendar_link(by: Operator) -> CalendarLinkEnded:
    """End the link of your calendar: whoever has it sees nothing more; safe to repeat."""
    await by.audit("calendar.unlink", by.by)
    return CalendarLinkEnded(changed=await calendar_links.forget_link(by.db, _account(by)))


def _account(by: Operator) -> str:
    if not by.by.startswith(ACCOUNT):
        raise NotOffered(_NOBODY)
    return bare(by.by)


async def _tasks(by: Operator, since: date, until: date) -> list[CalendarEntry]:
    """Return the tasks of the company that are still to be done; who has some places has none of them."""
    if by.places is not None:
        return []
    stores, today = by.stores, as_day(by.now)
    states = await states_of(STANDING_TASKS, store=stores.standing_tasks, policy=stores.policy, today=today)
    return [
        CalendarEntry(id=name, kind="task", at=day_start(day), title=name, copropiedad=None, whole_day=True)
        for name, day in ((one.task.name, one.due_on) for one in states if not one.done)
        if day is not None and since <= day <= until
    ]
