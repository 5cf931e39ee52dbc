"""`hub pause`, `hub resume`, `hub channel`: pausing channels and events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.channels.registry import NAMES
from hub.cli.bulk_runs import Wait, print_run
from hub.cli.progress import silent
from hub.desk.channels import acts, queries
from hub.desk.channels.noun import NOUN, PAUSES
from hub.desk.channels.rows import PauseBody
from hub.doors.act import OPERATE
from hub.doors.command import command_of, group_of
from hub.doors.operator import Operator
from hub.doors.terminal import AsJson, fields, instant_option, one_of, print_done, print_list, warn
from hub.errors import UnknownName
from hub.ports import EVERYTHING

channel = group_of(NOUN, open_operator)


def _known(name: str) -> str:
    """Read the subject of a pause from the command line."""
    try:
        acts.subject_of(name)
    except UnknownName as exc:
        raise typer.BadParameter(str(exc)) from None
    return name


Name = Annotated[str, typer.Argument(parser=_known, metavar="CHANNEL|EVENT|all", show_default=False)]
Maybe = Annotated[
    str | None, typer.Argument(parser=_known, metavar="[CHANNEL|EVENT|all]", show_default=False)
]
Channel = Annotated[
    str, typer.Argument(parser=one_of("channel", NAMES), metavar="CHANNEL", show_default=False)
]
Until = Annotated[datetime | None, instant_option("When the pause ends by itself.")]
Reason = Annotated[str, typer.Option(help="Why, for colleagues who find it paused.")]

_CANCELS: Final[Mapping[bool, str]] = {
    True: "--cancel-older cancels them.",
    False: "`hub cancel --dry-run` shows what can be cancelled.",
}
"""The advice about messages older than a pause, by whether it is a restored hub's."""


async def pause(
    name: Maybe = None, reason: Reason = "", until: Until = None, as_json: AsJson = False
) -> None:
    """
    Pause a channel, an event or everything within a second, until `hub resume` or `--until`.

    A held message loses no attempt and none of its lifetime. [bold]Emergencies are held
    as well[/bold]: during an emergency pause an event rather than a channel.
    With `all` nothing leaves, clocks stand, and events are still taken in.
    Without a name the command lists what is paused.

      hub pause sms --reason "the provider sends everything twice"

      hub pause maintenance.scheduled.announced --until 2026-03-09T18:00
    """
    if name is None:
        await command_of(PAUSES, open_operator)(as_json=as_json)
    else:
        await _pause(name, reason, until, as_json=as_json)


async def resume(
    name: Name,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Of `all`: say what would leave, and how old it is.")
    ] = False,
    cancel_older: Annotated[
        bool,
        typer.Option("--cancel-older", help="Of a restored hub: cancel what was planned before its back-up."),
    ] = False,
    wait: Wait = True,
    as_json: AsJson = False,
) -> None:
    """
    End a pause and release at once the messages it held. Safe to repeat.

    A restored back-up starts with a pause of `all`, as old as the copy. What waited then has
    perhaps been sent since: look at it first, and cancel it if it was. That is a bulk run, with
    which the pause ends; it goes on when the command is stopped: see `hub bulk`.

      hub resume all --dry-run

      hub resume all --cancel-older
    """
    if name != EVERYTHING and (dry_run or cancel_older):
        raise typer.BadParameter("--dry-run and --cancel-older are of `all` alone")
    async with open_operator(OPERATE) as by:
        if name == EVERYTHING:
            await _look(by, as_json=as_json, quiet=as_json and not dry_run)
        if not dry_run:
            await _resume(by, name, cancels_older=cancel_older, waits=wait, as_json=as_json)


@channel.command("pause")
async def pause_channel(
    name: Channel, reason: Reason = "", until: Until = None, as_json: AsJson = False
) -> None:
    """Pause a channel, also its emergencies, like `hub pause`."""
    await _pause(name, reason, until, as_json=as_json)


@channel.command("resume")
async def resume_channel(name: Channel, as_json: AsJson = False) -> None:
    """End the pause of a channel, like `hub resume`."""
    async with open_operator(OPERATE) as by:
        await _resume(by, name, as_json=as_json)


async def _pause(name: str, reason: str, until: datetime | None, *, as_json: bool) -> None:
    async with open_operator(OPERATE) as by:
        done = await acts.pause(by, name, PauseBody(reason=reason, ends_at=until))
    sentence = f"{done.subject} {'is paused' if done.changed else 'was paused before'}"
    print_done(done, sentence, as_json=as_json)
    if done.urgent and not as_json:
        warn(f"{done.urgent} urgent messages wait for it: emergencies are held as well.")


async def _look(by: Operator, *, as_json: bool, quiet: bool) -> None:
    """Print the messages that leave when the pause of everything ends, and the number from before it."""
    rows = await queries.unsent(by.db)
    restored = any(row.is_restored for row in await queries.pauses(by.db))
    if not quiet:
        print_list(rows, fields("channel", "lane", "unsent", "oldest_at", "before"), as_json=as_json)
    if older := sum(row.before for row in rows):
        warn(f"{older} were planned before the pause: perhaps they have left. {_CANCELS[restored]}")
    if due := await queries.due_steps(by.db):
        warn(f"{due} clocks have a step that is due")


async def _resume(
    by: Operator, name: str, *, cancels_older: bool = False, waits: bool = False, as_json: bool
) -> None:
    on_progress = silent if as_json else _progress
    done = await acts.end_pause(by, name, cancels_older=cancels_older, on_progress=on_progress)
    if done.run is not None:
        await print_run(by, done.run, waits=waits, as_json=as_json)
        if any(row.is_restored and row.ends_at is None for row in await queries.pauses(by.db)):
            warn("the pause stands: it ends with a run that leaves nothing older")
        return
    sentence = f"{done.subject} {'resumes' if done.changed else 'was not paused'}, {done.released} released"
    print_done(done, sentence, as_json=as_json)


def _progress(count: int) -> None:
    typer.secho(f"{count} released …", dim=True, err=True)
