"""Messages over HTTP: list, show with attempts, send lost ones again, cancel unsent ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import msgspec
from aiohttp import web

from hub.errors import TooLate
from hub.model import Json, PropertyScope
from hub.model.bulk import BulkKind
from hub.model.letters import HandedOver
from hub.model.looks import WholeQuery
from hub.model.message_lists import LISTS, MessageList
from hub.model.message_rows import MessageRow, MessageWhole
from hub.model.pages import Rows
from hub.operations.bulk.choose import BulkFilter, narrowed
from hub.operations.bulk.runs import BulkOrder
from hub.operations.cancel import WhyCancelled, cancel_one, check_cancelled
from hub.operations.causes import read_causes
from hub.operations.evidence import read_evidence, row_of
from hub.operations.redrive import RedrivenOne, redrive_one
from hub.ports import CancelResult, MessageFilter
from hub.rendering.outcomes_es import in_words
from hub.web.api.bulk import plan_or_start
from hub.web.api.masked import look
from hub.web.auth.caller import actor_of, places_of
from hub.web.requests import found, read_id
from hub.web.responses import Refusal, json_answer
from hub.web.schemas.messages import CancelBody, MessagesQuery, ReasonBody, RedriveBody, RedriveOneBody
from hub.web.services import services

_MESSAGE: Final = "message"


async def list_messages(request: web.Request, query: MessagesQuery) -> web.Response:
    """List messages, newest first."""
    asked = _filter(query, places_of(request))
    page = await services(request).log.messages(asked, after=query.after, limit=query.limit)
    return json_answer(Rows(items=[in_words(MessageRow, row) for row in page.items], next=page.next))


async def list_causes(request: web.Request, query: MessagesQuery) -> web.Response:
    """Group the newest lost messages, or those of a filter, by reason and channel."""
    asked = _filter(query, places_of(request))
    if not (asked.state or asked.states):
        asked = replace(asked, states=LISTS[MessageList.LOST])
    return json_answer(await read_causes(services(request).log, asked))


async def show_message(request: web.Request, query: WholeQuery) -> web.Response:
    """Show a message with its attempts; masked by default."""
    message_id, log = read_id(request, _MESSAGE), services(request).log
    row = await look(request, query, log.message, message_id, noun=_MESSAGE)
    return json_answer(in_words(MessageWhole, row))


async def show_evidence(request: web.Request) -> web.Response:
    """Make the words of a message again, and compare them byte for byte with the sent ones."""
    message_id, deps = read_id(request, _MESSAGE), services(request)
    proof = await read_evidence(
        actor_of(request), message_id, log=deps.log, evidence=deps.evidence, remaker=deps.remaker
    )
    return json_answer({"items": [row_of(call) for call in found(_MESSAGE, proof).calls], "next": None})


async def redrive(request: web.Request, body: RedriveBody) -> web.Response:
    """Start a bulk run that sends lost messages again, by filter; with `dry_run`, only the plan."""
    return await _many(request, BulkKind.RESEND, body, also_told=body.also_told)


async def redrive_message(request: web.Request, body: RedriveOneBody) -> web.Response:
    """Send one lost message again; safe to repeat."""
    with _too_late():
        return json_answer(await redrive_here(request, also_told=body.also_told))


async def redrive_here(request: web.Request, *, also_told: bool) -> RedrivenOne:
    """Send the message of the path again. Raises TooLate if it is not lost."""
    message_id, deps = read_id(request, _MESSAGE), services(request)
    done = await redrive_one(
        message_id,
        log=deps.log,
        store=deps.redrive,
        publisher=deps.publisher,
        actor=actor_of(request),
        include_notified=also_told,
    )
    return found(_MESSAGE, done)


async def cancel_messages(request: web.Request, body: CancelBody) -> web.Response:
    """Start a bulk run that cancels messages that have not left, by filter; with `dry_run`, only the plan."""
    return await _many(request, BulkKind.CANCEL, body, why=body.why)


async def cancel_message(request: web.Request, body: ReasonBody) -> web.Response:
    """Cancel one message that has not left; safe to repeat."""
    with _too_late():
        done, verdict = await cancel_here(request, body.why)
        check_cancelled(verdict)
    return json_answer(done)


async def cancel_here(request: web.Request, why: WhyCancelled) -> tuple[HandedOver, CancelResult]:
    """Cancel the message of the path; return the result. Raises TooLate if it has left."""
    message_id, deps = read_id(request, _MESSAGE), services(request)
    done = await cancel_one(message_id, why, log=deps.log, store=deps.cancel, actor=actor_of(request))
    return found(_MESSAGE, done)


async def _many(
    request: web.Request, kind: BulkKind, body: RedriveBody | CancelBody, **noted: Json
) -> web.Response:
    """Start a bulk run on the messages of a body, whose fields are called as those of the filter."""
    asked = msgspec.convert(body, BulkFilter, from_attributes=True)
    order = BulkOrder(kind=kind, asked=asked, reason=body.why.strip(), noted=noted)
    return await plan_or_start(request, order, dry_run=body.dry_run, most=body.limit)


@contextmanager
def _too_late() -> Iterator[None]:
    try:
        yield
    except TooLate as error:
        raise Refusal(409, f"{error}.", "GET /api/messages/{id} shows how far it has come.") from None


def _filter(query: MessagesQuery, places: PropertyScope) -> MessageFilter:
    """Return the filter, whose fields are called as those of the query."""
    return narrowed(msgspec.convert(query, BulkFilter, from_attributes=True), places)
