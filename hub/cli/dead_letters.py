"""`hub dead`: its list is declared; one letter is shown, mended or settled by its id, many by a bulk run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final
from uuid import UUID

import msgspec
import typer

from hub.app.operators import open_operator
from hub.cli.bulk_runs import How, Wait, Why, Yes, run_many
from hub.desk.dead_letters import acts
from hub.desk.dead_letters.noun import NOUN
from hub.desk.dead_letters.rows import SettleBody, Settled
from hub.doors.act import OPERATE, PRIVACY
from hub.doors.command import group_of
from hub.doors.operator import Operator
from hub.doors.terminal import AsJson, Id, known, print_json, print_whole, read_input, to_uuid
from hub.model.bulk import BulkFilter, BulkKind, BulkRun
from hub.operations.bulk.plan import MOST, planned
from hub.operations.bulk.plan import find as find_rows
from hub.storage.dead_letters import find

app = group_of(NOUN, open_operator)

_BODY_SHOWN: Final = 4000  # characters

Ids = Annotated[list[UUID] | None, typer.Argument(parser=to_uuid, metavar="[ID]...", show_default=False)]
Everything = Annotated[bool, typer.Option("--all", help="All open dead letters.")]
Reason = Annotated[str | None, typer.Option(help="Those whose reason contains this text.")]
Event = Annotated[str | None, typer.Option(help="Those of this event type: pqrs.received.")]


@app.command()
async def show(letter_id: Id, as_json: AsJson = False) -> None:
    """Show a dead letter: reason, sender, headers, start of the body."""
    async with open_operator(PRIVACY | OPERATE) as by:
        letter = await acts.show_dead(by, letter_id)
    if as_json:
        print_json(letter)
        return
    shown = msgspec.to_builtins(letter)
    body = shown.pop("body", None) or shown.pop("body_base64", "")
    headers = shown.pop("headers")
    del shown["masked"]  # never, at a shell
    print_whole(shown | {f"header {name}": value for name, value in headers.items()}, body[:_BODY_SHOWN])


def _settling(
    kind: BulkKind,
    alone: Callable[[Operator, UUID], Awaitable[Settled]],
    many: Callable[[Operator, SettleBody], Awaitable[BulkRun]],
    words: str,
) -> Callable[..., Awaitable[None]]:
    """Return the command that settles the letters of some ids, or all of a filter by a bulk run."""

    async def command(
        ids: Ids = None,
        *,
        everything: Everything = False,
        reason: Reason = None,
        event: Event = None,
        why: Why = "",
        yes: Yes = False,
        wait: Wait = True,
        as_json: AsJson = False,
    ) -> None:
        if bool(ids) == (everything or (reason, event) != (None, None)):
            raise typer.BadParameter("give ids, or --reason or --event, or --all")
        body = SettleBody(reason=reason, event=event, why=why, limit=MOST)
        async with open_operator(OPERATE) as by:
            if ids:
                _report(await _each(by, alone, ids), as_json=as_json)
                return
            asked = BulkFilter(reason=reason, event=event)
            plan = planned(kind, await find_rows(by.stores.bulk, kind, asked, by.places))
            await run_many(by, plan, lambda: many(by, body), How(yes=yes, waits=wait, as_json=as_json))

    command.__doc__ = words
    return command


app.command("replay")(
    _settling(
        BulkKind.REPLAY,
        acts.replay_dead,
        acts.replay_many,
        """
        Publish dead letters again as received, once the publisher or the hub is fixed. Safe to repeat.

        A letter keeps its sender. What was refused for who sent it goes only by its id, after a look at it.
        Without ids it is a bulk run, which goes on when the command is stopped: see `hub bulk`.

          hub dead replay 0195…

          hub dead replay --reason "radicado: required" --event pqrs.received
        """,
    )
)
app.command("discard")(
    _settling(
        BulkKind.DISCARD,
        acts.discard_dead,
        acts.discard_many,
        """
        Discard dead letters; they stay in the log.

        Without ids it is a bulk run, which goes on when the command is stopped: see `hub bulk`.
        """,
    )
)


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
    words = read_input(file)
    async with open_operator(OPERATE) as by:
        _report([await acts.mend_dead(by, letter_id, words)], as_json=as_json)


async def _each(
    by: Operator, act: Callable[[Operator, UUID], Awaitable[Settled]], ids: Sequence[UUID]
) -> Sequence[Settled]:
    """Settle these letters, or none of them where one is not there."""
    for letter_id in ids:
        known(await find(by.db, letter_id), f"{acts.LETTER} {letter_id}")
    return [await act(by, letter_id) for letter_id in ids]


def _report(done: Sequence[Settled], *, as_json: bool) -> None:
    if as_json:
        print_json({"items": done, "next": None})
        return
    for letter in done:
        unchanged = "" if letter.changed else ", no change: settled before, or failed again"
        typer.echo(f"{letter.id}  {letter.state}{unchanged}")
    typer.secho(f"{sum(letter.changed for letter in done)} settled", err=True)
