"""`hub run`: the hub itself, in one process or by role."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Sequence
from typing import Annotated, Final

import typer
import uvloop

from hub.app import process
from hub.app.roles import ROLES, whole
from hub.cli.common import settings
from hub.tasks import until_signalled

GC_THRESHOLD: Final = 20_000
"""
Allocations between two runs of the garbage collector (generation 0). With Python's default of 700 it scans
a batch of events many times while they are in work, for nothing: 4 % of the CPU under load.
"""


def run(
    roles: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ROLE]...",
            help="intake, delivery, timers, web or mail; none means all of them.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """
    Run the hub until Ctrl-C or SIGTERM; it finishes its work in progress, then ends.

    With all roles it first upgrades the database schema. A single role refuses an old
    schema and names the command that upgrades it.
    """
    given = settings()
    chosen = choose(roles or (), tuple(ROLES)) or frozenset(whole(given))
    gc.set_threshold(GC_THRESHOLD)
    gc.freeze()  # modules and their tables are never freed
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_signalled(process.run(given, chosen), signal.SIGINT, signal.SIGTERM))


def choose(asked: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    """Return the roles asked for, possibly none. Raises BadParameter for an unknown role."""
    unknown = [role for role in asked if role not in known]
    if unknown:
        raise typer.BadParameter(f"there is no role {', '.join(unknown)}; there are {', '.join(known)}")
    return frozenset(asked)
