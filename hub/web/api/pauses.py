"""Channels over HTTP; pausing channels and events."""

from __future__ import annotations

from datetime import datetime
from inspect import cleandoc
from typing import Final

from aiohttp import web
from msgspec.structs import replace

from hub.access.actor import Actor
from hub.errors import NotRestored
from hub.operations import channels
from hub.operations import pause as pausing
from hub.operations.pause import Paused, Resumed
from hub.ports import EVERYTHING
from hub.web.auth.caller import actor_of, note
from hub.web.paging import page_by
from hub.web.requests import found
from hub.web.responses import Refusal, json_answer
from hub.web.schemas.common import ListQuery, PauseBody, ResumeQuery
from hub.web.services import services

AT_MOST: Final = 10_000
"""Most messages that one request releases."""


async def list_channels(request: web.Request, query: ListQuery) -> web.Response:
    """List the channels: providers, pauses, waiting messages."""
    deps = services(request)
    depths = await channels.read_depths(deps.publisher)
    items = await channels.read_channels(deps.pauses, depths, deps.incidents, deps.settings)
    return json_answer(page_by(items, query, key=lambda row: (row.name,)))


async def list_pauses(request: web.Request, query: ListQuery) -> web.Response:
    """List the paused channels and events."""
    rows = await services(request).pauses.pauses()
    return json_answer(page_by(rows, query, key=lambda row: (str(row["subject"]),)))


async def show_pause(request: web.Request) -> web.Response:
    """Show a pause, how much waits for its end, and how much of that is from before it."""
    subject = pausing.subject_of(request.match_info["name"])
    return json_answer(found("pause", await channels.read_pause(services(request).pauses, subject)))


async def pause(request: web.Request, body: PauseBody) -> web.Response:
    """Pause a channel (`sms`) or an event (`pqrs.received`), emergencies too; safe to repeat."""
    by, name = actor_of(request, body.by), request.match_info["name"]
    return json_answer(await pause_here(request, name, by, body.reason, body.ends_at))


async def pause_here(
    request: web.Request, name: str, by: Actor, reason: str, ends_at: datetime | None
) -> Paused:
    """Pause what is called so. Raises UnknownName."""
    subject, store = pausing.subject_of(name), services(request).pauses
    return await pausing.pause(by, subject, reason=reason, ends_at=ends_at, store=store)


async def resume(request: web.Request, query: ResumeQuery) -> web.Response:
    """End a pause and release the messages it held; safe to repeat."""
    try:
        name = request.match_info["name"]
        return json_answer(await resume_here(request, name, cancels_older=query.older is not None))
    except NotRestored as error:
        what, _, instead = cleandoc(error.__doc__ or "").partition("\n\n")
        raise Refusal(409, what, instead) from None


async def resume_here(request: web.Request, name: str, *, cancels_older: bool) -> Resumed:
    """
    End the pause of what is called so, and release what it held; first cancel what is older, if asked.

    Raises UnknownName, and NotRestored where it is not the pause of a restored hub.
    """
    deps, subject, cancelled = services(request), pausing.subject_of(name), 0
    if cancels_older:
        # Before the note: what is refused leaves no trace.
        if subject != EVERYTHING or not any(map(pausing.is_restored, await deps.pauses.pauses())):
            raise NotRestored
        await note(request, "cancel_older", subject)
        cancelled = await pausing.cancel_older(deps.pauses)
        await note(request, "cancel_older", subject, cancelled=cancelled)
    await note(request, "resume", subject)
    done = await pausing.resume(subject, store=deps.pauses, publisher=deps.publisher, at_most=AT_MOST)
    if done.released:
        await note(request, "resume", subject, released=done.released)
    return replace(done, cancelled=cancelled)
