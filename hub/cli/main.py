"""
The `hub` command. Each command is a module of this package, imported only when the user names it.

This module imports little more than Typer, so that `hub --help` starts fast.
"""

from __future__ import annotations

import os
import sys

import typer

from hub.cli.commands import LazyGroup
from hub.cli.failures import failures

app = typer.Typer(
    cls=LazyGroup,
    help="""
    Turn events of other systems into messages to people, and track the promises made to them.

    [bold]First steps[/bold]

      hub check                         what is configured, reachable, missing

      hub run                           the whole hub in one process, until Ctrl-C

      hub publish -t pqrs.received F    publish an event with data from the file F

      hub deliveries --follow           follow its messages

    Servers and providers come from HUB_… variables. Commands print JSON with --json.
    """,
    epilog="Exit codes: 0 success, 1 failure, 2 wrong command line.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def hub() -> None:
    """Do nothing: Typer needs a callback for the group."""


def main() -> None:
    """Run the command line."""
    failed = False
    try:
        with failures():
            # Show `hub` as the command's name, however it was started.
            app(prog_name="hub")
    except* BrokenPipeError:
        # The reader (`| head`) closed the pipe; without this Python prints another error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        failed = True
    if failed:
        sys.exit(1)
