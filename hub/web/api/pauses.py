"""The channels over HTTP, and holding them or events back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from hub.catalog import BY_NAME
from hub.channels.registry import BUILDERS, NAMES, OWN
from hub.model import Lane
from hub.operations import pause as pausing
from hub.ports import IncidentLog, PauseStore, Publisher
from hub.settings import Mode, Settings
from hub.web.auth.audit import note, spoken_for
from hub.web.requests import read_body
from hub.web.responses import json_answer
from hub.web.schemas.operations import PauseBody, Paused, Resumed
from hub.web.services import services

AT_MOST: Final = 10_000
"""Messages that one request releases."""
_INCIDENTS: Final = 500
_CIRCUIT: Final = "circuit"


def providers_of(settings: Settings) -> dict[str, Sequence[str]]:
    """Answer each channel's providers without their secrets."""
    captured = BUILDERS if settings.mode is Mode.CAPTURE else ()
    urls = {name: tuple(url.shown for url in urls) for name, urls in settings.providers.items()}
    return {**dict.fromkeys(OWN, ("hub",)), **dict.fromkeys(captured, ("capture",)), **urls}


def subject_of(name: str) -> str:
    """Answer what is paused by this name; raises UnknownName."""
    return pausing.subject_of(name, channels=NAMES, events=BY_NAME)


async def rows(
    pauses: PauseStore, publisher: Publisher, incidents: IncidentLog, providers: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """List the channels; the command line shows the same."""
    broken = await _broken(incidents)
    paused = {row["subject"]: row for row in await pauses.pauses()}
    held, urgent = Counter[str](), Counter[str]()
    for row in await pauses.held():
        held[row["channel"]] += row["held"]
        urgent[row["channel"]] += row["urgent"]
    return [
        {
            "name": name,
            "providers": list(providers.get(name, ())),
            "broken": broken[name],
            "paused": paused.get(f"channel:{name}"),
            "held": held[name],
            "urgent": urgent[name],
            "waiting": {str(lane): await publisher.depth(name, lane) for lane in Lane},
        }
        for name in NAMES
    ]


async def _broken(incidents: IncidentLog) -> Mapping[str, list[str]]:
    """Answer channel → its providers whose circuit is open."""
    found = defaultdict[str, list[str]](list)
    for incident in await incidents.incidents(_INCIDENTS):
        kind, _, place = incident.key.partition(":")
        if kind == _CIRCUIT and incident.resolved_at is None:
            channel, _, provider = place.partition(":")
            found[channel].append(provider)
    return found


async def list_channels(request: web.Request) -> web.Response:
    """The channels, whether paused or broken, what waits."""
    deps = services(request)
    items = await rows(deps.pauses, deps.publisher, deps.incidents, providers_of(deps.settings))
    return json_answer({"items": items, "next": None})


async def list_pauses(request: web.Request) -> web.Response:
    """What is held back."""
    return json_answer({"items": await services(request).pauses.pauses(), "next": None})


async def pause(request: web.Request) -> web.Response:
    """Hold a channel or an event back."""
    subject = subject_of(request.match_info["name"])
    body = await read_body(request, PauseBody)
    by = spoken_for(request, body.by)
    done = await pausing.pause(subject, by=by, reason=body.reason, store=services(request).pauses)
    await note(request, "pause", subject, changed=done.changed)
    return json_answer(Paused(subject=subject, changed=done.changed, urgent=done.urgent))


async def resume(request: web.Request) -> web.Response:
    """Let go what was held back."""
    deps, subject = services(request), subject_of(request.match_info["name"])
    done = await pausing.resume(subject, store=deps.pauses, publisher=deps.publisher, at_most=AT_MOST)
    await note(request, "resume", done.subject, changed=done.changed, released=done.released)
    return json_answer(
        Resumed(subject=done.subject, changed=done.changed, released=done.released, more=done.more)
    )
