"""
The `hub` command. Each command is a module of this package, imported when the command is named.

That is why `hub --help` answers at once: nothing here imports more than Typer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import typer

from hub.cli.lazy import LazyGroup
from hub.errors import HubError, Unavailable

app = typer.Typer(
    cls=LazyGroup,
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


@app.callback()
def hub() -> None:
    """Stand for the group itself, which Typer asks for; it runs before each command and does nothing."""


def main() -> None:
    """Run the command line. An error of ours is one sentence on stderr, never a traceback."""
    failed = False
    try:
        # However it was started, the command is called `hub`.
        app(prog_name="hub")
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
