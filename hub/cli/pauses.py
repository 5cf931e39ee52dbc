"""`hub pause`, `hub resume`, `hub channel`: pausing channels and events."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated, Final

import typer

from hub.app.openers import open_monitor, open_pauses, open_publisher
from hub.cli.audit import note
from hub.cli.common import (
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
from hub.cli.names import known_channel
from hub.cli.progress import silent
from hub.errors import UnknownName
from hub.operations import pause as pausing
from hub.operations.channels import ChannelRow, read_channels, read_depths

channel = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="CHANNEL|EVENT", show_default=False)]
Maybe = Annotated[str | None, typer.Argument(metavar="[CHANNEL|EVENT]", show_default=False)]
Channel = Annotated[str, typer.Argument(parser=known_channel, metavar="CHANNEL", show_default=False)]
Until = Annotated[datetime | None, instant_option("When the pause ends by itself.")]
Reason = Annotated[str, typer.Option(help="Why, for colleagues who find it paused.")]


def _waiting(row: ChannelRow) -> str:
    return ", ".join(f"{number} {lane}" for lane, number in row.waiting.items() if number)


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
    Pause a channel or an event within a second: its messages wait until `hub resume`, or `--until`.

    A held message loses no attempt and none of its lifetime. [bold]Emergencies are held
    as well[/bold]: during an emergency pause an event rather than a channel.
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


async def resume(name: Name, as_json: AsJson = False) -> None:
    """End a pause and release at once the messages it held. Safe to repeat."""
    await _resume(_subject(name), as_json=as_json)


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
    print_list(rows, _CHANNELS, as_json=as_json)


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
    async with open_pauses(settings()) as store:
        by = getpass.getuser()
        done = await pausing.pause(subject, by=by, reason=reason, ends_at=until, store=store)
    await note("pause", subject, changed=done.changed)
    sentence = f"{subject} {'is paused' if done.changed else 'was paused before'}"
    print_done(done, sentence, as_json=as_json)
    if done.urgent and not as_json:
        warn(f"{done.urgent} urgent messages wait for it: emergencies are held as well.")


async def _resume(subject: str, *, as_json: bool) -> None:
    given, on_progress = settings(), silent if as_json else _progress
    async with open_pauses(given) as store, open_publisher(given) as publisher:
        done = await pausing.resume(subject, store=store, publisher=publisher, on_progress=on_progress)
    await note("resume", subject, changed=done.changed, released=done.released)
    sentence = f"{subject} {'resumes' if done.changed else 'was not paused'}, {done.released} released"
    print_done(done, sentence, as_json=as_json)


def _progress(count: int) -> None:
    typer.secho(f"{count} released …", dim=True, err=True)
