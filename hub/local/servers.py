"""Start and stop the private servers together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from hub.local.server import Server


@asynccontextmanager
async def running(servers: Sequence[Server], *, tell: Callable[[str], None]) -> AsyncIterator[None]:
    """Start all concurrently, and stop all concurrently, even if a start fails."""
    try:
        await start_all(servers, tell=tell)
        yield
    finally:
        await stop_all(servers)


async def start_all(servers: Sequence[Server], *, tell: Callable[[str], None]) -> None:
    outcomes = await asyncio.gather(*(_start(server, tell) for server in servers), return_exceptions=True)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome


async def stop_all(servers: Sequence[Server]) -> None:
    await asyncio.gather(*(server.stop() for server in servers))


async def _start(server: Server, tell: Callable[[str], None]) -> None:
    began = time.monotonic()
    await server.start()
    tell(f"{server.name:<10} {time.monotonic() - began:4.1f} s  {server.folder}{server.note}")
