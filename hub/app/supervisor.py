"""
Supervisor of several processes of one hub on one machine.

The first runs the roles asked for, the others those that share the load; mail has a process to itself.
Their parent only starts, watches and ends them: it has no event loop and no connection. It forks after all
modules are loaded, so that the processes share that memory.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, NoReturn

import structlog

from hub.app.tether import tie_to

SHARED: Final = frozenset({"intake", "delivery"})
"""The roles of which more processes do more work."""
MAIL: Final = "mail"
SETTLED: Final = 10.0
"""Seconds after which a process has started: an error before that is one of the configuration."""
PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0

_ENDING: Final = frozenset({signal.SIGTERM, signal.SIGINT})
_SIGNALS: Final = _ENDING | {signal.SIGCHLD}

log = structlog.get_logger()

Serve = Callable[[int], None]
"""Runs process `number`, from 0 on, until a signal ends it."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share_out(chosen: Collection[str], processes: int) -> list[frozenset[str]]:
    """
    Return the roles of each process; there are more than asked for where mail has one of its own.

    Strangers write mail, and to read one may take seconds: it must not hold up the roles beside it.
    """
    alone = frozenset({MAIL}) & frozenset(chosen) if len(chosen) > 1 else frozenset[str]()
    first = frozenset(chosen) - alone
    shares = [first, *[SHARED & first] * (processes - 1)]
    return [*shares, alone] if alone else shares


def supervise(serve: Serve, processes: int) -> int:
    """
    Run so many processes until SIGTERM or SIGINT; return the exit code.

    A process that dies is started again. One that ends with an error right after the start ends them all.
    """
    # The program that started this one may ignore SIGCHLD; then the kernel forgets how a child ended.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        return _Supervisor(serve, before, range(processes)).run()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass(slots=True)
class _Child:
    number: int
    pid: int
    since: float


@dataclass(slots=True)
class _Supervisor:
    """`due` are the times at which the processes that died are started again, by number."""

    serve: Serve
    mask: Collection[int]
    numbers: Collection[int]
    children: dict[int, _Child] = field(default_factory=dict)
    due: dict[int, float] = field(default_factory=dict)
    pauses: dict[int, float] = field(default_factory=dict)
    ending: bool = False
    code: int = 0
    parent: int = field(default_factory=os.getpid)

    def run(self) -> int:
        for number in self.numbers:
            self._start(number)
        while self.children or self.due:
            received = signal.sigtimedwait(_SIGNALS, self._patience())
            if received is not None and received.si_signo in _ENDING:
                self._end(signal.Signals(received.si_signo))
            self._reap()
            self._start_due()
        return self.code

    def _patience(self) -> float:
        """Return the seconds until the next start; else a time after which a lost SIGCHLD is made up for."""
        return max(0.0, min([at - time.monotonic() for at in self.due.values()], default=PAUSE))

    def _start(self, number: int) -> None:
        pid = os.fork()
        if pid == 0:
            self._become(number)
        self.children[pid] = _Child(number, pid, time.monotonic())

    def _become(self, number: int) -> NoReturn:
        """Run in the child. Its own process group: a Ctrl-C reaches it once, through the parent."""
        code = 1
        try:
            tie_to(self.parent, signal.SIGTERM)
            os.setpgid(0, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)
            self.serve(number)
            code = 0
        except SystemExit as exc:
            code = exc.code if isinstance(exc.code, int) else 1
        except BaseException:
            log.exception("hub.process_failed", process=number)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _end(self, received: signal.Signals) -> None:
        """Pass the signal on; a second one ends the processes at once, as it does without a parent."""
        self.ending = True
        self.due.clear()
        for pid in self.children:
            os.kill(pid, received)

    def _reap(self) -> None:
        for child in list(self.children.values()):
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                del self.children[pid]
                self._ended(child, os.waitstatus_to_exitcode(status))

    def _ended(self, child: _Child, code: int) -> None:
        lasted = time.monotonic() - child.since
        if self.ending:
            # As a shell says it: 128 and the signal that killed it.
            self.code = self.code or (code if code >= 0 else 128 - code)
        elif code > 0 and lasted < SETTLED and child.number not in self.pauses:
            # The process has logged its fault.
            self.code = code
            self._end(signal.SIGTERM)
        else:
            self._restart_later(child, code, lasted)

    def _restart_later(self, child: _Child, code: int, lasted: float) -> None:
        known = self.pauses.get(child.number, PAUSE)
        pause = PAUSE if lasted > LONGEST_PAUSE else min(2 * known, LONGEST_PAUSE)
        self.pauses[child.number] = pause
        log.error("hub.process_died", process=child.number, exit_code=code, again_in=pause)
        self.due[child.number] = time.monotonic() + pause

    def _start_due(self) -> None:
        for number, at in list(self.due.items()):
            if at <= time.monotonic():
                del self.due[number]
                self._start(number)
