"""What operators read over HTTP: messages, clocks, dead letters, counts; and settling dead letters."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.model import DeadLetter, PropertyScope
from hub.operations import dead_letters
from hub.ports import MessageFilter, Page
from hub.web.api.clock_board import show_letter
from hub.web.api.masked import Looked, look
from hub.web.auth.audit import note
from hub.web.auth.scope import places_of
from hub.web.requests import read_body, read_id, read_query, unknown
from hub.web.responses import json_answer, page_answer
from hub.web.schemas.common import (
    ClocksQuery,
    DeadQuery,
    MessagesQuery,
    NoQuery,
    SettleBody,
    Summary,
)
from hub.web.schemas.intake import UnreachedQuery
from hub.web.services import services

_MESSAGE: Final = "message"
_CLOCK: Final = "clock"
_LETTER: Final = "dead letter"


async def list_messages(request: web.Request) -> web.Response:
    """Messages, newest first."""
    query = read_query(request, MessagesQuery)
    narrowed = MessageFilter(
        state=query.state,
        channel=query.channel,
        event=query.event,
        event_id=query.event_id,
        person=query.person,
        since=query.since,
        places=places_of(request),
    )
    return page_answer(await services(request).log.messages(narrowed, after=query.after, limit=query.limit))


async def show_message(request: web.Request) -> web.Response:
    """One message with its attempts; the name and the address are masked where nobody asks for them."""
    message_id, log = read_id(request, _MESSAGE), services(request).log

    async def read(places: PropertyScope, *, whole: bool) -> Looked:
        return await log.message(message_id, places=places, whole=whole)

    message = await look(request, read, noun=_MESSAGE)
    whole = not message["masked"]
    await note(request, "message.show", f"message:{message_id}", person=message["person"], whole=whole)
    return json_answer(message)


async def list_unreached(request: web.Request) -> web.Response:
    """Events that do not reach all whom they are for, newest first."""
    query = read_query(request, UnreachedQuery)
    log = services(request).log
    return page_answer(await log.unreached(after=query.after, limit=query.limit, places=places_of(request)))


async def list_clocks(request: web.Request) -> web.Response:
    """Promises: without a state the live ones, soonest due first."""
    query, deps = read_query(request, ClocksQuery), services(request)
    return json_answer(await deps.clocks.list(query, deps.now(), places=places_of(request)))


async def show_clock(request: web.Request) -> web.Response:
    """One promise: its steps, who was told of each, by masked name, and who has taken it on."""
    clock_id = read_id(request, _CLOCK)
    read_query(request, NoQuery)
    deps = services(request)
    clock = await deps.clocks.show(clock_id, deps.now(), places=places_of(request))
    if clock is None:
        raise unknown(_CLOCK)
    await note(request, "clock.show", f"clock:{clock_id}")
    return json_answer(clock)


async def list_dead(request: web.Request) -> web.Response:
    """Events that could not be taken in, newest first."""
    query = read_query(request, DeadQuery)
    if not _reaches_dead(request):
        return page_answer(Page(items=[]))
    page = await services(request).log.dead(
        state=query.state, after=query.after, limit=query.limit, reason=query.reason, event=query.event
    )
    return page_answer(page)


async def show_dead(request: web.Request) -> web.Response:
    """One dead letter as it came."""
    letter = await _letter(request)
    await note(request, "dead.show", f"dead:{letter.id}")
    return json_answer(show_letter(letter))


async def replay_dead(request: web.Request) -> web.Response:
    """Publish a dead letter again. Safe to repeat."""
    deps, letter = services(request), await _letter(request)
    await note(request, "dead.replay", f"dead:{letter.id}")
    return json_answer(await dead_letters.replay(deps.log, deps.publisher, letter))


async def discard_dead(request: web.Request) -> web.Response:
    """Say that a dead letter needs nothing more; it stays in the log."""
    letter = await _letter(request)
    await note(request, "dead.discard", f"dead:{letter.id}")
    return json_answer(await dead_letters.discard(services(request).log, letter.id))


async def replay_many(request: web.Request) -> web.Response:
    """Publish the open dead letters of a filter again. Safe to repeat."""
    return await _settle_many(request, dead_letters.replay_one, "dead.replay")


async def discard_many(request: web.Request) -> web.Response:
    """Discard the open dead letters of a filter."""
    return await _settle_many(request, dead_letters.discard_one, "dead.discard")


async def _settle_many(request: web.Request, settle: dead_letters.Settle, action: str) -> web.Response:
    deps, body = services(request), await read_body(request, SettleBody)
    chosen = (
        await dead_letters.open_ids(deps.log, reason=body.reason, event=body.event, limit=body.limit)
        if _reaches_dead(request)
        else []
    )
    await note(request, action, "dead", letters=len(chosen))
    items = [await settle(deps.log, deps.publisher, letter_id) for letter_id in chosen]
    return json_answer({"items": items, "next": None})


async def summary(request: web.Request) -> web.Response:
    """Counts by state."""
    read_query(request, NoQuery)
    deps = services(request)
    counts = await deps.monitoring.counts.get(places_of(request))
    return json_answer(Summary(company=deps.policy.company.name, mode=deps.settings.mode, counts=counts))


async def _letter(request: web.Request) -> DeadLetter:
    letter_id = read_id(request, _LETTER)
    letter = await services(request).log.dead_letter(letter_id) if _reaches_dead(request) else None
    if letter is None:
        raise unknown(_LETTER)
    return letter


def _reaches_dead(request: web.Request) -> bool:
    """What could not be read belongs to no copropiedad, whatever it says."""
    return places_of(request) is None
