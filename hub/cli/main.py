"""
The `hub` command. Each command is a module of this package; heavy things are imported inside it.

That is why `hub --help` answers at once: nothing here imports more than Typer at its top.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from hub.cli import (
    accounts,
    clocks,
    contacts,
    database,
    dead_letters,
    keys,
    letters,
    people,
    secrets,
    template,
)
from hub.cli.audience import audience
from hub.cli.audit import audit
from hub.cli.check.command import check
from hub.cli.deliveries import deliveries
from hub.cli.explain import explain
from hub.cli.import_people import import_people
from hub.cli.incidents import incidents
from hub.cli.indicators import indicators
from hub.cli.pauses import channel, pause, resume
from hub.cli.publish import publish
from hub.cli.readiness import readiness
from hub.cli.redrive import redrive
from hub.cli.run import run
from hub.cli.show_settings import show_settings
from hub.cli.simulate import rehearse
from hub.errors import HubError, Unavailable

_RUN = "Run"
_SEND = "Events in"
_LOOK = "What happened"
_MEND = "Look after"


class _Commands(TyperGroup):
    """All commands: what is wrong with a command line is said without the words of a library."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as exc:
            exc.message = exc.message.removeprefix("Value error, ")
            raise


app = typer.Typer(
    name="hub",
    cls=_Commands,
    help="""
    Turn what happens in other systems into messages that reach people, and keep the promises made to them.

    [bold]A first round[/bold]

      hub check                         what is configured, reachable, missing

      hub run                           all of it in one process, until Ctrl-C

      hub publish -t pqrs.received F    an event in, its data from the file F

      hub deliveries --follow           its messages, as they go out

    Servers and providers come from HUB_… variables. Commands print JSON with --json.
    """,
    epilog="Exit codes: 0 well, 1 something failed, 2 the command line is wrong.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(rich_help_panel=_RUN)(run)
app.command(rich_help_panel=_SEND)(publish)
app.command(rich_help_panel=_LOOK)(deliveries)
app.command(rich_help_panel=_LOOK)(explain)
app.add_typer(clocks.app, name="clocks", rich_help_panel=_LOOK)
app.command(rich_help_panel=_LOOK)(indicators)
app.command(rich_help_panel=_LOOK)(rehearse)
app.add_typer(contacts.replies, name="replies", rich_help_panel=_LOOK)
app.add_typer(contacts.suppressions, name="suppressions", rich_help_panel=_MEND)
app.add_typer(contacts.opt_outs, name="opt-outs", rich_help_panel=_MEND)
people.app.command("import")(import_people)
people.app.command("readiness")(readiness)
people.app.command("audience")(audience)
app.add_typer(people.app, name="people", rich_help_panel=_LOOK)
app.add_typer(dead_letters.app, name="dead", rich_help_panel=_LOOK)
app.add_typer(letters.app, name="letters", rich_help_panel=_LOOK)
app.command(rich_help_panel=_MEND)(check)
app.command(rich_help_panel=_MEND)(incidents)
app.command(rich_help_panel=_MEND)(pause)
app.command(rich_help_panel=_MEND)(resume)
app.command(rich_help_panel=_MEND)(redrive)
app.add_typer(keys.app, name="keys", rich_help_panel=_MEND)
app.add_typer(accounts.app, name="accounts", rich_help_panel=_MEND)
app.add_typer(secrets.app, name="secrets", rich_help_panel=_MEND)
app.command("settings", rich_help_panel=_MEND)(show_settings)
app.command(rich_help_panel=_LOOK)(audit)
app.add_typer(channel, name="channel", rich_help_panel=_MEND)
app.add_typer(database.app, name="db", rich_help_panel=_MEND)
app.add_typer(template.app, name="template", rich_help_panel=_MEND)


def main() -> None:
    """Run the command line. An error of ours is one sentence on stderr, never a traceback."""
    failed = False
    try:
        app()
    except* HubError as group:  # roles run in task groups, so that it may come wrapped
        failed = True
        for error in leaves(group):
            to_do = " – `hub check` says what to mend" if isinstance(error, Unavailable) else ""
            typer.secho(f"Error: {error}{to_do}", fg=typer.colors.RED, err=True)
    except* BrokenPipeError:
        # The reader (`| head`) has seen enough; without this Python complains once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        failed = True
    if failed:
        sys.exit(1)


def leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    """Unwrap."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error
