"""Canales: how each is, what waits for it; pause it with a reason and an end, and let it go on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.errors import NotRestored
from hub.model import Scope
from hub.operations.channels import read_pause
from hub.operations.incidents import read_incidents
from hub.operations.pause import subject_of
from hub.ports import EVERYTHING
from hub.rendering.titles_es import EVENTS
from hub.web.api.now import activity_lately
from hub.web.api.pauses import pause_here, resume_here
from hub.web.auth.caller import actor_of, caller_of
from hub.web.console.now_page import channels_of, health_of, of_channel
from hub.web.console.shell import console_page, done
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery
from hub.web.services import services

PATH: Final = "/channels"
PAUSE: Final = f"{PATH}/pause"
RESUME: Final = f"{PATH}/resume"
_SHOWN: Final = 100
_OF_CHANNELS: Final = frozenset({"circuit", "queue_age", "balance"})
"""Kinds of incidents that are about a channel."""
_ENDS: Final[Mapping[str, tuple[str, timedelta | None]]] = MappingProxyType(
    {
        "30m": ("En media hora", timedelta(minutes=30)),
        "2h": ("En dos horas", timedelta(hours=2)),
        "12h": ("En doce horas", timedelta(hours=12)),
        "24h": ("En un día", timedelta(days=1)),
        "never": ("Cuando alguien la termine", None),
    }
)
"""When a pause ends by itself."""


class PauseForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=100)]
    reason: Annotated[str, Meta(max_length=200)]
    end: Literal["30m", "2h", "12h", "24h", "never"]


class ResumeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=100)]
    older: Annotated[Literal["cancel"] | None, Meta(description="What was planned before is cancelled.")] = (
        None
    )


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show the channels, and which events are paused."""
    deps = services(request)
    activity = await activity_lately(request)
    pauses = await deps.pauses.pauses()
    incidents = (await read_incidents(deps.incidents, _SHOWN)).items
    return console_page(
        "console/channels.html",
        request,
        here=PATH,
        live="channels messages",
        channels=[(row, *health_of(row)) for row in await channels_of(deps)],
        work=activity.channels,
        staff=await staff_names(request),
        of_channel=partial(of_channel, activity),
        incidents=[row for row in incidents if row.state == "open" and row.kind in _OF_CHANNELS],
        events=EVENTS,
        paused_events=[row for row in pauses if str(row["subject"]).startswith("event:")],
        everything=await read_pause(deps.pauses, EVERYTHING),
        ends={name: label for name, (label, _) in _ENDS.items()},
        may_pause=caller_of(request).places({Scope.OPERATE}) is None,
    )


async def pause(request: web.Request, form: PauseForm) -> web.StreamResponse:
    """Pause a channel or an event."""
    ends_at = _end(form.end, services(request).now())
    await pause_here(request, form.name, actor_of(request), form.reason, ends_at)
    return done(PATH, f"paused{_of(form.name)}")


async def resume(request: web.Request, form: ResumeForm) -> web.StreamResponse:
    """End a pause, and release what it held."""
    try:
        await resume_here(request, form.name, cancels_older=form.older is not None)
    except NotRestored:
        return done(PATH, "not_restored")
    return done(PATH, f"resumed{_of(form.name)}")


def _of(name: str) -> str:
    """Return the end of the word that says what was paused: a channel has none."""
    kind = subject_of(name).partition(":")[0]
    return "" if kind == "channel" else f"_{kind}"


def _end(chosen: str, now: datetime) -> datetime | None:
    length = _ENDS[chosen][1]
    return None if length is None else now + length
