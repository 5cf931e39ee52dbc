"""`hub run`: the hub itself, in one process or by role."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Coroutine, Sequence
from typing import Annotated, Any, Final

import typer
import uvloop

from hub.app import process
from hub.cli.common import settings

LOOK_FOR_CYCLES_AFTER: Final = 20_000
"""
Objects made, before Python looks which of them only hold each other. After its own 700 a batch of
events is walked over many times while it is in work, for nothing: 4 % of the CPU under load.
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
    Run the hub until Ctrl-C or SIGTERM; it finishes what it holds, then ends.

    With all roles it brings the database schema up to date first. A single role refuses an old
    schema and names the command that mends it.
    """
    given = settings()
    chosen = choose(roles or (), process.ROLES) or frozenset(process.whole(given))
    gc.set_threshold(LOOK_FOR_CYCLES_AFTER)
    gc.freeze()  # modules and their tables stay for good
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(until_signalled(process.run(given, chosen)))


def choose(asked: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    """Answer the roles asked for; none when none is named."""
    unknown = [role for role in asked if role not in known]
    if unknown:
        raise typer.BadParameter(f"there is no role {', '.join(unknown)}; there are {', '.join(known)}")
    return frozenset(asked)


async def until_signalled(work: Coroutine[Any, Any, None]) -> None:
    """Cancel `work` at the first SIGINT or SIGTERM; the second one ends the process at once."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)

    def stop() -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        task.cancel()

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task
