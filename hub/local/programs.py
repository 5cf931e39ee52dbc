"""
Find the servers' programs, and the packages of the missing ones.

Imports only the standard library: the set-up scripts run this module before anything is installed, as
`python -m hub.local.programs`.
"""

from __future__ import annotations

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.errors import ProgramMissing
from hub.local.environment import is_given

OLDEST_POSTGRES = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """`places` are patterns, best first; within one pattern the newest version wins."""

    name: str
    setting: str
    command: str
    debian: str
    brew: str
    places: tuple[str, ...] = ()


RABBITMQ = Program(
    name="RabbitMQ",
    setting="HUB_AMQP_URL",
    command="rabbitmq-server",
    # The server's own program: Debian's wrapper in /usr/sbin changes the user and the folder.
    places=(
        "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
        "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server",
        "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
    ),
    debian="rabbitmq-server",
    brew="rabbitmq",
)
REDIS = Program(
    name="Redis", setting="HUB_REDIS_URL", command="redis-server", debian="redis-server", brew="redis"
)
POSTGRES = Program(
    name="PostgreSQL",
    setting="HUB_DATABASE_URL",
    command="postgres",
    places=(
        "/usr/lib/postgresql/*/bin/postgres",
        "/opt/homebrew/opt/postgresql@*/bin/postgres",
        "/usr/local/opt/postgresql@*/bin/postgres",
    ),
    debian="postgresql",
    brew="postgresql@17",
)
PROGRAMS = (RABBITMQ, REDIS, POSTGRES)


def find(program: Program) -> Path:
    if program is POSTGRES:
        return find_postgres()
    for path in _candidates(program):
        return path
    raise ProgramMissing(f"{program.name} is not installed ({program.command}).")


def find_postgres(major: int | None = None) -> Path:
    """Find the newest PostgreSQL, or the one of `major`: data opens only with its own major version."""
    by_major = {postgres_major(path): path for path in reversed(list(_candidates(POSTGRES)))}
    if major is not None and major not in by_major:
        raise ProgramMissing(f"PostgreSQL {major}, which made the data, is not installed.")
    newest = max(by_major, default=0)
    if newest < OLDEST_POSTGRES:
        raise ProgramMissing(f"PostgreSQL {OLDEST_POSTGRES} or newer is not installed.")
    return by_major[major or newest].resolve()


def missing(*, everything: bool, postgres: int = OLDEST_POSTGRES) -> list[Program]:
    """
    Return the programs to install; without `everything`, not those whose setting names a server.

    A PostgreSQL older than `postgres` is missing too.
    """
    return [
        program
        for program in PROGRAMS
        if (everything or not is_given(os.environ, program.setting)) and _absent(program, postgres)
    ]


def _absent(program: Program, postgres: int) -> bool:
    try:
        found = find(program)
    except ProgramMissing:
        return True
    return program is POSTGRES and postgres_major(found) < postgres


def _candidates(program: Program) -> Iterator[Path]:
    for pattern in program.places:
        yield from map(Path, sorted(glob.glob(pattern), key=_by_version, reverse=True))  # noqa: PTH207 - absolute patterns
    if on_path := shutil.which(program.command):
        yield Path(on_path)  # not resolved: Debian's redis-server and redis-check-rdb are one file


def _by_version(path: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path)]


def postgres_major(program: Path) -> int:
    """Ask a PostgreSQL for its major version."""
    answer = subprocess.run(  # noqa: S603 - a program found in a fixed place
        [program, "--version"], capture_output=True, text=True, timeout=10, check=True
    )
    number = re.search(r"(\d+)", answer.stdout)
    return int(number[1]) if number else 0


def main() -> None:
    """Print the missing packages of a package manager, one per line."""
    parser = argparse.ArgumentParser(prog="hub.local.programs")
    parser.add_argument("manager", choices=["debian", "brew"])
    parser.add_argument("--everything", action="store_true", help="also where a setting names a server")
    parser.add_argument("--postgres", type=int, default=0, metavar="N", help="this version or a newer one")
    options = parser.parse_args()
    for program in missing(everything=options.everything, postgres=options.postgres or OLDEST_POSTGRES):
        package = getattr(program, options.manager)
        # Where the system has several, the package without a number brings the one that it had first.
        numbered = program is POSTGRES and options.manager == "debian" and options.postgres
        sys.stdout.write(f"{package}-{options.postgres}\n" if numbered else f"{package}\n")


if __name__ == "__main__":
    main()
