"""Situation now, from the stores of an operator's lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec.structs import replace

from hub.access.actor import Actor
from hub.model import PropertyScope
from hub.model.casework import ReplyView
from hub.model.emergencies import OpenEmergency, UnreachedPerson
from hub.model.message_lists import LISTS, MessageList
from hub.model.posters import PosterState
from hub.operations.incidents import IncidentRow, read_incidents
from hub.operations.now.answer import Activity, NowChannel, NowHour
from hub.operations.now.headline import EVERYTHING_ES
from hub.operations.now.rank import COUNTED
from hub.operations.now.situation import Situation
from hub.parts.stores import Stores
from hub.people.masking import mask_name
from hub.ports import EVERYTHING
from hub.ports.cases import ReplyFilter
from hub.rendering.filters import nombre
from hub.rendering.labels_es import CHANNELS
from hub.rendering.titles_es import EVENTS
from hub.storage import PostgresActivity, PostgresEmergencies
from hub.storage.activity import AffectedPeople, RejectedEvents

SHOWN: Final = 100
"""Rows of a list that are counted: for more the page says `más de`."""
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
LATELY: Final = timedelta(minutes=10)
WEEK: Final = timedelta(days=7)
_COUNTED: Final = (MessageList.LEFT, MessageList.LOST, MessageList.AHEAD)


class Waiting(Protocol):
    """Counts the people who wait for a channel: `PostgresActivity.waiting`, or its answer of a moment ago."""

    async def __call__(self, channel: str, *, places: PropertyScope) -> AffectedPeople: ...


async def activity_of(store: PostgresActivity, now: datetime, places: PropertyScope) -> Activity:
    """Count the messages of the last day by hour and state, and of the last hour by channel."""
    begin = now.replace(minute=0, second=0, microsecond=0) - DAY + HOUR
    since = _minute(now - HOUR)
    by_hour: dict[datetime, Counter[str]] = defaultdict(Counter)
    for found in await store.hours(begin, places=places):
        by_hour[found.hour][found.state] += found.messages
    by_channel: dict[str, Counter[str]] = defaultdict(Counter)
    for of in await store.channels(since, places=places):
        by_channel[of.channel][of.state] += of.messages
    hours = [begin + number * HOUR for number in range(24)]
    return Activity(
        hours=[
            NowHour(hour=hour, **_sums(by_hour[hour]), spared=_sum(by_hour[hour], MessageList.SPARED))
            for hour in hours
        ],
        channels={name: NowChannel(channel=name, **_sums(counts)) for name, counts in by_channel.items()},
        accepted=await store.accepted(now - HOUR, now - LATELY, places=places),
        since=since,
    )


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _sums(counts: Counter[str]) -> dict[str, int]:
    return {str(name): _sum(counts, name) for name in _COUNTED}


def _sum(counts: Counter[str], name: MessageList) -> int:
    return sum(counts[state] for state in LISTS[name])


async def situation_of(
    stores: Stores,
    counts: Mapping[str, Mapping[str, int]],
    activity: Activity,
    *,
    places: PropertyScope,
    letters: Callable[[PropertyScope], Awaitable[int]],
    posters: Callable[..., Awaitable[int]],
    waiting: Waiting | None = None,
    approvals: int = 0,
) -> Situation:
    """
    Gather the incidents and the waiting work.

    `counts` are those of the lists, by noun and state; `letters` and `posters` count those of their nouns,
    `approvals` are what this operator may release.
    """
    found = (await read_incidents(stores.incidents, SHOWN)).items
    incidents = [row for row in found if row.state == "open"]
    week = _minute(stores.now() - WEEK)
    lists = await _lists(stores, posters, places, week)
    live = counts["clocks"]
    return Situation(
        emergencies=await stores.emergencies.open_emergencies(places),
        calls=await stores.emergencies.due_calls(places),
        incidents=incidents,
        paused=[_called(one) for one in sorted(await stores.pauses.paused()) if not _is_of_one(one)],
        breached=live.get("breached", 0),
        at_risk=live.get("at_risk", 0),
        dead=counts["dead"].get("open", 0),
        failed=sum(hour.lost for hour in activity.hours),
        letters=await letters(places),
        sent=activity.accepted.hour,
        approvals=approvals,
        waiting=await _waiting(waiting or stores.activity.waiting, incidents, places),
        overdue=await stores.activity.overdue(places=places),
        refused=await stores.activity.refused() if places is None else RejectedEvents(),
        day=activity.hours[0].hour,
        week=week,
        more=frozenset(name for name, number in lists.items() if number == SHOWN),
        **lists,
    )


async def _waiting(
    waiting: Waiting, incidents: Sequence[IncidentRow], places: PropertyScope
) -> Mapping[str, AffectedPeople]:
    """Count the people who wait for each channel that is broken or late; nobody where none is."""
    counted = [row for row in incidents if row.kind in COUNTED]
    return {row.key: await waiting(row.key.split(":")[1], places=places) for row in counted}


async def _lists(
    stores: Stores, posters: Callable[..., Awaitable[int]], places: PropertyScope, week: datetime
) -> Mapping[str, int]:
    """Count what waits for somebody, up to SHOWN of each."""
    return {
        "unreached": await _unreached(stores, places, week),
        "replies": await _replies(stores, places),
        "to_print": await posters(PosterState.TO_PRINT, places, most=SHOWN),
        "to_take_down": await posters(PosterState.TO_TAKE_DOWN, places, most=SHOWN),
    }


async def _replies(stores: Stores, places: PropertyScope) -> int:
    """Count the replies that nobody has answered."""
    asked = ReplyFilter(kind="reply", view=ReplyView.OPEN, places=places)
    return len((await stores.contacts.replies(asked, after=None, limit=SHOWN)).items)


async def _unreached(stores: Stores, places: PropertyScope, since: datetime) -> int:
    return len((await stores.log.unreached(after=None, limit=SHOWN, places=places, since=since)).items)


def _is_of_one(subject: str) -> bool:
    """Return whether a pause is of one communication, which has a page and a state."""
    return subject.startswith("communication:")


def _called(subject: str) -> str:
    if subject == EVERYTHING:
        return EVERYTHING_ES
    kind, _, name = subject.partition(":")
    return (CHANNELS if kind == "channel" else EVENTS).get(name, name)


_NAMED: Final = 4
"""People whom a page names; the case has all."""


async def unreached_in(
    emergency: OpenEmergency, store: PostgresEmergencies, by: Actor, *, named: bool, calls: bool
) -> Sequence[UnreachedPerson]:
    """Return the first whom nothing has reached; each telephone that is shown is noted before."""
    if not emergency.lost:
        return []
    found = await store.unreached(emergency.key, _NAMED)
    for one in found if calls else ():
        await by.note_look("emergency.phone", emergency.case, person=one.person)
    return [_seen(one, named=named, calls=calls) for one in found]


def _seen(one: UnreachedPerson, *, named: bool, calls: bool) -> UnreachedPerson:
    name = nombre(one.name) if named else mask_name(one.name)
    return replace(one, name=name, phone=one.phone if calls else None)
