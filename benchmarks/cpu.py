"""CPU seconds of processes and of all that they have started, from Linux's /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    parent: int
    seconds: float


def cpu_seconds(pids: Iterable[int]) -> float:
    """Answer what these processes, their children and theirs have used so far."""
    processes = dict(_processes())
    children: defaultdict[int, list[int]] = defaultdict(list)
    for pid, process in processes.items():
        children[process.parent].append(pid)
    waiting, total = list(pids), 0.0
    while waiting:
        pid = waiting.pop()
        waiting += children[pid]
        total += processes[pid].seconds if pid in processes else 0.0
    return total


def _processes() -> Iterator[tuple[int, Process]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue  # it has just ended
            yield int(folder.name), parse(stat)


def parse(stat: str) -> Process:
    """Field 2 is a name in parentheses that may hold anything; 4 is the parent, 14–17 are times (proc(5))."""
    fields = stat.rpartition(")")[2].split()
    return Process(parent=int(fields[1]), seconds=sum(map(int, fields[11:15])) / _TICKS)
