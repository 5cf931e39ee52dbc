"""Promises that somebody takes on, over HTTP; the command line shows the same."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.model import Clock
from hub.sla import acknowledge as acknowledging
from hub.web.auth.audit import caller_of, note
from hub.web.auth.scope import places_of
from hub.web.requests import read_id, unknown
from hub.web.responses import json_answer
from hub.web.schemas import common
from hub.web.services import services

_PROMISE: Final = "promise"


async def acknowledge(request: web.Request) -> web.Response:
    """Say that the level which was told has taken the matter on. Safe to repeat."""
    deps = services(request)
    clock = await deps.log.clock(read_id(request, _PROMISE), places=places_of(request))
    if clock is None:
        raise unknown(_PROMISE)
    level = acknowledging.level_to_take_on(clock)
    await note(request, "clock.acknowledge", f"clock:{clock.id}", level=level)
    done = await acknowledging.acknowledge(
        clock, by=caller_of(request).who, publisher=deps.publisher, now=deps.now()
    )
    return json_answer(taken_on(clock, done))


def taken_on(clock: Clock, done: acknowledging.AckResult) -> common.AcknowledgeAnswer:
    """Answer what was done in the shape of the API."""
    return common.AcknowledgeAnswer(id=clock.id, level=done.level, changed=done.changed)
