"""Messages over HTTP: list, show with attempts, send lost ones again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from uuid import UUID

import msgspec
from aiohttp import web

from hub.errors import TooLate
from hub.model import Json, PropertyScope, State
from hub.model.letters import HandedOver
from hub.model.looks import WholeQuery
from hub.model.message_lists import LISTS, MessageList
from hub.operations import cancel as cancelling
from hub.operations import redrive as redriving
from hub.operations.bulk.choose import BulkFilter, narrowed
from hub.operations.cancel import CancelRequest, WhyCancelled
from hub.operations.causes import read_causes
from hub.operations.evidence import read_evidence, row_of
from hub.operations.redrive import RedrivenOne, RedriveRequest
from hub.ports import CancelResult, MessageFilter, RedriveResult
from hub.rendering.outcomes_es import described
from hub.web.api.masked import look
from hub.web.auth.caller import actor_of, note, places_of
from hub.web.requests import found, read_id
from hub.web.responses import Refusal, json_answer
from hub.web.schemas.messages import CancelBody, MessagesQuery, ReasonBody, RedriveBody, RedriveOneBody
from hub.web.services import services

_MESSAGE: Final = "message"


async def list_messages(request: web.Request, query: MessagesQuery) -> web.Response:
    """List messages, newest first."""
    asked = _filter(query, places_of(request))
    page = await services(request).log.messages(asked, after=query.after, limit=query.limit)
    return json_answer(replace(page, items=[_in_words(row) for row in page.items]))


async def list_causes(request: web.Request, query: MessagesQuery) -> web.Response:
    """Group the newest lost messages, or what a filter names, by reason and channel."""
    asked = _filter(query, places_of(request))
    if not (asked.state or asked.states):
        asked = replace(asked, states=LISTS[MessageList.LOST])
    return json_answer(await read_causes(services(request).log, asked))


async def show_message(request: web.Request, query: WholeQuery) -> web.Response:
    """Show a message with its attempts; masked by default."""
    message_id, log = read_id(request, _MESSAGE), services(request).log
    return json_answer(_in_words(await look(request, query, log.message, message_id, noun=_MESSAGE)))


async def show_evidence(request: web.Request) -> web.Response:
    """Make again what a message said, and compare it byte for byte with what left."""
    message_id, deps = read_id(request, _MESSAGE), services(request)
    proof = await read_evidence(
        actor_of(request), message_id, log=deps.log, evidence=deps.evidence, remaker=deps.remaker
    )
    return json_answer({"items": [row_of(call) for call in found(_MESSAGE, proof).calls], "next": None})


async def redrive(request: web.Request, body: RedriveBody) -> web.Response:
    """Send lost messages again, by filter; safe to repeat."""
    asked, deps = _filter(body, places_of(request)), services(request)
    if not body.dry_run:
        await note(request, "redrive", f"messages:{body.state}", also_told=body.also_told)
    done = await redriving.redrive(
        RedriveRequest(narrowed=asked, include_notified=body.also_told, dry_run=body.dry_run),
        store=deps.redrive,
        publisher=deps.publisher,
        limit=body.limit,
        after=body.after,
    )
    if not body.dry_run:
        await note(request, "redrive", f"messages:{body.state}", taken=done.of(RedriveResult.TAKEN))
    return json_answer(redriving.shown(done, dry_run=body.dry_run))


async def redrive_message(request: web.Request, body: RedriveOneBody) -> web.Response:
    """Send one lost message again; safe to repeat."""
    with _too_late():
        return json_answer(await redrive_here(request, also_told=body.also_told))


async def redrive_here(request: web.Request, *, also_told: bool) -> RedrivenOne:
    """Send the message of the path again. Raises TooLate if it is not lost."""
    message_id, state = await _one(request, "redrive", also_told=also_told)
    deps = services(request)
    verdict = await redriving.redrive_one(
        message_id,
        state,
        store=deps.redrive,
        publisher=deps.publisher,
        narrowed=MessageFilter(places=places_of(request)),
        include_notified=also_told,
    )
    return RedrivenOne(id=message_id, verdict=verdict)


async def cancel_messages(request: web.Request, body: CancelBody) -> web.Response:
    """Cancel messages that have not left, by filter; safe to repeat."""
    narrowed = _filter(body, places_of(request))
    if not body.dry_run:
        await note(request, "cancel", f"messages:{body.state}", why=body.why)
    answer = await cancelling.cancel(
        CancelRequest(narrowed=narrowed, dry_run=body.dry_run),
        store=services(request).cancel,
        limit=body.limit,
        after=body.after,
    )
    if not body.dry_run:
        await note(request, "cancel", f"messages:{body.state}", cancelled=answer.cancelled)
    return json_answer(answer)


async def cancel_message(request: web.Request, body: ReasonBody) -> web.Response:
    """Cancel one message that has not left; safe to repeat."""
    with _too_late():
        done, verdict = await cancel_here(request, body.why)
        cancelling.check_cancelled(verdict)
    return json_answer(done)


async def cancel_here(request: web.Request, why: WhyCancelled) -> tuple[HandedOver, CancelResult]:
    """Cancel the message of the path; return what became of it. Raises TooLate if it has left."""
    message_id, state = await _one(request, "cancel", why=why)
    narrowed = MessageFilter(places=places_of(request))
    verdict = await cancelling.cancel_one(
        message_id, state, store=services(request).cancel, narrowed=narrowed
    )
    return HandedOver(id=message_id, changed=state != State.CANCELLED), verdict


async def _one(request: web.Request, action: str, **detail: Json) -> tuple[UUID, str]:
    """
    Audit what somebody is about to do to the message of the path; return it with its state.

    Raises Refusal (404) if there is none within reach.
    """
    message_id, log = read_id(request, _MESSAGE), services(request).log
    row = found(_MESSAGE, await log.message(message_id, places=places_of(request)))
    await note(request, action, f"message:{message_id}", person=row["person"], **detail)
    return message_id, row["state"]


@contextmanager
def _too_late() -> Iterator[None]:
    try:
        yield
    except TooLate as error:
        raise Refusal(409, f"{error}.", "GET /api/messages/{id} shows how far it has come.") from None


def _in_words(row: Mapping[str, Json]) -> dict[str, Json]:
    return {**row, **described(row["state"], row["reason"])}


def _filter(query: MessagesQuery | RedriveBody | CancelBody, places: PropertyScope) -> MessageFilter:
    """Return the filter, whose fields are called as those of the query."""
    return narrowed(msgspec.convert(query, BulkFilter, from_attributes=True), places)
