"""The private servers: their base, and all of them started together."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from hub.errors import Unavailable
from hub.local.child import Child
from hub.local.loopback import free_port, knock

_KEPT = frozenset({"PATH", "TMPDIR", "TZ", "LD_PRELOAD"})
START_LIMIT = 60.0  # seconds: a slow disk, a machine under load


class Server(ABC):
    """
    A private server on a loopback port, with its data in one folder.

    The port is given or chosen once, so that it is the same after a restart.
    """

    name: str
    failure: type[Unavailable]
    note: str = ""
    child: Child

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    def password(self) -> str:
        return kept_secret(self.folder / "password")

    @abstractmethod
    async def start(self) -> None:
        """Start the server, and return when it answers."""

    async def stop(self) -> None:
        """Stop it in order, with its data safe on the disk."""
        await self.child.stop()

    async def kill(self) -> None:
        """End it like a power cut."""
        await self.child.kill()

    async def answers(self, question: Callable[[], Awaitable[object]], *refusals: type[Exception]) -> None:
        """Retry until the server answers; raise `failure` if it ends or does not answer."""

        async def probe() -> None:
            await knock(self.port)
            await question()

        if not await self.child.answers(probe, *refusals, limit=START_LIMIT):
            raise self.failure(f"{self.name} did not start. {self.child.end_of_log}")


def plain_environment(**settings: str) -> Mapping[str, str]:
    """
    Return only the variables that a server needs.

    A person's variables for other servers (RABBITMQ_…, ERL_…, PG…) would point the private ones to the
    wrong data. A clock that was moved for all (`scripts/test-dates`) is moved for them too.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or "FAKE" in name}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **kept, **settings}


def kept_secret(path: Path) -> str:
    """Return the secret in this file, made at the first start and readable only by its owner."""
    if not path.exists():
        write_private(path, secrets.token_hex(16))
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that others can never read, not even for a moment, complete or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - needs a mode
        file.write(text)
    new.replace(path)


def program_on_path(name: str) -> str:
    return shutil.which(name) or name


@asynccontextmanager
async def running(servers: Sequence[Server], *, print_line: Callable[[str], None]) -> AsyncIterator[None]:
    """Start all concurrently, and stop all concurrently, even if a start fails."""
    try:
        await start_all(servers, print_line=print_line)
        yield
    finally:
        await stop_all(servers)


async def start_all(servers: Sequence[Server], *, print_line: Callable[[str], None]) -> None:
    outcomes = await asyncio.gather(
        *(_start(server, print_line) for server in servers), return_exceptions=True
    )
    for outcome in outcomes:
        if outcome is not None:
            raise outcome


async def stop_all(servers: Sequence[Server]) -> None:
    await asyncio.gather(*(server.stop() for server in servers))


async def _start(server: Server, print_line: Callable[[str], None]) -> None:
    began = time.monotonic()
    await server.start()
    print_line(f"{server.name:<10} {time.monotonic() - began:4.1f} s  {server.folder}{server.note}")
