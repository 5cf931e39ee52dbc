"""Canales: how each is, what waits for it; pause it with a reason and an end, and let it go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Json, Scope
from hub.operations import pause as pausing
from hub.operations.incidents import read_incidents
from hub.ports import EVERYTHING
from hub.rendering.titles_es import EVENTS
from hub.web.api.now import activity_lately
from hub.web.api.pauses import AT_MOST
from hub.web.auth.caller import caller_of, note
from hub.web.console.now_page import channels_of, health_of, of_channel
from hub.web.console.shell import console_page, done
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery
from hub.web.services import Services, services

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


class ChannelsQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    done: str = ""


class PauseForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=100)]
    reason: Annotated[str, Meta(max_length=200)]
    end: Literal["30m", "2h", "12h", "24h", "never"]


class ResumeForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(max_length=100)]
    older: Annotated[Literal["cancel"] | None, Meta(description="What was planned before is cancelled.")] = (
        None
    )


async def show(request: web.Request, query: ChannelsQuery) -> web.StreamResponse:  # noqa: ARG001 - its fields are the shell's
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
        **await _of_everything(deps, pauses),
        ends={name: label for name, (label, _) in _ENDS.items()},
        may_pause=caller_of(request).places({Scope.OPERATE}) is None,
    )


async def _of_everything(deps: Services, pauses: Sequence[Mapping[str, Json]]) -> dict[str, Any]:
    """Return the pause of everything, if there is one, and how much would leave after it."""
    found = next((row for row in pauses if row["subject"] == EVERYTHING), None)
    unsent = await deps.pauses.unsent() if found is not None else ()
    return {
        "everything": found,
        "unsent": sum(row["unsent"] for row in unsent),
        "older": sum(row["before"] for row in unsent),
    }


async def pause(request: web.Request, form: PauseForm) -> web.StreamResponse:
    """Pause a channel or an event."""
    subject, deps = pausing.subject_of(form.name), services(request)
    ends_at = _end(form.end, deps.now())
    who = caller_of(request).who
    made = await pausing.pause(subject, by=who, reason=form.reason, store=deps.pauses, ends_at=ends_at)
    await note(request, "pause", subject, changed=made.changed)
    return done(PATH, f"paused{_of(subject)}")


async def resume(request: web.Request, form: ResumeForm) -> web.StreamResponse:
    """End a pause, and release what it held."""
    subject, deps = pausing.subject_of(form.name), services(request)
    if form.older is not None and subject == EVERYTHING:
        cancelled = await pausing.cancel_older(deps.pauses)
        await note(request, "cancel_older", subject, cancelled=cancelled)
    made = await pausing.resume(subject, store=deps.pauses, publisher=deps.publisher, at_most=AT_MOST)
    await note(request, "resume", subject, changed=made.changed, released=made.released)
    return done(PATH, f"resumed{_of(subject)}")


def _of(subject: str) -> str:
    """Return the end of the word that says what was paused: a channel has none."""
    kind = subject.partition(":")[0]
    return "" if kind == "channel" else f"_{kind}"


def _end(chosen: str, now: datetime) -> datetime | None:
    length = _ENDS[chosen][1]
    return None if length is None else now + length
