"""`hub pause`, `hub resume`, `hub channel`: pausing channels and events."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from hub.app import container as hub_app
from hub.cli.audit import note
from hub.cli.common import AsJson, cell, local_time, print_items, print_json, print_table, settings, wait
from hub.cli.names import known_channel
from hub.cli.progress import silent
from hub.errors import UnknownName
from hub.operations import pause as pausing
from hub.operations.channels import ChannelRow, providers_of, read_channels
from hub.operations.pause import Paused, Resumed

channel = typer.Typer(no_args_is_help=True, help="The channels: list, pause, resume.")

Name = Annotated[str, typer.Argument(metavar="CHANNEL|EVENT", show_default=False)]
Maybe = Annotated[str | None, typer.Argument(metavar="[CHANNEL|EVENT]", show_default=False)]
Channel = Annotated[str, typer.Argument(parser=known_channel, metavar="CHANNEL", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why, for colleagues who find it paused.")]


def pause(name: Maybe = None, reason: Reason = "", as_json: AsJson = False) -> None:
    """
    Pause a channel or an event within a second: its messages wait until `hub resume`.

    A held message loses no attempt and none of its lifetime. [bold]Emergencies are held
    as well[/bold]: during an emergency pause an event rather than a channel.
    Without a name the command lists what is paused.

      hub pause sms --reason "the provider sends everything twice"

      hub pause maintenance.scheduled.announced
    """
    if name is None:
        _list(as_json=as_json)
    else:
        _pause(_subject(name), reason, as_json=as_json)


def resume(name: Name, as_json: AsJson = False) -> None:
    """End a pause and release at once the messages it held. Safe to repeat."""
    _resume(_subject(name), as_json=as_json)


@channel.command("list")
def list_channels(as_json: AsJson = False) -> None:
    """
    Show each channel: its providers, the broken ones, its pause, its waiting messages.

    The hub does not call a broken provider for a while: `hub incidents` says what to do.
    `held` counts the messages a pause holds, `urgent` the emergencies among them,
    `waiting` those that no worker has taken.
    """
    items = wait(_rows())
    if as_json:
        print_items(items)
        return
    columns = ("channel", "providers", "broken", "paused", "by", "reason", "held", "urgent", "waiting")
    print_table(columns, map(_cells, items))


@channel.command("pause")
def pause_channel(name: Channel, reason: Reason = "", as_json: AsJson = False) -> None:
    """Pause a channel, also its emergencies, like `hub pause`."""
    _pause(f"channel:{name}", reason, as_json=as_json)


@channel.command("resume")
def resume_channel(name: Channel, as_json: AsJson = False) -> None:
    """End the pause of a channel, like `hub resume`."""
    _resume(f"channel:{name}", as_json=as_json)


def _subject(name: str) -> str:
    try:
        return pausing.subject_of(name)
    except UnknownName as exc:
        raise typer.BadParameter(str(exc)) from None


def _list(*, as_json: bool) -> None:
    items = wait(_pauses())
    if as_json:
        print_items(items)
        return
    columns = ("subject", "since", "by", "reason")
    print_table(columns, [[cell(row, column) for column in columns] for row in items])


async def _pauses() -> Sequence[Mapping[str, Any]]:
    async with hub_app.open_pauses(settings()) as store:
        return await store.pauses()


def _pause(subject: str, reason: str, *, as_json: bool) -> None:
    done = wait(_paused(subject, reason))
    if as_json:
        print_json(done)
        return
    typer.echo(f"{subject} {'is paused' if done.changed else 'was paused before'}")
    if done.urgent:
        warning = f"{done.urgent} urgent messages wait for it: emergencies are held as well."
        typer.secho(warning, fg=typer.colors.YELLOW, err=True)


async def _paused(subject: str, reason: str) -> Paused:
    async with hub_app.open_pauses(settings()) as store:
        done = await pausing.pause(subject, by=getpass.getuser(), reason=reason, store=store)
    await note("pause", subject, changed=done.changed)
    return done


def _resume(subject: str, *, as_json: bool) -> None:
    done = wait(_resumed(subject, silent if as_json else _progress))
    if as_json:
        print_json(done)
        return
    typer.echo(f"{subject} {'goes on' if done.changed else 'was not paused'}, {done.released} released")


async def _resumed(subject: str, on_progress: Callable[[int], None]) -> Resumed:
    given = settings()
    async with hub_app.open_pauses(given) as store, hub_app.open_publisher(given) as publisher:
        done = await pausing.resume(subject, store=store, publisher=publisher, on_progress=on_progress)
    await note("resume", subject, changed=done.changed, released=done.released)
    return done


def _progress(count: int) -> None:
    typer.secho(f"{count} released …", dim=True, err=True)


async def _rows() -> list[ChannelRow]:
    given = settings()
    async with (
        hub_app.open_pauses(given) as store,
        hub_app.open_publisher(given) as publisher,
        hub_app.open_monitor(given) as log,
    ):
        return await read_channels(store, publisher, log, providers_of(given))


def _cells(row: ChannelRow) -> tuple[str, ...]:
    waiting = ", ".join(f"{number} {lane}" for lane, number in row.waiting.items() if number)
    paused = row.paused
    return (
        row.name,
        " ".join(row.providers) or "–",
        " ".join(row.broken),
        local_time(paused.since) if paused else "",
        paused.by if paused else "",
        paused.reason if paused else "",
        str(row.held or ""),
        str(row.urgent or ""),
        waiting,
    )
