"""`hub dead`: events that the hub could not accept; list, show, replay, mend or discard them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
import typer

from hub.app.openers import open_log, open_publisher
from hub.cli.audit import note, operator
from hub.cloudevents import decode
from hub.cloudevents.schemas import Schemas
from hub.doors.terminal import (
    AsJson,
    Id,
    Limit,
    fields,
    known,
    print_json,
    print_list,
    print_whole,
    read_input,
    settings,
    to_uuid,
    warn,
)
from hub.model import Event as CloudEvent
from hub.model import Json
from hub.operations import dead_letters
from hub.operations.dead_letters import OpenLetters, Settle, Settled
from hub.operations.mend_letter import mended, mending
from hub.ports import LogStore

app = typer.Typer(no_args_is_help=True)

Verb = Literal["replay", "discard"]

_COLUMNS: Final = fields("received_at", "event_type", "sender", "field", "reason", "id")
_BODY_SHOWN: Final = 4000  # characters
_PAGE: Final = 500
_LEFT_OUT: Final = "{} left out, refused for who sent them: `hub dead show ID`, then replay each by its id"
_SETTLE: Final[Mapping[Verb, Settle]] = {
    "replay": dead_letters.replay_one,
    "discard": dead_letters.discard_one,
}


Ids = Annotated[list[UUID] | None, typer.Argument(parser=to_uuid, metavar="[ID]...", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="All open dead letters.")]
Reason = Annotated[str | None, typer.Option(help="Those whose reason contains this text.")]
Event = Annotated[str | None, typer.Option(help="Those of this event type: pqrs.received.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
async def list_letters(
    state: Annotated[Literal["open", "replayed", "discarded"], typer.Option(help="Which ones.")] = "open",
    reason: Reason = None,
    event: Event = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List dead letters, newest first."""
    async with open_log(settings()) as log:
        page = await log.dead(state=state, after=None, limit=limit, reason=reason, event=event)
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


@app.command()
async def show(letter_id: Id, as_json: AsJson = False) -> None:
    """Show a dead letter: reason, sender, headers, start of the body."""
    async with open_log(settings()) as log:
        letter = known(await log.dead_letter(letter_id), f"dead letter {letter_id}")
    await note("dead.show", f"dead:{letter_id}")
    shown = msgspec.to_builtins(dead_letters.shown(letter))
    if as_json:
        print_json(shown)
        return
    body = shown.pop("body", None) or shown.pop("body_base64", "")
    headers = shown.pop("headers")
    del shown["masked"]  # never, at a shell
    print_whole(shown | {f"header {name}": value for name, value in headers.items()}, body[:_BODY_SHOWN])


@app.command()
async def replay(
    ids: Ids = None,
    *,
    everything: Everything = False,
    reason: Reason = None,
    event: Event = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """
    Publish dead letters again as received, once the publisher or the hub is fixed. Safe to repeat.

    A letter keeps its sender. What was refused for who sent it goes only by its id, after a look at it.

      hub dead replay 0195…

      hub dead replay --reason "radicado: required" --event pqrs.received
    """
    _require_choice(ids, everything or (reason, event) != (None, None))
    await _settle("replay", ids, reason, event, yes=yes, as_json=as_json)


@app.command()
async def discard(
    ids: Ids = None,
    *,
    everything: Everything = False,
    reason: Reason = None,
    event: Event = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Discard dead letters; they stay in the log."""
    _require_choice(ids, everything or (reason, event) != (None, None))
    await _settle("discard", ids, reason, event, yes=yes, as_json=as_json)


@app.command()
async def mend(
    letter_id: Id,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE|-", show_default=False, help="The body as it should be; - is stdin."),
    ],
    as_json: AsJson = False,
) -> None:
    """
    Publish an open dead letter with other words, in the name of its sender.

    It must stay the same event: source, id and type do not change. The audit has what was changed and a
    digest of it, and the event says who has mended it. Its publisher needs the same mending, or it comes
    again as it was.

      hub dead show 0195… --json | jq -r .body > event.json

      hub dead mend 0195… event.json
    """
    given, body, schemas = settings(), read_input(file), Schemas.load()

    def check(body: bytes, content_type: str | None, headers: Mapping[str, Json]) -> CloudEvent:
        event = decode(body, content_type, headers)
        schemas.check(event, now=datetime.now(UTC))
        return event

    async with open_log(given) as log, open_publisher(given) as publisher:
        letter = known(await log.dead_letter(letter_id), f"dead letter {letter_id}")
        whole = mended(letter, body, check, by=operator())
        await note("dead.mend", f"dead:{letter_id}", **mending(letter, whole))
        done = await dead_letters.replay(log, publisher, whole)
    _report([done], {}, as_json=as_json)


def _require_choice(ids: Sequence[UUID] | None, filtered: bool) -> None:
    if bool(ids) == filtered:
        raise typer.BadParameter("give ids, or --reason or --event, or --all")


async def _settle(
    verb: Verb,
    ids: Sequence[UUID] | None,
    reason: str | None,
    event: str | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    given, settle = settings(), _SETTLE[verb]
    async with open_log(given) as log, open_publisher(given) as publisher:
        chosen = await _choose(log, verb, ids, reason, event)
        if chosen.left_out:
            warn(_LEFT_OUT.format(chosen.left_out))
        asks = chosen.ids and not ids and not yes
        if asks and not typer.confirm(f"{verb} {len(chosen.ids)} dead letters?", err=True):
            return
        await note(f"dead.{verb}", "dead", letters=len(chosen.ids))
        done: list[Settled] = []
        for number, letter_id in enumerate(chosen.ids, start=1):
            done.append(await settle(log, publisher, letter_id))
            if number % _PAGE == 0 and not as_json:
                typer.secho(f"{number} of {len(chosen.ids)} …", dim=True, err=True)
    _report(done, {"left_out": chosen.left_out} if verb == "replay" else {}, as_json=as_json)


async def _choose(
    log: LogStore, verb: Verb, ids: Sequence[UUID] | None, reason: str | None, event: str | None
) -> OpenLetters:
    if not ids:
        return await dead_letters.choose(log, replaying=verb == "replay", reason=reason, event=event)
    return OpenLetters(ids=[known(await log.dead_letter(asked), f"dead letter {asked}").id for asked in ids])


def _report(done: Sequence[Settled], more: Mapping[str, int], *, as_json: bool) -> None:
    if as_json:
        print_json({"items": done, "next": None, **more})
        return
    for letter in done:
        unchanged = "" if letter.changed else ", no change: settled before, or failed again"
        typer.echo(f"{letter.id}  {letter.state}{unchanged}")
    typer.secho(f"{sum(letter.changed for letter in done)} settled", err=True)
