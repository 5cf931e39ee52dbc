"""`POST /api/events`: events over HTTP enter at the top, through the broker like all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import unquote

import msgspec
from aiohttp import hdrs, web

from hub.access.api_keys import require_bound
from hub.cloudevents import CONTENT_TYPE
from hub.cloudevents import MAX_BODY as MAX_EVENT
from hub.errors import InvalidEvent
from hub.model import HUB_SOURCE, Event
from hub.web.api.publish import send
from hub.web.app_keys import CHECK, PUBLISHER, Check
from hub.web.auth.api_key_cache import Caller
from hub.web.auth.audit import caller_of
from hub.web.responses import RETRY_AFTER, Refusal, json_answer
from hub.web.schemas.common import EventsAnswer, RefusedEvent

MAX_BODY: Final = 16 * MAX_EVENT
MAX_EVENTS: Final = 1000

Document: TypeAlias = tuple[bytes, str, Mapping[str, str]]
"""One event as it came: body, content type, headers."""


async def receive(request: web.Request) -> web.Response:
    """Take one event or an array of them; say which are accepted and why others are not."""
    documents = _documents(request, await request.read())
    accepted, refused = _sort_out(request.app[CHECK], documents, caller_of(request))
    sent = await send(request.app[PUBLISHER], accepted)
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
    if "ce-specversion" in headers or "ce-id" in headers:
        # The HTTP binding writes what is not plain ASCII percent-encoded.
        marks = {name: unquote(value) for name, value in headers.items() if name.startswith("ce-")}
        return [(_bounded(body), request.content_type, marks)]
    if body.lstrip()[:1] == b"[":
        return [(bytes(event), CONTENT_TYPE, {}) for event in _split(body)]
    if body.lstrip()[:1] == b"{":
        return [(_bounded(body), CONTENT_TYPE, {})]
    raise _not_events()


def _split(body: bytes) -> Sequence[msgspec.Raw]:
    try:
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        raise _not_events() from None
    if len(events) > MAX_EVENTS:
        raise Refusal(413, f"More than {MAX_EVENTS} events at a time.", "Send them in parts.")
    return events


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_EVENT:
        raise Refusal(413, "An event may have 1 MiB.", "Put large things elsewhere and send a reference.")
    return body


def _not_events() -> Refusal:
    return Refusal(
        400,
        "The body is neither an event nor an array of events.",
        "Send structured CloudEvents 1.0 as JSON, or one in binary mode with its ce- headers.",
    )


def _sort_out(
    check: Check, documents: Sequence[Document], caller: Caller
) -> tuple[list[Event], list[RefusedEvent]]:
    accepted: list[Event] = []
    refused: list[RefusedEvent] = []
    for index, document in enumerate(documents):
        try:
            event = _understand(check, document)
            require_bound(event, caller.source, caller.event_types)
        except InvalidEvent as error:
            refused.append(RefusedEvent(index=index, reason=error.reason, field=error.field))
        else:
            accepted.append(event)
    return accepted, refused


def _understand(check: Check, document: Document) -> Event:
    body, content_type, headers = document
    if len(body) > MAX_EVENT:
        raise InvalidEvent("an event may have 1 MiB")
    event = check(body, content_type, headers)
    if event.source == HUB_SOURCE:
        # Whoever says it over HTTP is not the hub, and intake believes this source more than others.
        raise InvalidEvent(f"{HUB_SOURCE} is the hub's own source", field="source")
    return event
