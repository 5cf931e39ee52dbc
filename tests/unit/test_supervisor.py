"""Several processes under one parent, with real forks."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from hub.app.supervisor import share_out

PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from hub.app.supervisor import supervise

folder = Path(sys.argv[1])

def serve(number):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    signal.signal(signal.SIGINT, lambda *_: stopped.append(1))
    tries = len(list(folder.glob(f"{number}-*")))
    (folder / f"{number}-{tries}").write_text(str(os.getpid()))
    if (folder / f"fail-{number}").exists():
        sys.exit(3)
    while not stopped or (number == 1 and (folder / "stubborn").exists()):
        time.sleep(0.01)
    (folder / f"done-{number}-{tries}").touch()

if (folder / "ignore").exists():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
sys.exit(supervise(serve, 2))
"""


class Parent:
    """A supervisor of two processes, which write down their pids."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pid = os.posix_spawn(sys.executable, [sys.executable, "-c", PROGRAM, str(folder)], os.environ)

    def wait_for(self, *names: str) -> None:
        until = time.monotonic() + 20
        while not all((self.folder / name).exists() for name in names):
            assert time.monotonic() < until, sorted(path.name for path in self.folder.iterdir())
            time.sleep(0.01)

    def pid_of(self, name: str) -> int:
        text = ""
        while not text:
            text = (self.folder / name).read_text()
        return int(text)

    def end(self, number: signal.Signals) -> int:
        os.kill(self.pid, number)
        return self.exit_code()

    def exit_code(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_processes_after_their_work(tmp_path: Path, number: signal.Signals) -> None:
    parent = Parent(tmp_path)
    parent.wait_for("0-0", "1-0")

    assert parent.end(number) == 0
    parent.wait_for("done-0-0", "done-1-0")


def test_a_process_that_is_killed_is_started_again(tmp_path: Path) -> None:
    parent = Parent(tmp_path)
    parent.wait_for("0-0", "1-0")
    os.kill(parent.pid_of("1-0"), signal.SIGKILL)
    parent.wait_for("1-1")

    assert not (tmp_path / "0-1").exists()
    assert parent.end(signal.SIGTERM) == 0
    parent.wait_for("done-0-0", "done-1-1")


def test_a_process_is_started_again_where_the_starter_ignores_ended_children(tmp_path: Path) -> None:
    (tmp_path / "ignore").touch()
    parent = Parent(tmp_path)
    parent.wait_for("0-0", "1-0")
    os.kill(parent.pid_of("1-0"), signal.SIGKILL)
    parent.wait_for("1-1")

    assert parent.end(signal.SIGTERM) == 0


def test_an_error_right_after_the_start_ends_all_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "fail-1").touch()
    parent = Parent(tmp_path)

    assert parent.exit_code() == 3
    assert not (tmp_path / "1-1").exists()


def test_a_process_killed_while_it_ends_is_not_a_clean_end(tmp_path: Path) -> None:
    (tmp_path / "stubborn").touch()
    parent = Parent(tmp_path)
    parent.wait_for("0-0", "1-0")
    os.kill(parent.pid, signal.SIGTERM)
    os.kill(parent.pid_of("1-0"), signal.SIGKILL)

    assert parent.exit_code() == 128 + signal.SIGKILL


def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    parent = Parent(tmp_path)
    parent.wait_for("0-0", "1-0")
    parent.end(signal.SIGKILL)
    parent.wait_for("done-0-0", "done-1-0")


def test_the_first_process_has_all_roles_and_the_others_what_is_shared() -> None:
    chosen = {"intake", "delivery", "timers", "web"}

    assert share_out(chosen, 2) == [chosen, {"intake", "delivery"}]
    assert share_out({"delivery", "timers"}, 2) == [{"delivery", "timers"}, {"delivery"}]
    assert share_out(chosen, 1) == [chosen]


def test_mail_that_runs_with_other_roles_has_a_process_to_itself() -> None:
    chosen = {"intake", "web", "mail"}

    assert share_out(chosen, 1) == [{"intake", "web"}, {"mail"}]
    assert share_out(chosen, 2) == [{"intake", "web"}, {"intake"}, {"mail"}]
    assert share_out({"mail"}, 1) == [{"mail"}]
