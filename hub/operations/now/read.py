"""Situation now, from the stores of an operator's lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from hub.model import PropertyScope
from hub.model.casework import ReplyView
from hub.model.message_lists import LISTS, MessageList
from hub.model.posters import PosterState
from hub.operations.incidents import IncidentRow, read_incidents
from hub.operations.now.headline import EVERYTHING_ES
from hub.operations.now.rank import COUNTED
from hub.operations.now.situation import Situation
from hub.ports import EVERYTHING, ContactStore, IncidentLog, LogStore
from hub.ports.activity import AcceptedMessages, ActivityStore, AffectedPeople, RejectedEvents
from hub.ports.casework import ReplyFilter
from hub.ports.emergencies import OpenEmergencies
from hub.rendering.labels_es import CHANNELS
from hub.rendering.titles_es import EVENTS

SHOWN: Final = 100
"""Rows of a list that are counted: for more the page says `más de`."""
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
LATELY: Final = timedelta(minutes=10)
WEEK: Final = timedelta(days=7)
_COUNTED: Final = (MessageList.LEFT, MessageList.LOST, MessageList.AHEAD)


class Waiting(Protocol):
    """Counts the people who wait for a channel: `ActivityStore.waiting`, or its answer of a moment ago."""

    async def __call__(self, channel: str, *, places: PropertyScope) -> AffectedPeople: ...


class CountPosters(Protocol):
    """Counts the posters in a state, up to `most`."""

    async def __call__(self, state: PosterState, places: PropertyScope, *, most: int) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NowDeps:
    activity: ActivityStore
    contacts: ContactStore
    emergencies: OpenEmergencies
    incidents: IncidentLog
    letters: Callable[[PropertyScope], Awaitable[int]]
    """Counts the letters that are to be printed or handed over."""
    log: LogStore
    paused: Callable[[], Awaitable[Collection[str]]]
    """Returns the subjects that are paused."""
    posters: CountPosters
    waiting: Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class HourOfWork:
    """An hour of the last day: how many of its messages have left, are lost, wait, or were not to be sent."""

    hour: datetime
    left: int
    lost: int
    ahead: int
    spared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOfWork:
    """A channel in the last hour."""

    channel: str
    left: int
    lost: int
    ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    hours: Sequence[HourOfWork]
    """24 of them, the oldest first."""
    channels: Mapping[str, ChannelOfWork]
    since: datetime
    """Begin of the channels' counts: an hour ago, to the minute, as the list of the rows has it."""
    accepted: AcceptedMessages = field(default_factory=AcceptedMessages)
    """Messages that providers have accepted in the last hour and in ten minutes, planned at any time."""


async def activity_of(store: ActivityStore, now: datetime, places: PropertyScope) -> Activity:
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
            HourOfWork(hour=hour, **_sums(by_hour[hour]), spared=_sum(by_hour[hour], MessageList.SPARED))
            for hour in hours
        ],
        channels={name: ChannelOfWork(channel=name, **_sums(counts)) for name, counts in by_channel.items()},
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
    deps: NowDeps,
    counts: Mapping[str, Mapping[str, int]],
    activity: Activity,
    *,
    now: datetime,
    places: PropertyScope,
) -> Situation:
    """Gather the incidents and the waiting work. `counts` are those of the lists, by noun and state."""
    found = (await read_incidents(deps.incidents, SHOWN)).items
    incidents = [row for row in found if row.state == "open"]
    week = _minute(now - WEEK)
    lists = {
        "unreached": await _unreached(deps, places, week),
        "replies": await _replies(deps, places),
        "to_print": await deps.posters(PosterState.TO_PRINT, places, most=SHOWN),
        "to_take_down": await deps.posters(PosterState.TO_TAKE_DOWN, places, most=SHOWN),
    }
    live = counts["clocks"]
    return Situation(
        emergencies=await deps.emergencies.open_emergencies(places),
        calls=await deps.emergencies.due_calls(places),
        incidents=incidents,
        paused=[_called(subject) for subject in sorted(await deps.paused())],
        breached=live.get("breached", 0),
        at_risk=live.get("at_risk", 0),
        dead=counts["dead"].get("open", 0),
        failed=sum(hour.lost for hour in activity.hours),
        letters=await deps.letters(places),
        sent=activity.accepted.hour,
        waiting=await _waiting(deps.waiting, incidents, places),
        overdue=await deps.activity.overdue(places=places),
        refused=await deps.activity.refused() if places is None else RejectedEvents(),
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


async def _replies(deps: NowDeps, places: PropertyScope) -> int:
    """Count the replies that nobody has answered."""
    asked = ReplyFilter(kind="reply", view=ReplyView.OPEN, places=places)
    return len((await deps.contacts.replies(asked, after=None, limit=SHOWN)).items)


async def _unreached(deps: NowDeps, places: PropertyScope, since: datetime) -> int:
    return len((await deps.log.unreached(after=None, limit=SHOWN, places=places, since=since)).items)


def _called(subject: str) -> str:
    if subject == EVERYTHING:
        return EVERYTHING_ES
    kind, _, name = subject.partition(":")
    return (CHANNELS if kind == "channel" else EVENTS).get(name, name)
