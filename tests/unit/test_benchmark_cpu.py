from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from benchmarks.cpu import cpu_seconds, parse

TICKS = os.sysconf("SC_CLK_TCK")
BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"


def test_a_name_may_hold_spaces_and_parentheses() -> None:
    stat = f"7 (a ) b (c)) S 3 7 7 0 -1 4194560 1 2 3 4 {TICKS} {2 * TICKS} {3 * TICKS} {4 * TICKS} 20 0 1 0"

    process = parse(stat)

    assert process.parent == 3
    assert process.seconds == 10.0  # 1 s user, 2 s system, and 3 s and 4 s of children that have ended


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_what_a_child_uses_counts() -> None:
    before = cpu_seconds([os.getpid()]) - time.process_time()
    child = subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()

    used = cpu_seconds([os.getpid()]) - time.process_time() - before
    child.communicate(b"\n", timeout=10)

    assert used > 0.25


def test_a_process_that_is_gone_has_used_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait(timeout=10)

    assert cpu_seconds([child.pid]) == 0.0
