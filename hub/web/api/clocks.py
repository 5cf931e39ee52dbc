"""Promises over HTTP: list, show, acknowledge."""

from __future__ import annotations

from typing import Final

import msgspec
from aiohttp import web

from hub.operations.acknowledge import acknowledge_clock
from hub.operations.clocks.board import ClockFilter
from hub.operations.clocks.schemas import ClockExplained, ClockPage
from hub.sla.acknowledge import AckResult
from hub.web.auth.caller import actor_of, places_of, sight_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer
from hub.web.schemas.messages import AcknowledgeBody, ClocksQuery
from hub.web.services import services

_CLOCK: Final = "clock"
_PROMISE: Final = "promise"


async def list_clocks(request: web.Request, query: ClocksQuery) -> web.Response:
    """List promises: the live ones, soonest due first, or those of one state."""
    return json_answer(await listed_clocks(request, query))


async def listed_clocks(request: web.Request, query: ClocksQuery) -> ClockPage:
    """Return the promises that the query selects and the caller may see."""
    deps = services(request)
    asked = msgspec.convert(query, ClockFilter, from_attributes=True)
    return await deps.clocks.list(asked, deps.now(), places=places_of(request), sight=sight_of(request))


async def show_clock(request: web.Request) -> web.Response:
    """Show a promise: its steps, the people notified at each, the person who has acknowledged it."""
    return json_answer(await shown_clock(request))


async def acknowledge(request: web.Request, body: AcknowledgeBody) -> web.Response:
    """Acknowledge a promise for the level that was notified; safe to repeat."""
    return json_answer(await acknowledged(request, body.note))


async def acknowledged(request: web.Request, words: str) -> AckResult:
    """Acknowledge the promise of the path, with words for those who read the case."""
    deps = services(request)
    done = await acknowledge_clock(
        actor_of(request), read_id(request, _PROMISE), log=deps.log, publisher=deps.publisher, words=words
    )
    return found(_PROMISE, done)


async def shown_clock(request: web.Request) -> ClockExplained:
    """Return the promise of the path as the caller may see it."""
    clock_id, clocks = read_id(request, _CLOCK), services(request).clocks
    return found(_CLOCK, await clocks.show(actor_of(request), clock_id, sight=sight_of(request)))
