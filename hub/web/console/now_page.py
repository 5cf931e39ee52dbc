"""Ahora: one sentence about the hub, the matters that wait for somebody, and the last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from aiohttp import web

from hub.business_time.dates import ZONE
from hub.desk.channels.rows import ChannelRow, health_of
from hub.desk.channels.state import read_channels, read_depths
from hub.model import Scope
from hub.operations.clocks.board import ClockFilter
from hub.operations.now import HOUR, Activity, headline, matters
from hub.operations.now.headline import PLACES
from hub.rendering.figures_es import whole
from hub.rendering.labels_es import CLOCK_COUNTS, DEAD_COUNTS, MESSAGE_COUNTS
from hub.rendering.plots import Plot, columns
from hub.rendering.titles_es import CLOCKS
from hub.web.api.now import now_of
from hub.web.auth.caller import places_with
from hub.web.console.list_filter import address, window
from hub.web.console.message_list import LETTERS, MANY
from hub.web.console.message_list import PATH as MESSAGES
from hub.web.console.shell import console_page
from hub.web.services import Services, services

PATH: Final = "/"
LIVE: Final = "messages clocks dead replies channels unreached"
_SOONEST: Final = 8
"""Promises that the page shows; `/clocks` has all."""
_SERIES: Final = (("left", "Salieron"), ("ahead", "Esperan"), ("lost", "No llegaron"))
_HOURS: Final = (*_SERIES, ("spared", "No se envían"))
_LISTS: Final = (
    ("messages", "Mensajes", "/messages", MESSAGE_COUNTS),
    ("clocks", "Promesas", "/clocks", CLOCK_COUNTS),
    ("dead", "Rechazados", "/dead", DEAD_COUNTS),
)


_LISTS_OF: Final = {"letter": LETTERS}
"""State that has a list of its own → its path."""


class Figures(NamedTuple):
    """A list, and how many rows it has by state: the state, the number, and the list of these."""

    title: str
    path: str
    word_counts: Mapping[str, tuple[str, str]]
    states: Sequence[tuple[str, str, str]]


class ChannelLine(NamedTuple):
    """A channel with its activity in the last hour, and the waiting messages by lane."""

    row: ChannelRow
    health: tuple[str, str]
    left: int
    lost: int
    waiting: int
    lanes: Mapping[str, int]


async def show(request: web.Request) -> web.StreamResponse:
    """Show the faults, the waiting work, and the last day."""
    deps, places = services(request), places_with(request, Scope.READ)
    counts, activity, situation = await now_of(request)
    soonest = await deps.clocks.list(ClockFilter(limit=_SOONEST), deps.now(), places=places)
    return console_page(
        "console/now.html",
        request,
        here=PATH,
        headline=headline(situation),
        matters=matters(situation),
        incidents=situation.incidents,
        pages=PLACES,
        figures=_figures(counts),
        clocks=soonest.items,
        clock_names=CLOCKS,
        channels=_channels(await channels_of(deps), activity),
        plot=plot_of(activity),
        series=_SERIES,
        hours=activity.hours,
        rate=_rate(activity),
        hour_columns=_HOURS,
        of_hour=_of_hour,
        of_channel=partial(of_channel, activity),
        everywhere=places is None,
    )


def of_channel(activity: Activity, channel: str, only: str) -> str:
    """Return the list of the messages that a channel's number of the last hour counts."""
    return address(MESSAGES, None, channel=channel, only=only, **window(activity.since))


def _of_hour(hour: datetime, only: str) -> str:
    return address(MESSAGES, None, only=only, **window(hour, hour + HOUR))


async def channels_of(deps: Services) -> Sequence[ChannelRow]:
    """Return the channels as they are; the broker is asked at most every two seconds."""
    depths = await deps.depths.get(None, partial(read_depths, deps.publisher))
    return await read_channels(deps, depths)


def plot_of(activity: Activity) -> Plot:
    names = [f"{hour.hour.astimezone(ZONE).hour} h" for hour in activity.hours]
    return columns(names, [(name, [getattr(hour, name) for hour in activity.hours]) for name, _ in _SERIES])


def _figures(counts: Mapping[str, Mapping[str, int]]) -> list[Figures]:
    """Return the counts of each list by state, each with the list of its rows."""
    return [
        Figures(
            title,
            path,
            labels,
            [
                (state, whole(counts[noun][state], MANY), _LISTS_OF.get(state, f"{path}?state={state}"))
                for state in labels
                if counts[noun].get(state)
            ],
        )
        for noun, title, path, labels in _LISTS
    ]


def _rate(activity: Activity) -> str:
    """Say how many messages providers accept: a minute of the last ten, beside one of the last hour."""
    now, usual = _a_minute(activity.accepted.lately, 10), _a_minute(activity.accepted.hour, 60)
    return f"Ahora salen {now} por minuto; en la última hora, {usual}."


def _a_minute(messages: int, minutes: int) -> str:
    return f"{messages / minutes:.1f}".replace(".", ",")


def _channels(rows: Sequence[ChannelRow], activity: Activity) -> list[ChannelLine]:
    """Return the channels that are configured or have something to do, each with its last hour."""
    found = [(row, activity.channels.get(row.name)) for row in rows]
    return [
        ChannelLine(
            row=row,
            health=health_of(row),
            left=work.left if work else 0,
            lost=work.lost if work else 0,
            waiting=sum(row.waiting.values()),
            lanes=row.waiting,
        )
        for row, work in found
        if row.providers or work or any(row.waiting.values())
    ]
