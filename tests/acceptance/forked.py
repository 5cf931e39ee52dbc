"""
Hubs as processes of their own, forked from one that has read all of the hub already.

Each that reads it anew takes a second of the processor before it does anything, and there are hundreds.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        *("hub.app", "hub.cli.run", "hub.local", "hub.storage.migrations.upgrading", __name__),
        # What a role or a command reads at its start.
        *("hub.app.mail_role", "hub.app.timers_role", "hub.app.web_role", "typer._adapters"),
        "tests.acceptance.warmed",
    ]
)
_LOOK: Final = 0.01
"""Seconds between looks whether it has ended."""


class Forked:
    """One process, used as an `asyncio.subprocess.Process`."""

    def __init__(
        self,
        environment: Mapping[str, str],
        arguments: tuple[str, ...],
        log: Path,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        """`prepare`, a function of a module, is called in the new process before anything else."""
        self._process = _FORKS.Process(target=_run, args=(dict(environment), arguments, log, prepare))

    async def start(self) -> None:
        await asyncio.to_thread(self._process.start)

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    @property
    def pid(self) -> int:
        """Return the pid; only after `start`."""
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        while (ended := self.returncode) is None:  # noqa: ASYNC110 - only a look shows its end
            await asyncio.sleep(_LOOK)
        return ended


def _run(
    environment: Mapping[str, str], arguments: tuple[str, ...], log: Path, prepare: Callable[[], None] | None
) -> None:
    """Become `hub …`, in the new process."""
    from hub.cli.main import main  # noqa: PLC0415 - read already where this runs

    os.environ.clear()
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if prepare is not None:
        prepare()
    sys.argv = ["hub", *arguments]
    main()
