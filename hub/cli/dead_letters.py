"""`hub dead`: events that the hub could not accept; list, show, replay or discard them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
import typer

from hub.app import container as hub_app
from hub.cli.audit import note
from hub.cli.common import (
    AsJson,
    Limit,
    local_time,
    print_items,
    print_json,
    print_table,
    print_whole,
    settings,
    to_uuid,
    wait,
)
from hub.errors import HubError
from hub.model import DeadLetter
from hub.operations import dead_letters
from hub.operations.dead_letters import Settled
from hub.ports import LogStore, Page

app = typer.Typer(
    no_args_is_help=True, help="Events that the hub could not accept: list, show, replay, discard."
)

_BODY_SHOWN: Final = 4000  # characters
_PAGE: Final = 500


class SettlementState(StrEnum):
    OPEN = "open"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="All open dead letters.")]
Reason = Annotated[str | None, typer.Option(help="Those whose reason contains this text.")]
Event = Annotated[str | None, typer.Option(help="Those of this event type: pqrs.received.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_letters(
    state: Annotated[SettlementState, typer.Option(help="Which ones.")] = SettlementState.OPEN,
    reason: Reason = None,
    event: Event = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List dead letters, newest first."""
    page = wait(_list(state, reason, event, limit))
    if as_json:
        print_items(page.items, page.next)
        return
    rows = [
        (
            local_time(row["received_at"]),
            row["event_type"] or "",
            row["field"] or "",
            row["reason"],
            str(row["id"]),
        )
        for row in page.items
    ]
    print_table(("received", "event type", "field", "reason", "id"), rows)


async def _list(state: str, reason: str | None, event: str | None, limit: int) -> Page:
    async with hub_app.open_log(settings()) as log:
        return await log.dead(state=state, after=None, limit=limit, reason=reason, event=event)


@app.command()
def show(letter_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """Show a dead letter: reason, headers, start of the body."""
    letter = wait(_find(to_uuid(letter_id)))
    shown = msgspec.to_builtins(dead_letters.shown(letter))
    if as_json:
        print_json(shown)
        return
    body = shown.pop("body", None) or shown.pop("body_base64", "")
    headers = shown.pop("headers")
    print_whole(shown | {f"header {name}": value for name, value in headers.items()}, body[:_BODY_SHOWN])


async def _find(letter_id: UUID) -> DeadLetter:
    async with hub_app.open_log(settings()) as log:
        letter = await known(log, letter_id)
    await note("dead.show", f"dead:{letter_id}")
    return letter


async def known(log: LogStore, letter_id: UUID) -> DeadLetter:
    """Return the dead letter. Raises HubError if there is none."""
    letter = await log.dead_letter(letter_id)
    if letter is None:
        raise HubError(f"there is no dead letter {letter_id}")
    return letter


@app.command()
def replay(
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

      hub dead replay 0195…

      hub dead replay --reason "radicado: required" --event pqrs.received
    """
    selection = _selection(ids, reason, event, everything=everything)
    wait(_settle(selection, "replay", yes=yes, as_json=as_json))


@app.command()
def discard(
    ids: Ids = None,
    *,
    everything: Everything = False,
    reason: Reason = None,
    event: Event = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Discard dead letters; they stay in the log."""
    selection = _selection(ids, reason, event, everything=everything)
    wait(_settle(selection, "discard", yes=yes, as_json=as_json))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Dead letters by id, or, without ids, the open ones of a filter."""

    ids: Sequence[UUID] | None = None
    reason: str | None = None
    event: str | None = None


def _selection(
    ids: Sequence[str] | None, reason: str | None, event: str | None, *, everything: bool
) -> Selection:
    filtered = reason is not None or event is not None
    if bool(ids) == (everything or filtered):
        raise typer.BadParameter("give ids, or --reason or --event, or --all")
    if ids:
        return Selection(ids=[to_uuid(text) for text in ids])
    return Selection(reason=reason, event=event)


async def _settle(selection: Selection, verb: str, *, yes: bool, as_json: bool) -> None:
    given, settle = settings(), dead_letters.replay_one if verb == "replay" else dead_letters.discard_one
    async with hub_app.open_log(given) as log, hub_app.open_publisher(given) as publisher:
        if selection.ids is None:
            chosen: Sequence[UUID] = await dead_letters.open_ids(
                log, reason=selection.reason, event=selection.event
            )
            if chosen and not yes and not typer.confirm(f"{verb} {len(chosen)} dead letters?", err=True):
                return
        else:
            chosen = [(await known(log, letter_id)).id for letter_id in selection.ids]
        await note(f"dead.{verb}", "dead", letters=len(chosen))
        done: list[Settled] = []
        for number, letter_id in enumerate(chosen, start=1):
            done.append(await settle(log, publisher, letter_id))
            if number % _PAGE == 0 and not as_json:
                typer.secho(f"{number} of {len(chosen)} …", dim=True, err=True)
    _report(done, as_json=as_json)


def _report(done: Sequence[Settled], *, as_json: bool) -> None:
    if as_json:
        print_items(done)
        return
    for letter in done:
        unchanged = "" if letter.changed else ", no change: settled before, or failed again"
        typer.echo(f"{letter.id}  {letter.state}{unchanged}")
    typer.secho(f"{sum(letter.changed for letter in done)} settled", err=True)
