"""Canales: the state of each and its waiting messages; pauses with a reason and an end."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.desk.bulk.noun import RUNS
from hub.desk.channels import acts, queries
from hub.desk.channels.rows import ENDS_ES, PauseBody, ResumeQuery, health_of
from hub.desk.channels.state import read_pause
from hub.doors.act import OPERATE
from hub.doors.api import operator_of
from hub.errors import NotRestored
from hub.operations.incidents import read_incidents
from hub.operations.now.answer import Activity
from hub.ports import EVERYTHING
from hub.rendering.titles_es import EVENTS
from hub.web.api.now import activity_lately
from hub.web.auth.caller import caller_of
from hub.web.console.now_page import channels_of, of_channel
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
_Name = Annotated[str, Meta(max_length=100)]


class PauseForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: _Name
    reason: Annotated[str, Meta(max_length=200)]
    end: Literal["30m", "2h", "12h", "24h", "never"]

    def body(self, now: datetime) -> PauseBody:
        length = ENDS_ES[self.end][1]
        return PauseBody(reason=self.reason, ends_at=None if length is None else now + length)


class ResumeForm(ResumeQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: _Name


async def show(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
    """Show the channels, and which events are paused."""
    deps = services(request)
    activity = await activity_lately(request)
    incidents = (await read_incidents(deps.incidents, _SHOWN)).items
    return console_page(
        "desk/channels/page.html",
        request,
        here=PATH,
        channels=[(row, *health_of(row)) for row in await channels_of(deps)],
        work=activity.channels,
        rate=_rate(activity),
        staff=await staff_names(request),
        of_channel=partial(of_channel, activity),
        incidents=[row for row in incidents if row.state == "open" and row.kind in _OF_CHANNELS],
        events=EVENTS,
        paused_events=[
            row for row in await queries.pauses(deps.database) if row.subject.startswith("event:")
        ],
        everything=await read_pause(deps.database, EVERYTHING),
        ends={name: label for name, (label, _) in ENDS_ES.items()},
        may_pause=caller_of(request).places(OPERATE) is None,
    )


def _rate(activity: Activity) -> str:
    """Say how many messages providers accept: a minute of the last ten, beside one of the last hour."""
    now, usual = _a_minute(activity.accepted.lately, 10), _a_minute(activity.accepted.hour, 60)
    return f"Ahora salen {now} por minuto; en la última hora, {usual}."


def _a_minute(messages: int, minutes: int) -> str:
    return f"{messages / minutes:.1f}".replace(".", ",")


async def pause(request: web.Request, form: PauseForm) -> web.StreamResponse:
    """Pause a channel or an event."""
    by = operator_of(request, OPERATE)
    paused = await acts.pause(by, form.name, form.body(by.now))
    return done(PATH, f"paused{_of(paused.subject)}")


async def resume(request: web.Request, form: ResumeForm) -> web.StreamResponse:
    """End a pause, and release its messages."""
    try:
        resumed = await acts.resume(operator_of(request, OPERATE), form.name, form)
    except NotRestored:
        return done(PATH, "not_restored")
    if resumed.run is not None:
        return done(f"{RUNS}/{resumed.run}", "started")
    return done(PATH, f"resumed{_of(resumed.subject)}")


def _of(subject: str) -> str:
    """Return the end of the word for the paused subject: a channel has none."""
    kind = subject.partition(":")[0]
    return "" if kind == "channel" else f"_{kind}"
