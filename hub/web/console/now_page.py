"""Hoy: who is in danger, what is broken or late, and one's own work; a good day is one line and the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from aiohttp import web

from hub.access.sight import Field, Sight
from hub.desk.channels.rows import ChannelRow, health_of
from hub.desk.channels.state import read_channels, read_depths
from hub.desk.matters.rows import MatterCounts, MattersQuery, MatterView
from hub.desk.today import queries
from hub.desk.today.reading import unreached_in
from hub.desk.today.rows import Leaving
from hub.model import Scope
from hub.model.emergencies import OpenEmergency, UnreachedPerson
from hub.operations.now.answer import Activity
from hub.operations.now.danger import calls, place_of
from hub.operations.now.headline import matters
from hub.operations.now.matter import Matter, Urgency
from hub.operations.now.rank import Rank
from hub.rendering import near_dates
from hub.rendering.actors_es import who_es
from hub.rendering.figures_es import many
from hub.rendering.filters import fecha
from hub.rendering.matters_es import kind_of, written
from hub.rendering.page_links import CLOCKS, case_path
from hub.rendering.titles_es import EVENTS
from hub.web.api.now import now_of
from hub.web.auth.caller import actor_of, caller_of, places_with, sight_of
from hub.web.auth.session_cookie import SESSION
from hub.web.console.case_list import face, initials, matter_counts, matter_rows
from hub.web.console.list_filter import address, window
from hub.web.console.message_list import PATH as MESSAGES
from hub.web.console.own_line import OWN_LINE, OwnLine
from hub.web.console.shell import console_page
from hub.web.console.staff import staff_names
from hub.web.services import Services, services

PATH: Final = "/"
LIVE: Final = "messages clocks dead replies channels unreached"
_LATE: Final = 5
"""Late matters that the page shows; their view has all."""
_WORK: Final = 8
_INBOX: Final = "inbox"
_VIEWS: Final = {
    MatterView.MINE: "Míos",
    MatterView.UNOWNED: "Sin dueño",
    MatterView.TODAY: "Vencen hoy",
}
_NO_WORK: Final = {
    MatterView.MINE: "Nada está a su nombre. Lo que nadie ha tomado está en «Sin dueño».",
    MatterView.UNOWNED: "Todo tiene dueño.",
    MatterView.TODAY: "Nada vence hoy.",
    _INBOX: "No tiene mensajes sin leer.",
}
_COUNTED_BY_MATTER: Final = frozenset({"at_risk", "replies"})
"""Lists of which the page counts matters, as their own page does."""
_HEALTH: Final[Mapping[str, str]] = {"on": "good", "off": "", "broken": "bad"}
"""Class of a channel's health → that of its dot; all others wait."""


class Tab(NamedTuple):
    """A part of one's own work: its name in the address, its words, and how many wait in it."""

    name: str
    words: str
    waits: int


class ChannelLine(NamedTuple):
    """A channel: the class of its dot, its health in a word where it is not good, and its last hour."""

    name: str
    dot: str
    trouble: str
    left: int


async def show(request: web.Request) -> web.StreamResponse:
    """Show what is dangerous, broken or late, then the work."""
    deps, places = services(request), places_with(request, Scope.READ)
    _, activity, situation = await now_of(request)
    found, counted = matters(situation), await matter_counts(request, places)
    bad = [matter for matter in found if matter.urgency is Urgency.BAD]
    channels = _channels(await channels_of(deps), activity)
    tabs = _tabs(request, counted)
    chosen = _chosen(request, tabs)
    late, _ = await matter_rows(request, MattersQuery(view=MatterView.OVERDUE, limit=_LATE), places)
    now = deps.now()
    return console_page(
        "console/now.html",
        request,
        here=PATH,
        dangers=await dangers(request, situation.emergencies),
        calls=list(calls(situation)),
        troubles=_of_rank(bad, Rank.CHANNEL),
        # Emergencies stand above all else.
        late=[row for row in late if not row.danger],
        overdue=counted.overdue,
        refused=_of_rank(bad, Rank.REFUSED),
        others=[
            *_of_rank(bad, Rank.REST),
            *([] if counted.overdue else _of_rank(bad, Rank.OVERDUE)),
        ],
        waiting=[
            matter
            for matter in found
            if matter.urgency is not Urgency.BAD and matter.name not in _COUNTED_BY_MATTER
        ],
        counted=counted,
        calm="" if bad else await _calm(request, channels),
        tabs=tabs,
        chosen=chosen,
        no_work=_NO_WORK[chosen],
        **await _work(request, chosen),
        channels=channels,
        of_channel=partial(of_channel, activity),
        leaving=await queries.leaving(deps.database, places, now),
        about=partial(_about, sight_of(request)),
        week=await queries.due_days(deps.database, places, now),
        day_words=near_dates.weekday,
        today=fecha(now).rpartition(" de ")[0],
        events=EVENTS,
        staff=await staff_names(request),
        me=caller_of(request).who,
        face=face,
        initials=initials,
    )


def of_channel(activity: Activity, channel: str, only: str) -> str:
    """Return the list of the messages that a channel's number of the last hour counts."""
    return address(MESSAGES, None, channel=channel, only=only, **window(activity.since))


async def channels_of(deps: Services) -> Sequence[ChannelRow]:
    """Return the channels as they are; the broker is asked at most every two seconds."""
    depths = await deps.depths.get(None, partial(read_depths, deps.publisher))
    return await read_channels(deps, depths)


def _of_rank(found: Sequence[Matter], rank: Rank) -> list[Matter]:
    return [matter for matter in found if matter.rank is rank]


def _channels(rows: Sequence[ChannelRow], activity: Activity) -> list[ChannelLine]:
    """Return the channels that are configured or have something to do."""
    return [
        ChannelLine(
            row.name, _HEALTH.get(kind, "wait"), "" if kind == "on" else word, work.left if work else 0
        )
        for row in rows
        for kind, word in [health_of(row)]
        for work in [activity.channels.get(row.name)]
        if row.providers or work or any(row.waiting.values())
    ]


def _tabs(request: web.Request, counted: MatterCounts) -> list[Tab]:
    tabs = [Tab(view, words, getattr(counted, view)) for view, words in _VIEWS.items()]
    person = _person(request)
    unread = request.get(OWN_LINE, OwnLine()).unread
    return [*tabs, Tab(_INBOX, "Mi bandeja", unread)] if person else tabs


def _chosen(request: web.Request, tabs: Sequence[Tab]) -> str:
    """Return the tab that the address names; else the first one that has anything."""
    asked = request.query.get("work", "")
    names = [tab.name for tab in tabs]
    return asked if asked in names else next((tab.name for tab in tabs if tab.waits), names[0])


async def _work(request: web.Request, chosen: str) -> dict[str, Any]:
    """Return the rows of the chosen tab: matters, or the unread entries of the own inbox."""
    person = _person(request)
    if chosen == _INBOX and person:
        page = await services(request).inbox.items(person, after=None, limit=_WORK, unread=True)
        return {"rows": [], "entries": page.items, "all_of": "/inbox"}
    asked = MattersQuery(view=MatterView(chosen), limit=_WORK)
    rows, _ = await matter_rows(request, asked, places_with(request, Scope.READ))
    return {"rows": rows, "entries": [], "all_of": f"/cases?view={chosen}"}


async def _calm(request: web.Request, channels: Sequence[ChannelLine]) -> str:
    """Return the line of a good day: what works, and the next term of one's own."""
    asked = MattersQuery(view=MatterView.MINE, limit=1)
    [*own], _ = await matter_rows(request, asked, places_with(request, Scope.READ))
    working = [line for line in channels if not line.trouble]
    told = many(len(working), "canal trabaja", "canales trabajan")
    following = f" Su siguiente plazo: {own[0].left}." if own and own[0].left else ""
    return f"Nada vencido, y {told}.{following}" if working else f"Nada vencido.{following}"


def _person(request: web.Request) -> str | None:
    session = request.get(SESSION)
    return session.account.person if session is not None and session.account is not None else None


def _about(sight: Sight, one: Leaving) -> str:
    """Return what leaves, in the words of its event for who may read them there."""
    words = written(one.data) if sight.is_plain(Field.WORDS, one.place) else ""
    return words or kind_of(one.event)


class Danger(NamedTuple):
    """An open emergency as the page shows it; `calls` is whether telephones are shown."""

    emergency: OpenEmergency
    title: str
    people: Sequence[UnreachedPerson]
    calls: bool
    taken_by: str
    case: str
    take: str
    """Where it is taken on; empty once somebody has."""

    @property
    def more(self) -> int:
        return max(0, self.emergency.lost - len(self.people))

    def share(self, people: int) -> float:
        """Return how many of those who were told these are, of 100."""
        return round(100 * people / self.emergency.told, 1) if self.emergency.told else 0


async def dangers(request: web.Request, found: Iterable[OpenEmergency]) -> list[Danger]:
    """Return the emergencies that are no drills, in their order. A telephone that is shown is noted."""
    staff = await staff_names(request)
    return [
        Danger(
            emergency=emergency,
            title=place_of(emergency),
            people=await unreached_in(
                emergency,
                services(request).emergencies,
                actor_of(request),
                named=sight_of(request).is_plain(Field.NAME, emergency.copropiedad_id),
                calls=calls,
            ),
            calls=calls,
            taken_by="" if emergency.unattended else who_es(emergency.taken_by or None, staff),
            case=case_path(emergency.case),
            take=f"{CLOCKS}/{emergency.clock}" if emergency.unattended else "",
        )
        for emergency in found
        if not emergency.drill
        for calls in [await _may_call(request, emergency)]
    ]


async def _may_call(request: web.Request, emergency: OpenEmergency) -> bool:
    """Return whether the caller has taken it on, or is one of the staff whom it has called."""
    session = request.get(SESSION)
    person = session.account.person if session is not None and session.account is not None else None
    if not sight_of(request).is_plain(Field.NAME, emergency.copropiedad_id):
        return False
    if emergency.taken_by and emergency.taken_by in (caller_of(request).who, person):
        return True
    return person is not None and await services(request).emergencies.called(emergency.key, person)
