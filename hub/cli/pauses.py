"""`hub pause`, `hub resume`, `hub channel`: pausing channels and events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import typer

from hub.app.openers import open_monitor, open_pauses, open_publisher
from hub.cli.audit import acting, note
from hub.cli.names import known_channel
from hub.cli.progress import silent
from hub.doors.terminal import (
    AsJson,
    Columns,
    fields,
    instant_option,
    local_time,
    print_done,
    print_list,
    settings,
    warn,
)
from hub.errors import NotRestored, UnknownName
from hub.operations import pause as pausing
from hub.operations.channels import ChannelRow, read_channels, read_depths
from hub.ports import EVERYTHING

channel = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="CHANNEL|EVENT|all", show_default=False)]
Maybe = Annotated[str | None, typer.Argument(metavar="[CHANNEL|EVENT|all]", show_default=False)]
Channel = Annotated[str, typer.Argument(parser=known_channel, metavar="CHANNEL", show_default=False)]
Until = Annotated[datetime | None, instant_option("When the pause ends by itself.")]
Reason = Annotated[str, typer.Option(help="Why, for colleagues who find it paused.")]


def _waiting(row: ChannelRow) -> str:
    return ", ".join(f"{number} {lane}" for lane, number in row.waiting.items() if number)


_CANCELS: Final[Mapping[bool, str]] = {
    True: "--cancel-older cancels them.",
    False: "`hub cancel --dry-run` shows what can be cancelled.",
}
"""What to do about what is older than a pause, by whether it is that of a restored hub."""
_UNSENT: Final = fields("channel", "lane", "unsent", "oldest_at", "before")
_PAUSES: Final = fields("subject", "since", "ends_at", "by", "reason")
_CHANNELS: Final[Columns] = {
    "channel": "name",
    "providers": lambda row: " ".join(row.providers) or "–",
    "broken": "broken",
    "paused": lambda row: local_time(row.paused.since) if row.paused else "",
    "by": lambda row: row.paused.by if row.paused else "",
    "reason": lambda row: row.paused.reason if row.paused else "",
    "held": lambda row: str(row.held or ""),
    "urgent": lambda row: str(row.urgent or ""),
    "waiting": _waiting,
}


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
    if name is not None:
        await _pause(_subject(name), reason, until, as_json=as_json)
        return
    async with open_pauses(settings()) as store:
        pauses = await store.pauses()
    print_list(pauses, _PAUSES, as_json=as_json)


async def resume(
    name: Name,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Of `all`: say what would leave, and how old it is.")
    ] = False,
    cancel_older: Annotated[
        bool,
        typer.Option("--cancel-older", help="Of a restored hub: cancel what was planned before its back-up."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    End a pause and release at once the messages it held. Safe to repeat.

    A restored back-up starts with a pause of `all`, as old as the copy. What waited then has
    perhaps been sent since: look at it first, and cancel it if it was.

      hub resume all --dry-run

      hub resume all --cancel-older
    """
    subject = _subject(name)
    if subject == EVERYTHING:
        await _before_everything(cancel_older=cancel_older and not dry_run, as_json=as_json, dry_run=dry_run)
    elif dry_run or cancel_older:
        raise typer.BadParameter("--dry-run and --cancel-older are of `all` alone")
    if not dry_run:
        await _resume(subject, as_json=as_json)


async def _before_everything(*, cancel_older: bool, dry_run: bool, as_json: bool) -> None:
    async with open_pauses(settings()) as store:
        rows = await store.unsent()
        restored = any(pausing.is_restored(row) for row in await store.pauses())
        if not (as_json and not dry_run):
            print_list(rows, _UNSENT, as_json=as_json)
        if older := sum(int(row["before"]) for row in rows):
            warn(f"{older} were planned before the pause: perhaps they have left. {_CANCELS[restored]}")
        if due := await store.due_steps():
            warn(f"{due} clocks have a step that is due")
        if cancel_older:
            if not restored:
                raise NotRestored
            await note("cancel_older", EVERYTHING)
            cancelled = await pausing.cancel_older(store)
            warn(f"{cancelled} cancelled")
            await note("cancel_older", EVERYTHING, cancelled=cancelled)


@channel.command("list")
async def list_channels(as_json: AsJson = False) -> None:
    """
    Show each channel: its providers, the broken ones, its pause, its waiting messages.

    The hub does not call a broken provider for a while: `hub incidents` shows what to do.
    `held` counts the messages a pause holds, `urgent` the emergencies among them,
    `waiting` those that no worker has taken.
    """
    given = settings()
    async with open_pauses(given) as store, open_publisher(given) as publisher, open_monitor(given) as log:
        rows = await read_channels(store, await read_depths(publisher), log, given)
    print_list(sorted(rows, key=lambda row: row.name) if as_json else rows, _CHANNELS, as_json=as_json)


@channel.command("pause")
async def pause_channel(
    name: Channel, reason: Reason = "", until: Until = None, as_json: AsJson = False
) -> None:
    """Pause a channel, also its emergencies, like `hub pause`."""
    await _pause(f"channel:{name}", reason, until, as_json=as_json)


@channel.command("resume")
async def resume_channel(name: Channel, as_json: AsJson = False) -> None:
    """End the pause of a channel, like `hub resume`."""
    await _resume(f"channel:{name}", as_json=as_json)


def _subject(name: str) -> str:
    try:
        return pausing.subject_of(name)
    except UnknownName as exc:
        raise typer.BadParameter(str(exc)) from None


async def _pause(subject: str, reason: str, until: datetime | None, *, as_json: bool) -> None:
    async with open_pauses(settings()) as store, acting() as by:
        done = await pausing.pause(by, subject, reason=reason, ends_at=until, store=store)
    sentence = f"{subject} {'is paused' if done.changed else 'was paused before'}"
    print_done(done, sentence, as_json=as_json)
    if done.urgent and not as_json:
        warn(f"{done.urgent} urgent messages wait for it: emergencies are held as well.")


async def _resume(subject: str, *, as_json: bool) -> None:
    given, on_progress = settings(), silent if as_json else _progress
    async with open_pauses(given) as store, open_publisher(given) as publisher:
        await note("resume", subject)
        done = await pausing.resume(subject, store=store, publisher=publisher, on_progress=on_progress)
    if done.released:
        await note("resume", subject, released=done.released)
    sentence = f"{subject} {'resumes' if done.changed else 'was not paused'}, {done.released} released"
    print_done(done, sentence, as_json=as_json)


def _progress(count: int) -> None:
    typer.secho(f"{count} released …", dim=True, err=True)
