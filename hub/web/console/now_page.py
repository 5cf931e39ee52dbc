"""Ahora: one sentence about the hub, what waits for somebody, and how much it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from aiohttp import web

from hub.business_time.dates import ZONE
from hub.model import Scope
from hub.operations.channels import ChannelRow, read_channels, read_depths
from hub.operations.clocks.board import ClockFilter
from hub.operations.now import Activity, activity_of, headline, matters, situation_of
from hub.rendering.labels_es import CLOCK_STATES, DEAD_STATES, MESSAGE_STATES
from hub.rendering.plots import Plot, columns
from hub.rendering.titles_es import CLOCKS
from hub.web.auth.caller import caller_of
from hub.web.console.shell import console_page
from hub.web.services import Services, services

PATH: Final = "/"
_SOONEST: Final = 8
"""Promises that the page shows; `/clocks` has all."""
_MANY: Final = 10_000
"""Of what has ended no more is counted."""
_SERIES: Final = (("left", "Salieron"), ("ahead", "Esperan"), ("lost", "No llegaron"))
_LISTS: Final = (
    ("messages", "Mensajes", "/messages", MESSAGE_STATES),
    ("clocks", "Promesas", "/clocks", CLOCK_STATES),
    ("dead", "Rechazados", "/dead", DEAD_STATES),
)


async def show(request: web.Request) -> web.StreamResponse:
    """Show what is wrong, what waits, and the last day."""
    deps, places = services(request), caller_of(request).places({Scope.READ})
    now = deps.now()
    counts = await deps.monitoring.counts.get(places)
    activity = await deps.lately.get(places, partial(activity_of, deps.activity, now, places))
    situation = await situation_of(deps.now_deps, counts, activity, now=now, places=places)
    soonest = await deps.clocks.list(ClockFilter(limit=_SOONEST), now, places=places)
    return console_page(
        "console/now.html",
        request,
        here=PATH,
        live="messages clocks dead replies channels unreached",
        headline=headline(situation),
        matters=matters(situation),
        incidents=situation.incidents,
        figures=_figures(counts),
        clocks=soonest["items"],
        clock_names=CLOCKS,
        channels=_channels(await channels_of(deps), activity),
        plot=plot_of(activity),
        series=_SERIES,
        hours=activity.hours,
        rate=_rate(activity),
        everywhere=places is None,
    )


async def channels_of(deps: Services) -> Sequence[ChannelRow]:
    """Return the channels as they are; the broker is asked at most every two seconds."""
    depths = await deps.depths.get(None, partial(read_depths, deps.publisher))
    return await read_channels(deps.pauses, depths, deps.incidents, deps.settings)


def plot_of(activity: Activity) -> Plot:
    names = [f"{hour.hour.astimezone(ZONE).hour} h" for hour in activity.hours]
    return columns(names, [(name, [getattr(hour, name) for hour in activity.hours]) for name, _ in _SERIES])


def _figures(counts: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """Return the counts of each list by state, each with the list of its rows."""
    return [
        {
            "title": title,
            "path": path,
            "states": [
                (state, label, _number(counts[noun][state]), f"{path}?state={state}")
                for state, label in labels.items()
                if counts[noun].get(state)
            ],
        }
        for noun, title, path, labels in _LISTS
    ]


def _number(count: int) -> str:
    return f"{count:,}{'+' if count == _MANY else ''}".replace(",", ".")


def _rate(activity: Activity) -> str:
    """Say how fast messages leave: a minute of the last ten, beside one of the last hour."""
    now, usual = _a_minute(activity.lately, 10), _a_minute(activity.sent, 60)
    return f"Ahora salen {now} por minuto; en la última hora, {usual}."


def _a_minute(messages: int, minutes: int) -> str:
    return f"{messages / minutes:.1f}".replace(".", ",")


def _channels(rows: Sequence[ChannelRow], activity: Activity) -> list[dict[str, Any]]:
    """Return the channels that are configured or have something to do, each with its last hour."""
    found = [(row, activity.channels.get(row.name)) for row in rows]
    return [
        {
            "row": row,
            "health": health_of(row),
            "left": work.left if work else 0,
            "lost": work.lost if work else 0,
            "waiting": sum(row.waiting.values()),
            "lanes": row.waiting,
        }
        for row, work in found
        if row.providers or work or any(row.waiting.values())
    ]


def health_of(row: ChannelRow) -> tuple[str, str]:
    """Return how a channel is: a class of `shell.css`, and a word."""
    if row.paused is not None:
        return "paused", "En pausa"
    if row.broken:
        return ("broken", "Averiado") if len(row.broken) >= len(row.providers) else ("half_open", "A medias")
    return ("on", "Bien") if row.providers else ("off", "Sin configurar")
