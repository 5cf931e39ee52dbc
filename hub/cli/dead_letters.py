"""`hub dead`: events that the hub could not accept; list, show, replay or discard them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
import typer

from hub.app.container import open_log, open_publisher
from hub.cli.audit import note
from hub.cli.common import AsJson, Columns, Id, Limit, print_json, print_list, print_whole, settings, to_uuid
from hub.errors import HubError
from hub.model import DeadLetter
from hub.operations import dead_letters
from hub.operations.dead_letters import Settle, Settled
from hub.ports import LogStore

app = typer.Typer(no_args_is_help=True)

_COLUMNS: Final[Columns] = {
    "received": "received_at",
    "event type": "event_type",
    "field": "field",
    "reason": "reason",
    "id": "id",
}
_BODY_SHOWN: Final = 4000  # characters
_PAGE: Final = 500


class SettlementState(StrEnum):
    OPEN = "open"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


Ids = Annotated[list[UUID] | None, typer.Argument(parser=to_uuid, metavar="[ID]...", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="All open dead letters.")]
Reason = Annotated[str | None, typer.Option(help="Those whose reason contains this text.")]
Event = Annotated[str | None, typer.Option(help="Those of this event type: pqrs.received.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
async def list_letters(
    state: Annotated[SettlementState, typer.Option(help="Which ones.")] = SettlementState.OPEN,
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
    """Show a dead letter: reason, headers, start of the body."""
    async with open_log(settings()) as log:
        letter = await _known(log, letter_id)
    await note("dead.show", f"dead:{letter_id}")
    shown = msgspec.to_builtins(dead_letters.shown(letter))
    if as_json:
        print_json(shown)
        return
    body = shown.pop("body", None) or shown.pop("body_base64", "")
    headers = shown.pop("headers")
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

      hub dead replay 0195…

      hub dead replay --reason "radicado: required" --event pqrs.received
    """
    chosen = _choice(ids, reason, event, everything=everything)
    await _settle("replay", dead_letters.replay_one, chosen, yes=yes, as_json=as_json)


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
    chosen = _choice(ids, reason, event, everything=everything)
    await _settle("discard", dead_letters.discard_one, chosen, yes=yes, as_json=as_json)


def _choice(
    ids: Sequence[UUID] | None, reason: str | None, event: str | None, *, everything: bool
) -> Sequence[UUID] | dict[str, str | None]:
    """Return ids, or the filter of open dead letters."""
    filtered = reason is not None or event is not None
    if bool(ids) == (everything or filtered):
        raise typer.BadParameter("give ids, or --reason or --event, or --all")
    return ids or {"reason": reason, "event": event}


async def _settle(
    verb: str, settle: Settle, asked: Sequence[UUID] | dict[str, str | None], *, yes: bool, as_json: bool
) -> None:
    given = settings()
    async with open_log(given) as log, open_publisher(given) as publisher:
        if not isinstance(asked, dict):
            chosen = [(await _known(log, letter_id)).id for letter_id in asked]
        else:
            chosen = await dead_letters.open_ids(log, reason=asked["reason"], event=asked["event"])
            if chosen and not yes and not typer.confirm(f"{verb} {len(chosen)} dead letters?", err=True):
                return
        await note(f"dead.{verb}", "dead", letters=len(chosen))
        done: list[Settled] = []
        for number, letter_id in enumerate(chosen, start=1):
            done.append(await settle(log, publisher, letter_id))
            if number % _PAGE == 0 and not as_json:
                typer.secho(f"{number} of {len(chosen)} …", dim=True, err=True)
    _report(done, as_json=as_json)


async def _known(log: LogStore, letter_id: UUID) -> DeadLetter:
    """Return the dead letter. Raises HubError if there is none."""
    letter = await log.dead_letter(letter_id)
    if letter is None:
        raise HubError(f"there is no dead letter {letter_id}")
    return letter


def _report(done: Sequence[Settled], *, as_json: bool) -> None:
    if as_json:
        print_json({"items": done, "next": None})
        return
    for letter in done:
        unchanged = "" if letter.changed else ", no change: settled before, or failed again"
        typer.echo(f"{letter.id}  {letter.state}{unchanged}")
    typer.secho(f"{sum(letter.changed for letter in done)} settled", err=True)
