"""`hub publish`: completes events, or examples of them, and publishes them as every publisher does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Final
from uuid import uuid4

import msgspec
import typer

from hub.access.api_keys import require_foreign
from hub.app.connections import open_publisher
from hub.business_time import WorkCalendar
from hub.catalog import BY_NAME, CATALOG
from hub.cloudevents import CONTENT_TYPE, decode
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.lawful_dates import unlawful_dates
from hub.doors.terminal import AsJson, print_json, print_table, read_input, settings
from hub.errors import HubError, InvalidEvent, UnknownName
from hub.intake.unreached import bad_fields
from hub.model import HUB_SOURCE, RECALL, TYPE_PREFIX, TYPE_SUFFIX, Event, Json, type_of
from hub.operations.publish import send
from hub.policy import load_policy
from hub.rendering.titles_es import EVENTS

SOURCE = "urn:coproservicios:cli"
_ENVELOPE = frozenset({"specversion", "data", "data_base64", "datacontenttype"})
"""A document with one of these fields is an event; one without may be only an event's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Values for the attributes that a document leaves out."""

    type: str | None
    source: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def read_documents(text: str) -> Sequence[Json]:
    """Read one JSON value, an array of them, or one on each line (NDJSON)."""
    try:
        whole = json.loads(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise InvalidEvent(f"not JSON: {error}") from None
        return [_read_line(number, line) for number, line in enumerate(lines, 1)]
    return whole if isinstance(whole, list) else [whole]


def _read_line(number: int, line: str) -> Json:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InvalidEvent(f"line {number} is not JSON: {error}") from None


def complete(document: Json, missing: Missing) -> dict[str, Json]:
    """Return a structured CloudEvent; the document's own attributes stay."""
    if not isinstance(document, dict):
        raise InvalidEvent(f"an event is a JSON object, not {type(document).__name__}")
    event = document if _is_event(document, missing) else {"data": document}
    kind = event.get("type") or missing.type
    if not kind:
        raise InvalidEvent('name the event: --type pqrs.received, or "type" in the file', field="type")
    filled = {
        "specversion": "1.0",
        "id": missing.new_id(),
        "source": missing.source,
        "time": missing.now().isoformat(),
        "datacontenttype": "application/json",
    }
    return {**filled, **event, "type": full_type(str(kind))}


def _is_event(document: dict[str, Json], missing: Missing) -> bool:
    # With --type a document without an _ENVELOPE field is data, even if it has a field `type`.
    return bool(_ENVELOPE & document.keys()) or (missing.type is None and "type" in document)


def full_type(kind: str) -> str:
    """`pqrs.received` → `co.coproservicios.pqrs.received.v1`; a full type stays."""
    return kind if kind.startswith(TYPE_PREFIX) else type_of(kind)


_EXAMPLES: Final = "urn:my-system"


async def publish(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|-",
            show_default=False,
            help="JSON, an array of it, or NDJSON; - reads stdin. With --example the name of an event.",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--type", "-t", help="The event type, if the file has only the event's data: pqrs.received."
        ),
    ] = None,
    source: Annotated[str, typer.Option(help="The source, if the file has none.")] = SOURCE,
    check: Annotated[
        bool,
        typer.Option("--check/--no-check", help="Validate against the schema before publishing anything."),
    ] = True,
    dry: Annotated[
        bool,
        typer.Option("--dry-run", help="Publish nothing: show who would be notified, how, when and why."),
    ] = False,
    example: Annotated[
        bool, typer.Option("--example", help="Print an example of an event; without a name list the events.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Publish CloudEvents to the exchange domain.events and wait until RabbitMQ has stored them.

    The command fills in a missing id, time, source or specversion. If one event of the file is refused,
    it publishes nothing.

      hub publish event.json

      hub publish --type pqrs.received data.json

      generate-events | hub publish -

    Begin with an example, and look at what it would do before you publish it:

      hub publish --example

      hub publish --example pqrs.received > event.json

      hub publish --dry-run event.json

    With --dry-run nothing is published, sent or stored. It answers with today's directory, policy and
    channels: who would be notified and who is left out and why, over which channels and when, in which
    words, and which promises would begin or end. Names are masked; `hub audit` has that you asked.
    """
    if example:
        print_examples(file, as_json=as_json)
        return
    if file is None:
        raise typer.BadParameter("FILE is missing; - reads stdin, --example shows what an event looks like")
    missing = Missing(type=kind, source=source, now=lambda: datetime.now(UTC), new_id=lambda: str(uuid4()))
    given = read_documents(_text(file))
    documents = [complete(document, missing) for document in given]
    events = _validate(documents, given, check=check or dry)
    if dry:
        from hub.cli.dry_run import run_dry  # noqa: PLC0415 - it needs all that the hub has of texts

        await run_dry(events, as_json=as_json)
        return
    async with open_publisher(settings()) as publisher:
        sent = await send(publisher, events)
    if sent.failure is not None:
        raise HubError(f"{sent.accepted} of {len(events)} published, then: {sent.failure}") from sent.failure
    _report(events, as_json=as_json)


def _text(file: str) -> str:
    try:
        return read_input(file).decode()
    except UnicodeDecodeError:
        raise InvalidEvent("not UTF-8") from None


def _validate(
    documents: Sequence[Mapping[str, Json]], given: Sequence[Json], *, check: bool
) -> Sequence[Event]:
    schemas = Schemas.load(calendar=load_policy(settings().policy).calendar) if check else None
    events = []
    for index, (document, original) in enumerate(zip(documents, given, strict=True)):
        try:
            event = decode(msgspec.json.encode(document), CONTENT_TYPE, {})
            # Intake believes every source that the hub's own user names.
            require_foreign(event.source)
            if schemas is not None:
                schemas.check(event, now=datetime.now(UTC))
            events.append(event)
        except InvalidEvent as error:
            number = index if len(documents) > 1 else None
            raise InvalidEvent(
                f"{_which(number, document, original)}{error.reason}", field=error.field
            ) from error
    return events


def _which(index: int | None, document: Mapping[str, Json], original: Mapping[str, Json]) -> str:
    """Identify an event in an error: its place in the file, and the id and source that the file gives it."""
    place = [] if index is None else [f"event {index + 1}"]
    # The author of the file does not know an id or a source that we filled in.
    own = [f"{name} {document[name]}" for name in ("id", "source") if document[name] == original.get(name)]
    words = [*place, *([f"({', '.join(own)})"] if own else [])]
    return f"{' '.join(words)}: " if words else ""


def _report(events: Sequence[Event], *, as_json: bool) -> None:
    wrong = {event.id: fields for event in events if (fields := bad_fields(event))}
    if as_json:
        ids = [{"id": event.id, "source": event.source, "type": event.type} for event in events]
        doubtful = [
            {"event_id": event.id, "source": event.source, "bad_contacts": wrong[event.id]}
            for event in events
            if event.id in wrong
        ]
        more = {"doubtful": doubtful} if doubtful else {}
        print_json({"accepted": len(events), "refused": [], **more, "events": ids})
        return
    for event in events:
        typer.echo(f"{event.name}  {event.id}")
    for event_id, fields in wrong.items():
        words = f"{event_id}: no address or number that can be used in {', '.join(fields)}"
        typer.secho(words, fg=typer.colors.YELLOW, err=True)
    typer.secho(f"{len(events)} published to domain.events", fg=typer.colors.GREEN, err=True)
    if events:
        typer.echo(f"Next: hub deliveries --event-id {events[0].id}", err=True)


def print_examples(name: str | None, *, as_json: bool) -> None:
    """Print the example of an event; without a name list the events."""
    if name is not None:
        print_json(example_of(name, now=datetime.now(UTC), event_id=str(uuid4())))
    elif as_json:
        print_json([{"name": kind.name, "type": kind.type, "own": kind.hub_emitted} for kind in CATALOG])
    else:
        rows = [
            (kind.name, EVENTS.get(kind.name, ""), "solo el hub" if kind.hub_emitted else "")
            for kind in CATALOG
        ]
        print_table(("evento", "qué es", "quién lo publica"), rows)


def example_of(name: str, *, now: datetime, event_id: str) -> Mapping[str, Json]:
    """Return a complete event; one that only the hub publishes has the hub's source. Raises UnknownName."""
    kind = BY_NAME.get(name.removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX))
    if kind is None:
        near = get_close_matches(name, BY_NAME, n=1)
        meant = f": do you mean {near[0]}?" if near else "; --example without a name lists all"
        raise UnknownName(f"there is no event {name}{meant}")
    schemas = Schemas.load()
    data = schemas.by_name[kind.name].examples[0]
    own = data["source"] if kind.name == RECALL else _EXAMPLES  # only its own publisher takes an event back
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": HUB_SOURCE if kind.hub_emitted else own,
        "type": kind.type,
        "time": now.isoformat(timespec="seconds"),
        "datacontenttype": "application/json",
        "data": _lawful(kind.type, data, now, schemas.calendar),
    }


def _lawful(
    type_: str, data: Mapping[str, Json], now: datetime, calendar: WorkCalendar
) -> Mapping[str, Json]:
    """Return the example with dates that may be announced now: those of the schema are of one day."""
    event = Event(id="", source=_EXAMPLES, type=type_, time=now, data=data)
    for found in unlawful_dates(event, calendar):
        return _lawful(type_, {**data, found.field: found.lawful.isoformat()}, now, calendar)
    return data
