"""A program that runs as a private child process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.app import tether

GLANCE = 0.02  # seconds between two checks of a process


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The user that a program runs as."""

    uid: int
    gid: int


class Child:
    """
    One program in its own session, with a pid file and a log.

    Its own session, because the terminal sends Ctrl-C to all foreground processes at once, and the
    servers must outlive the hub's last acknowledgement.
    """

    def __init__(
        self,
        name: str,
        *,
        folder: Path,
        log: Path,
        workplace: Path | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._folder = folder
        self._workplace = workplace or folder
        self._account = account
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The pid of the session leader; only after `start`."""
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """A negative code is the signal that ended the process."""
        return self._process.poll() if self._process else None

    async def start(self, command: Sequence[str | Path], *, env: Mapping[str, str]) -> None:
        await self._end_leftover()
        self._process = self._spawn(command, env)
        self._pid_file.write_text(f"{self._process.pid} {_birth(self._process.pid)}")

    async def stop(self, patience: float = 30.0) -> None:
        """Signal the process to end; kill it after `patience` seconds."""
        if self.running and self._process:
            self._process.send_signal(self._stop_signal)
            if not await self._ends_within(patience):
                await self.kill()
        self._pid_file.unlink(missing_ok=True)

    async def kill(self) -> None:
        if self.running and self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._ends_within(10.0)

    async def ended(self) -> None:
        while self.running:  # noqa: ASYNC110 - an asyncio process would belong to the loop that started it
            await asyncio.sleep(GLANCE * 5)

    async def answers(
        self,
        question: Callable[[], Awaitable[object]],
        *refusals: type[Exception],
        limit: float,
        pause: float = GLANCE,
    ) -> bool:
        """Ask until there is an answer; false if the process ends or `limit` seconds are over."""
        deadline = time.monotonic() + limit
        refused: tuple[type[Exception], ...] = (OSError, *refusals)  # a time-out is an OSError
        while self.running and time.monotonic() < deadline:
            try:
                async with asyncio.timeout(5.0):
                    await question()
            except refused:
                await asyncio.sleep(pause)
            else:
                return True
        return False

    @property
    def end_of_log(self) -> str:
        return f"Its log, {self.log}, ends:\n{self.last_lines()}"

    def last_lines(self, count: int = 15) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    @property
    def _pid_file(self) -> Path:
        return self._folder / f"{self.name}.pid"

    def _spawn(self, command: Sequence[str | Path], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        account = (str(self._account.uid), str(self._account.gid)) if self._account else ("-", "-")
        tied = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), str(int(self._stop_signal))]
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the command comes from our own code
                [*tied, *account, *command],
                cwd=self._workplace,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def _ends_within(self, seconds: float) -> bool:
        return await _happens(lambda: not self.running, seconds)

    async def _end_leftover(self) -> None:
        """End the process that a killed start has left behind: it still uses the data."""
        pid = self._leftover()
        if pid is None:
            return
        for number, patience in ((self._stop_signal, 15.0), (signal.SIGKILL, 5.0)):
            os.kill(pid, number)
            if await _happens(lambda: self._leftover() is None, patience):
                return

    def _leftover(self) -> int | None:
        try:
            pid, birth = self._pid_file.read_text().split(maxsplit=1)
        except (OSError, ValueError):
            return None
        # The pid alone may belong to another program by now.
        return int(pid) if _birth(int(pid)) == birth else None


def _birth(pid: int) -> str | None:
    """Return the process's start time in the system's own format; None if it is gone or a zombie."""
    try:
        return _birth_in_ticks(pid) if sys.platform == "linux" else _birth_as_listed(pid)
    except OSError:
        return None


def _birth_in_ticks(pid: int) -> str | None:
    # The name before the last parenthesis may itself contain spaces and parentheses.
    state, *numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return None if state == "Z" else numbers[18]


def _birth_as_listed(pid: int) -> str | None:
    ps = ["ps", "-o", "lstart=", "-p", str(pid)]
    answer = subprocess.run(ps, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    return answer.stdout.strip() or None


async def _happens(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(GLANCE)
    return True
