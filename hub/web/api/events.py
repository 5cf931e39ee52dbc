"""`POST /api/events`: the hub publishes events from HTTP to the broker, like all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import unquote

import msgspec
from aiohttp import hdrs, web

from hub.access.api_keys import require_bound
from hub.catalog import CATALOG
from hub.cloudevents import BATCH_TYPE, CONTENT_TYPE, identity_in
from hub.cloudevents import MAX_BODY as MAX_EVENT
from hub.errors import InvalidEvent
from hub.model import HUB_SOURCE, Event, RawMessage
from hub.operations.publish import send
from hub.resilience.database_time import NOW
from hub.web.auth.api_key_cache import Caller
from hub.web.auth.caller import caller_of
from hub.web.responses import RETRY_AFTER, Refusal, json_answer
from hub.web.schemas.intake import EventsAnswer, RefusedEvent
from hub.web.services import Check, Refuse, services

MAX_BODY: Final = 16 * MAX_EVENT
MAX_EVENTS: Final = 1000
BY_TYPE: Final = {kind.type: kind for kind in CATALOG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One event as it was received."""

    index: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]


Refused = tuple[Document, InvalidEvent]
Shape = TypeVar("Shape")


async def receive(request: web.Request) -> web.Response:
    """
    Publish one event or an array of them.

    The answer lists which are accepted, and why others are refused.
    """
    documents = _documents(request, await request.read())
    deps = services(request)
    accepted, wrong = _validate_all(deps.check, documents, caller_of(request))
    refused = await _store_refused(deps.refuse, wrong)
    if refused and not accepted:
        raise _none_accepted(refused)
    sent = await send(deps.publisher, accepted)
    answer = EventsAnswer(accepted=sent.accepted, refused=refused)
    if sent.failure is not None:
        raise Refusal(
            503,
            f"{sent.accepted} of {len(accepted)} events are with the broker, which no longer answers.",
            "Send the same again in some seconds: what came already is known by its source and id.",
            headers={hdrs.RETRY_AFTER: RETRY_AFTER},
            more=msgspec.to_builtins(answer),
        )
    return json_answer(answer, status=202)


def _documents(request: web.Request, body: bytes) -> Sequence[Document]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    is_binary = "ce-specversion" in headers or "ce-id" in headers
    if is_binary and request.content_type != BATCH_TYPE:
        # The HTTP binding of CloudEvents percent-encodes what is not ASCII.
        attributes = {name: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
        return [Document(index=0, body=_bounded(body), content_type=request.content_type, headers=attributes)]
    is_array = request.content_type == BATCH_TYPE or body.lstrip()[:1] == b"["
    events = _read(body, list[msgspec.Raw]) if is_array else [_read(_bounded(body), msgspec.Raw)]
    if len(events) > MAX_EVENTS:
        raise Refusal(413, f"More than {MAX_EVENTS} events at a time.", "Send them in parts.")
    return [
        Document(index=index, body=bytes(event), content_type=CONTENT_TYPE, headers={})
        for index, event in enumerate(events)
    ]


def _read(body: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(body.decode(), type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refusal(
            400,
            "The body is neither an event nor an array of events.",
            "Send structured CloudEvents 1.0 as JSON, or one in binary mode with its ce- headers.",
            problem=True,
        ) from None


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_EVENT:
        raise Refusal(413, "An event may have 1 MiB.", "Put large things elsewhere and send a reference.")
    return body


def _validate_all(
    check: Check, documents: Sequence[Document], caller: Caller
) -> tuple[list[Event], list[Refused]]:
    accepted: list[Event] = []
    refused: list[Refused] = []
    for document in documents:
        try:
            event = _validate(check, document)
            require_bound(event, caller.source, caller.event_types)
        except InvalidEvent as error:
            refused.append((document, error))
        else:
            accepted.append(event)
    return accepted, refused


def _validate(check: Check, document: Document) -> Event:
    if len(document.body) > MAX_EVENT:
        raise InvalidEvent("an event may have 1 MiB")
    event = check(document.body, document.content_type, document.headers)
    if event.source == HUB_SOURCE:
        # Intake trusts this source more than others, and nobody who calls over HTTP is the hub.
        raise InvalidEvent(f"{HUB_SOURCE} is the hub's own source", field="source")
    return event


async def _store_refused(refuse: Refuse, refused: Sequence[Refused]) -> list[RefusedEvent]:
    """Store refused events as dead letters; return each with its index, reason and identity."""
    named = [(document, error, _identity(document)) for document, error in refused]
    # No dead letter under the hub's own source: a replay would come from the hub and be trusted.
    kept = [(document, error) for document, error, identity in named if identity.get("source") != HUB_SOURCE]
    letters = await refuse([(_raw_message(document), error) for document, error in kept]) if kept else ()
    ids = {document.index: letter.id for (document, _), letter in zip(kept, letters, strict=True)}
    return [
        RefusedEvent(
            index=document.index,
            reason=error.reason,
            field=error.field,
            event_id=identity.get("id"),
            source=identity.get("source"),
            dead_letter_id=ids.get(document.index),
        )
        for document, error, identity in named
    ]


def _identity(document: Document) -> Mapping[str, str]:
    return identity_in(document.body, document.content_type, document.headers)


def _raw_message(document: Document) -> RawMessage:
    """Build the message as RabbitMQ would have delivered it; a replay finds its lane by the routing key."""
    kind = BY_TYPE.get(_identity(document).get("type", ""))
    return RawMessage(
        body=document.body,
        content_type=document.content_type,
        headers=document.headers,
        routing_key=kind.name if kind else "",
        received_at=NOW(),
    )


def _none_accepted(refused: Sequence[RefusedEvent]) -> Refusal:
    error = f"None of {len(refused)} events is accepted." if len(refused) > 1 else refused[0].reason
    return Refusal(
        422,
        error,
        "Correct what `refused` names and send it again, under the same id or a new one.",
        more=msgspec.to_builtins(EventsAnswer(accepted=0, refused=list(refused))),
        problem=True,
    )
