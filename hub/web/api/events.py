"""`POST /api/events`: the hub publishes events from HTTP to the broker; and which events it knows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import unquote

import msgspec
from aiohttp import hdrs, web

from hub.access.api_keys import HTTP, adds_to, require_bound, require_directory_key, require_foreign
from hub.catalog import BY_TYPE, CATALOG
from hub.cloudevents import BATCH_TYPE, CONTENT_TYPE, decode, identity_in
from hub.cloudevents import MAX_BODY as MAX_EVENT
from hub.doors.act import READ
from hub.errors import InvalidEvent, KnownId, Unavailable, WrongSender
from hub.intake.case_owners import of_another
from hub.intake.decode import differ, of_known_id
from hub.intake.dry_run import MOST_EVENTS
from hub.intake.dry_run_schemas import DryRunRefused
from hub.intake.needs import needs_of
from hub.intake.traces import received, with_trace
from hub.intake.unreached import bad_fields
from hub.model import Event, RawMessage, Scope, normal_source
from hub.model.ids import DUPLICATE_WITHIN, event_key
from hub.model.traces import TRACEPARENT
from hub.operations.publish import send
from hub.resilience.database_time import NOW
from hub.storage import PostgresIntake
from hub.web.auth.api_key_cache import Caller
from hub.web.auth.caller import actor_of, caller_of
from hub.web.responses import RETRY_AFTER, Refusal, json_answer, pointer
from hub.web.schemas.intake import DoubtfulEvent, EventsAnswer, EventsQuery, RefusedEvent
from hub.web.service_parts import Refuse
from hub.web.services import Services, services

PATIENCE: Final = 2.0
"""Seconds. Without an answer the events go on: intake looks again, and answers on `hub.events.out`."""
_OWNED: Final = {kind.type: kind for kind in CATALOG if needs_of(kind).opens is not None}


MAX_BODY: Final = 16 * MAX_EVENT
MAX_EVENTS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One event as it was received."""

    index: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refused event with its sender: the caller, or the hub itself once it has checked the caller."""

    document: Document
    error: InvalidEvent
    sender: str | None


Shape = TypeVar("Shape")


async def receive(request: web.Request, query: EventsQuery) -> web.Response:
    """
    Publish one event or an array of them.

    The answer lists the accepted events, and the others with the reason. With `dry_run` nothing is published:
    the answer has the people who would be notified, with channel, instant and reason.
    """
    began = NOW()
    documents = _documents(request, await request.read())
    deps = services(request)
    caller = caller_of(request)
    found = await _looked_up(deps, documents, [_validate(deps, one, caller) for one in documents], caller)
    if deps.tracer is not None:
        found = [with_trace(one, _trace_header(request)) if isinstance(one, Event) else one for one in found]
    accepted = [event for event in found if isinstance(event, Event)]
    if query.dry_run:
        return await _run_dry(request, found)
    refused = await _store_refused(deps.refuse, [one for one in found if isinstance(one, Refused)])
    if refused and not accepted:
        raise _none_accepted(refused, of_many=len(documents) > 1, status=_status(found))
    sent = await send(deps.publisher, accepted, caller=_sender(caller))
    if deps.tracer is not None:
        deps.tracer.record(received(accepted[: sent.accepted], began=began, ended=NOW()))
    doubtful = [
        DoubtfulEvent(event_id=event.id, source=event.source, bad_contacts=list(wrong))
        for event in accepted
        if (wrong := bad_fields(event))
    ]
    answer = EventsAnswer(accepted=sent.accepted, refused=refused, doubtful=doubtful or msgspec.UNSET)
    if sent.failure is not None:
        raise Refusal(
            503,
            f"{sent.accepted} of {len(accepted)} events are with the broker, which no longer answers.",
            "Send the same again in some seconds: what came already is known by its source and id.",
            headers={hdrs.RETRY_AFTER: RETRY_AFTER},
            more=msgspec.to_builtins(answer),
        )
    return json_answer(answer, status=202)


async def _run_dry(request: web.Request, found: Sequence[Event | Refused]) -> web.Response:
    """Answer with the effects of the events: callers who may read see the people, the others their number."""
    events = {place: event for place, event in enumerate(found) if isinstance(event, Event)}
    if len(events) > MOST_EVENTS:
        raise Refusal(413, f"More than {MOST_EVENTS} events in a dry run.", "Send them in parts.")
    everybody = caller_of(request).may(READ)
    run = await services(request).dry_run(actor_of(request), list(events.values()), everybody=everybody)
    places = list(events)
    refusals = [
        *(_refusal(one) for one in found if isinstance(one, Refused)),
        *(msgspec.structs.replace(one, index=places[one.index]) for one in run.refused),
    ]
    if refusals and not run.events:
        listed = [msgspec.convert(one, RefusedEvent, from_attributes=True) for one in refusals]
        raise _none_accepted(listed, of_many=len(found) > 1, status=_status(found))
    return json_answer(msgspec.structs.replace(run, refused=refusals))


def _refusal(refused: Refused) -> DryRunRefused:
    document, error = refused.document, refused.error
    named = identity_in(document.body, document.content_type, document.headers)
    return DryRunRefused(
        index=document.index,
        reason=error.reason,
        field=error.field,
        event_id=named.get("id"),
        source=named.get("source"),
    )


def _trace_header(request: web.Request) -> Mapping[str, str]:
    given = request.headers.get(TRACEPARENT)
    return {TRACEPARENT: given} if given else {}


def _documents(request: web.Request, body: bytes) -> Sequence[Document]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    is_binary = "ce-specversion" in headers or "ce-id" in headers
    if is_binary and request.content_type != BATCH_TYPE:
        # The HTTP binding of CloudEvents percent-encodes characters that are not ASCII.
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
        ) from None


def _bounded(body: bytes) -> bytes:
    if len(body) > MAX_EVENT:
        raise Refusal(413, "An event may have 1 MiB.", "Put large things elsewhere and send a reference.")
    return body


def _validate(deps: Services, document: Document, caller: Caller) -> Event | Refused:
    asking = _sender(caller)
    sender: str | None = asking
    try:
        event = _decode(document)
        require_foreign(event.source)
        require_bound(event, caller.source, caller.event_types)
        if not caller.may({Scope.ADMIN}):
            require_directory_key(event, caller.source)
        # The caller may publish it: from here on it is the hub that publishes or, once corrected, replays it.
        sender = deps.amqp_user
        deps.schemas.check(event, now=deps.now())
    except InvalidEvent as error:
        sender = asking if isinstance(error, WrongSender) else sender
        return Refused(document=document, error=error, sender=sender)
    return event


async def _looked_up(
    deps: Services, documents: Sequence[Document], found: Sequence[Event | Refused], caller: Caller
) -> list[Event | Refused]:
    """Refuse what intake would refuse for what is stored: another event under a known id, another's case."""
    places = [place for place, one in enumerate(found) if isinstance(one, Event)]
    events = [one for one in found if isinstance(one, Event)]
    errors = await unfit(deps.known_events, events, caller) if events else {}
    looked = list(found)
    for number, error in errors.items():
        place = places[number]
        sender = _sender(caller) if isinstance(error, WrongSender) else deps.amqp_user
        looked[place] = Refused(document=documents[place], error=error, sender=sender)
    return looked


def _sender(caller: Caller) -> str:
    return f"{HTTP}{caller.who}"


def _decode(document: Document) -> Event:
    if len(document.body) > MAX_EVENT:
        raise InvalidEvent("an event may have 1 MiB")
    return decode(document.body, document.content_type, document.headers)


async def _store_refused(refuse: Refuse, refused: Sequence[Refused]) -> list[RefusedEvent]:
    """Store refused events as dead letters; return each with its index, reason and identity."""
    letters = await refuse([(_raw_message(one), one.error) for one in refused]) if refused else ()
    return [
        RefusedEvent(
            index=one.document.index,
            reason=one.error.reason,
            field=one.error.field,
            event_id=letter.event_id,
            source=letter.source,
            dead_letter_id=letter.id,
        )
        for one, letter in zip(refused, letters, strict=True)
    ]


def _raw_message(refused: Refused) -> RawMessage:
    """Build the message as RabbitMQ would have delivered it; a replay finds its lane by the routing key."""
    document = refused.document
    named = identity_in(document.body, document.content_type, document.headers)
    kind = BY_TYPE.get(named.get("type", ""))
    return RawMessage(
        body=document.body,
        content_type=document.content_type,
        headers=document.headers,
        routing_key=kind.name if kind else "",
        received_at=NOW(),
        user=refused.sender,
    )


def _status(found: Sequence[Event | Refused]) -> int:
    """Return 409 where each event is another one under a known id, and 422 otherwise."""
    return 409 if all(isinstance(one, Refused) and isinstance(one.error, KnownId) for one in found) else 422


def _none_accepted(refused: Sequence[RefusedEvent], *, of_many: bool, status: int) -> Refusal:
    error = f"None of {len(refused)} events is accepted." if len(refused) > 1 else refused[0].reason
    again = "under an id of its own" if status == 409 else "under the same id or a new one"
    return Refusal(
        status,
        error,
        f"Correct what `refused` names and send it again, {again}.",
        more=msgspec.to_builtins(EventsAnswer(accepted=0, refused=list(refused))),
        errors=[_wrong_part(one, of_many=of_many) for one in refused],
    )


def _wrong_part(refused: RefusedEvent, *, of_many: bool) -> Mapping[str, str]:
    """Point at the invalid part of the body: an event, or one of an array."""
    event = f"/{refused.index}" if of_many else ""
    return {"detail": refused.reason, "pointer": event + pointer(refused.field or "")}


async def unfit(store: PostgresIntake, events: Sequence[Event], caller: Caller) -> Mapping[int, InvalidEvent]:
    """
    Return those of these events, by their place, that intake would refuse for what is stored.

    Another event has their id, or their case is of a source whose cases the caller's key does not name. For
    one that is sent twice in a request the first counts.
    """
    firsts = {event_key(event): event for event in reversed(events)}
    keys = [event_key(event) for event in events]
    changed = _changed(events)
    cases = [_case_of(event) for event in events]
    try:
        async with asyncio.timeout(PATIENCE):
            known = await store.other_content(firsts)
            owners = await _owners(store, cases, caller)
    except (Unavailable, TimeoutError):
        known, owners = frozenset(), {}
    found: dict[int, InvalidEvent] = {}
    for place, (key, event) in enumerate(zip(keys, events, strict=True)):
        if changed[place] or key in known:
            found[place] = of_known_id()
        elif not _may_add(caller, owners.get(cases[place] or "")):
            found[place] = of_another(_OWNED[event.type].case)
    return found


def _changed(events: Sequence[Event]) -> list[bool]:
    """Return of each event whether an earlier one of the request has its id, and other content."""
    firsts: dict[tuple[str, str], Event] = {}
    found = []
    for event in events:
        first = firsts.setdefault((event.source, event.id), event)
        found.append(abs(event.time - first.time) <= DUPLICATE_WITHIN and differ(first, event))
    return found


def _case_of(event: Event) -> str | None:
    kind = _OWNED.get(event.type)
    return None if kind is None else kind.case_of(event.data)


async def _owners(store: PostgresIntake, cases: Iterable[str | None], caller: Caller) -> Mapping[str, str]:
    named = {case for case in cases if case is not None}
    # A key without a source publishes for any: what it may is seen by intake, by the event's source.
    return await store.owners(named) if named and caller.source is not None else {}


def _may_add(caller: Caller, owner: str | None) -> bool:
    if owner is None or caller.source is None:
        return True
    return adds_to(caller.source, owner, {normal_source(source) for source in caller.cases_of})
