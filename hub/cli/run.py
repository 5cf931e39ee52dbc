"""`hub run`: the hub itself, in one process or several, whole or by role."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

import typer
import uvloop
from structlog.contextvars import bind_contextvars

from hub.app import process, supervisor
from hub.app.roles import ROLES, whole
from hub.business_time.durations import parse_duration
from hub.cli.failures import failures
from hub.doors.terminal import settings
from hub.errors import InvalidPolicy
from hub.policy.monitoring import LONGEST_STOP
from hub.settings import Settings
from hub.tasks import until_signalled

MOST_PROCESSES: Final = 64


def term(text: str) -> timedelta:
    """Read how long the roles may be away after a stop. Raises BadParameter."""
    try:
        length = parse_duration(text)
    except InvalidPolicy as exc:
        raise typer.BadParameter(str(exc)) from None
    if length > LONGEST_STOP:
        raise typer.BadParameter("at most an hour: 1h")
    return length


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
    processes: Annotated[
        str,
        typer.Option(metavar="N|auto", help="Processes that share intake and delivery; auto: one per core."),
    ] = "1",
    back_within: Annotated[
        timedelta | None,
        typer.Option(
            parser=term,
            metavar="DURATION",
            help="Time after a stop in which nobody misses the roles; else `[monitor] planned_stop`.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """
    Run the hub until Ctrl-C or SIGTERM; it finishes its work in progress, then ends.

    With all roles it first upgrades the database schema. A single role refuses an old
    schema and names the command that upgrades it.

    With several processes, the first runs all the roles and the others intake and delivery; beside other
    roles mail has a process to itself. One that dies is started again. With HUB_METRICS each has a port of
    its own, from that one up.

    A stop announces itself: staff is told that a role is away only if it is not back in its term.
    """
    given = settings()
    chosen = choose(roles or (), tuple(ROLES)) or frozenset(whole(given))
    shares = supervisor.share_out(chosen, count(processes) if supervisor.SHARED & chosen else 1)
    upgrade = chosen >= frozenset(whole(given))
    gc.set_threshold(GC_THRESHOLD)
    gc.freeze()  # modules and their tables are never freed

    def serve(child: int) -> None:
        if len(shares) > 1:
            bind_contextvars(process=child)
        mine = process.run(of_process(given, child), shares[child], upgrade=upgrade, away=back_within)
        with failures(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(until_signalled(mine, signal.SIGINT, signal.SIGTERM))

    if len(shares) == 1:
        serve(0)
    else:
        raise typer.Exit(supervisor.supervise(serve, len(shares)))


def count(processes: str) -> int:
    """Read the number of processes. Raises BadParameter."""
    number = supervisor.cores() if processes == "auto" else int(processes) if processes.isdecimal() else 0
    if not 0 < number <= MOST_PROCESSES:
        raise typer.BadParameter(f"expected auto or a number from 1 to {MOST_PROCESSES}")
    return number


def of_process(given: Settings, number: int) -> Settings:
    """Give process `number` a port of its own for its metrics."""
    if given.metrics is None or number == 0:
        return given
    return replace(given, metrics=replace(given.metrics, port=given.metrics.port + number))


def choose(asked: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    """Return the roles asked for, possibly none. Raises BadParameter for an unknown role."""
    unknown = [role for role in asked if role not in known]
    if unknown:
        raise typer.BadParameter(f"there is no role {', '.join(unknown)}; there are {', '.join(known)}")
    return frozenset(asked)
