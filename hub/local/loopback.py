"""Free ports on this machine's own address."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from typing import Final

ADDRESS = "127.0.0.1"

# Below Linux's range for outgoing connections (32768 and up): there, a client of a stopped server may get
# the server's own port and connect to itself.
PORTS = range(20_000, 32_000)
_SHARE: Final = 1_000
_given: set[int] = set()
"""Ports that this process has chosen before."""


def free_port(preferred: int | None = None) -> int:
    """Return a port on which nothing listens, each time another one."""
    port = preferred
    while not port or not is_free(port):
        port = _another()
    return port


def _another() -> int:
    """
    Choose a port at random that this process has not chosen before.

    A server takes seconds until it listens. Meanwhile its port looks free: to this process, and to another
    one that starts servers too, which chooses from another share of the ports.
    """
    first = PORTS.start + os.getpid() * _SHARE % len(PORTS)
    share = set(range(first, first + _SHARE))
    if share <= _given:
        _given.clear()
    port = random.choice(sorted(share - _given))  # noqa: S311 - not a secret
    _given.add(port)
    return port


def is_free(port: int) -> bool:
    return obstacle(socket.AF_INET, (ADDRESS, port)) is None


def obstacle(family: int, place: tuple[object, ...]) -> OSError | None:
    """Return why a server could not listen there."""
    with socket.socket(family) as probe:
        # Like servers: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as exc:
            return exc
    return None


async def knock(port: int) -> None:
    """Raise OSError until something listens. Silent, while a client library logs each attempt."""
    _, writer = await asyncio.open_connection(ADDRESS, port)
    writer.close()
    await writer.wait_closed()
