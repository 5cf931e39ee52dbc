"""Free ports on this machine's own address."""

from __future__ import annotations

import asyncio
import random
import socket

ADDRESS = "127.0.0.1"

# Below Linux's range for outgoing connections (32768 and up): there, a client of a stopped server may get
# the server's own port and connect to itself.
PORTS = range(20_000, 32_000)


def free_port(preferred: int | None = None) -> int:
    for port in [preferred] if preferred else []:
        if is_free(port):
            return port
    while True:
        port = random.choice(PORTS)  # noqa: S311 - not a secret
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Like servers: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


async def knock(port: int) -> None:
    """Raise OSError until something listens. Silent, while a client library logs each attempt."""
    _, writer = await asyncio.open_connection(ADDRESS, port)
    writer.close()
    await writer.wait_closed()
