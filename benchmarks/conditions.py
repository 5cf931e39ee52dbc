"""What a figure is worth nothing without: the machine and the versions."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from hub.local import programs


def conditions() -> Mapping[str, str]:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _commit(),
        "cores": str(len(os.sched_getaffinity(0))),
        "processor": _processor(),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "Linux": platform.release().partition("-")[0],
        "Python": platform.python_version(),
        "Celery": version("celery"),
        "FastStream": version("faststream"),
        "aiosmtplib": version("aiosmtplib"),
        "aio-pika": version("aio-pika"),
        "asyncpg": version("asyncpg"),
        "RabbitMQ": programs.find(programs.RABBITMQ).parent.parent.name.rpartition("-")[2],
        "PostgreSQL": _version(programs.find_postgres(), "--version"),
        "Redis": _version(programs.find(programs.REDIS), "--version"),
    }


def _commit() -> str:
    """Name what was measured; without a repository or Git, which a bare Debian lacks, nothing can be said."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    asked = subprocess.run(
        [git, "describe", "--always", "--dirty"], capture_output=True, text=True, timeout=10, check=False
    )
    return asked.stdout.strip() or "unknown"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def _version(program: Path, *arguments: str) -> str:
    answer = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=10, check=True)
    found = re.search(r"\d+\.[\d.]+", answer.stdout)
    return found[0] if found else "unknown"
