"""`hub publish`: publish events through the broker, like every publisher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import msgspec
import typer

from hub.access.api_keys import require_foreign
from hub.app.connections import open_publisher
from hub.cli.compose import SOURCE, Missing, complete, read_documents
from hub.cli.event_examples import print_examples
from hub.cloudevents import CONTENT_TYPE, decode
from hub.cloudevents.schemas import Schemas
from hub.doors.terminal import AsJson, print_json, read_input, settings
from hub.errors import HubError, InvalidEvent
from hub.intake.unreached import bad_fields
from hub.model import Event, Json
from hub.operations.publish import send
from hub.policy import load_policy


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
