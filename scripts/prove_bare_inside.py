#!/usr/bin/env python3
"""
What prove-bare does in the bare root: scripts/run in a terminal, so that Ctrl-C is a real one,
twice, then scripts/test. Only the standard library.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CTRL_C = b"\x03"
PORTS = CHECKOUT / ".run/ports.json"
READY = "The hub is running."
SET_UP_LIMIT = 900.0  # seconds: packages come over the network
START_LIMIT = 90.0
STOP_LIMIT = 60.0

# 127.0.0.1, ::1 and ::ffff:127.0.0.1 as the kernel writes them.
LOOPBACK = ("0100007F:", "00000000000000000000000001000000:", "0000000000000000FFFF00000100007F:")
SERVICES = ("rabbitmq", "redis", "postgresql", "epmd")


def main() -> None:
    with running(SET_UP_LIMIT):
        check("the page answers", fetch("page", "/") is not None)
        check("a second terminal publishes an event", hub("publish", "examples/pqrs.received.json"))
        check("its messages are there", happens(lambda: bool(messages())))
        check("everything listens on loopback only", not open_to_others())
        before, ports = messages(), PORTS.read_text()
    check("no process is left after Ctrl-C", nobody_left())
    with running(START_LIMIT):
        check(f"the second start goes on from {len(before)} messages", messages() >= before)
        check("its ports are those of the first start", PORTS.read_text() == ports)
    check("no process is left after the second Ctrl-C", nobody_left())
    check(f"nothing of ours starts at boot {boot_services() or ''}", not boot_services())
    check("Debian made no PostgreSQL cluster", not any(Path("/etc/postgresql").glob("*/*")))
    check("policy-rc.d is gone again", not any(Path("/usr/sbin").glob("policy-rc.d*")))
    check("scripts/test passes", subprocess.run([CHECKOUT / "scripts/test"], check=False).returncode == 0)
    check("no process is left after the tests", nobody_left())


@contextlib.contextmanager
def running(limit: float) -> Iterator[None]:
    """scripts/run, from its start until it has ended after Ctrl-C."""
    print_line(f"scripts/run ({CHECKOUT})")
    began = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(CHECKOUT)
        os.execv("scripts/run", ["scripts/run"])  # noqa: S606 - a command of our own
    shown = Shown(terminal)
    check("it is up", happens(lambda: READY in shown.text, limit, shown.ended))
    print_line(f"up {time.monotonic() - began:.1f} s after the command")
    check("mail comes", happens(lambda: b"<strong>" in (fetch("mail_page", "/") or b"")))
    print_line(f"a first mail {time.monotonic() - began:.1f} s after the command")
    check("a resident's page answers", happens(lambda: b"</h1>" in (resident_page(shown.text) or b"")))
    print_line(f"a resident's page {time.monotonic() - began:.1f} s after the command")
    yield
    print_line("Ctrl-C")
    began = time.monotonic()
    os.write(terminal, CTRL_C)
    check("it ends", happens(shown.ended, STOP_LIMIT))
    check("its exit code is 0", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0)
    print_line(f"down {time.monotonic() - began:.1f} s after it")


class Shown:
    """What a terminal shows, passed on as it comes."""

    def __init__(self, terminal: int) -> None:
        self.text = ""
        self._reader = threading.Thread(target=self._read, args=(terminal,), daemon=True)
        self._reader.start()

    def ended(self) -> bool:
        return not self._reader.is_alive()

    def _read(self, terminal: int) -> None:
        with contextlib.suppress(OSError):  # how the other end says that it is closed
            while piece := os.read(terminal, 4096).decode(errors="replace"):
                self.text += piece
                sys.stdout.write(piece)


def happens(condition: Callable[[], bool], limit: float = 30.0, hopeless: Callable[[], bool] = bool) -> bool:
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline or hopeless():
            return condition()
        time.sleep(0.2)
    return True


def fetch(port: str, path: str) -> bytes | None:
    number = json.loads(PORTS.read_text())[port]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{number}{path}", timeout=10) as answer:
            body: bytes = answer.read()
    except urllib.error.URLError:
        return None
    return body


def resident_page(shown: str) -> bytes | None:
    """Open the page whose link the terminal shows."""
    link = re.search(r"http://\S+:\d+(/mi/\S+)", shown)
    return fetch("page", link[1]) if link else None


def messages() -> set[str]:
    """All of them, page by page: the demonstration makes more than one holds, and its clocks go on."""
    found: set[str] = set()
    after = ""
    while page := json.loads(fetch("page", f"/api/messages?limit=200{after}") or "{}"):
        found |= {message["id"] for message in page["items"]}
        if not page["next"]:
            break
        after = f"&after={urllib.parse.quote(page['next'])}"
    return found


def hub(*arguments: str) -> bool:
    return subprocess.run(["scripts/hub", *arguments], cwd=CHECKOUT, check=False).returncode == 0


def nobody_left() -> bool:
    if happens(lambda: not others(), 3.0):
        return True
    print_line(f"left over: {others()}")
    return False


def others() -> list[str]:
    """
    Every other process that lives in this process space. We are its first one, to whom orphans
    come when they end: the dead ones that we have not buried do not count.
    """
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            name, _, state = (folder / "stat").read_text().rpartition(")")
            if int(folder.name) != os.getpid() and state.split()[0] != "Z":
                found.append(f"{name})")
    return found


def open_to_others() -> list[str]:
    """Addresses on which a process of this process space listens, and which are not loopback."""
    ours = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            ours.add(str(link.readlink()))
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and f"socket:[{inode}]" in ours and not local.startswith(LOOPBACK):
                found.append(local)
    return found


def boot_services() -> list[Path]:
    units = Path("/etc/systemd/system").glob("*.wants/*")
    started = [*units, *Path("/etc").glob("rc[2-5].d/S*")]
    return [path for path in started if any(name in path.name for name in SERVICES)]


def check(what: str, passed: bool) -> None:
    print_line(f"{'ok  ' if passed else 'FAIL'} {what}")
    if not passed:
        sys.exit(1)


def print_line(line: str) -> None:
    sys.stdout.write(f"\n── {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
