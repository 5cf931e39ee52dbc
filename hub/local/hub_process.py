"""The hub itself as a child process, so that it drains before its servers stop."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from hub.errors import Unavailable
from hub.local.child import GLANCE, Child
from hub.local.environment import with_defaults
from hub.local.terminal import print_line
from hub.settings import Address

READY_LIMIT = 60.0  # seconds; the first start creates the schema
DRAIN_LIMIT = 75.0  # seconds: a lease, and a margin (docs/operations/upgrade.md, Stop)


class HubProcess:
    def __init__(self, folder: Path) -> None:
        # In the current folder, to which relative paths in settings refer.
        self.child = Child("hub", folder=folder, log=folder / "hub.log", workplace=Path.cwd())

    async def start(self, environment: Mapping[str, str], http: Address) -> None:
        """Return when the hub is ready, or raise Unavailable."""
        began = time.monotonic()
        readable = with_defaults(environment, {"HUB_LOG": "text"})
        await self.child.start(
            [sys.executable, "-P", "-m", "hub", "run", "--processes", "auto"], env=readable
        )
        await self._ready(f"http://{http.host or 'localhost'}:{http.port}/health/ready")
        print_line(f"{'hub':<10} {time.monotonic() - began:4.1f} s  {self.child.log}")

    async def stop(self) -> None:
        await self.child.stop(DRAIN_LIMIT)

    async def _ready(self, url: str) -> None:
        async with aiohttp.ClientSession(raise_for_status=True) as session:

            async def request() -> None:
                async with session.get(url):
                    pass

            if not await self.child.answers(
                request, aiohttp.ClientError, limit=READY_LIMIT, pause=GLANCE * 5
            ):
                raise Unavailable(f"The hub is not ready. {self.child.end_of_log}")
