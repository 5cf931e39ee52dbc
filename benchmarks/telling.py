"""Telling the hub who lives where, before anything is sent: who is not known yet is not reached."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import asyncpg
from aio_pika.abc import AbstractChannel

from benchmarks.parcels import Parcel, publish
from hub.errors import Unavailable

MEMBER: Final = "directory.membership.upserted"
"""What comes last of a household."""
WITHIN: Final = 120.0  # seconds
LOOK: Final = 0.1


async def tell(channel: AbstractChannel, database: str, parcels: Sequence[Parcel]) -> None:
    """Publish the directory, and wait until the hub has taken in every membership. Raises Unavailable."""
    await publish(channel, parcels)
    members = sum(parcel.key == MEMBER for parcel in parcels)
    deadline = time.monotonic() + WITHIN
    connection = await asyncpg.connect(database)
    try:
        while (known := await connection.fetchval("SELECT count(*) FROM membership")) < members:
            if time.monotonic() > deadline:
                raise Unavailable(f"only {known} of {members} memberships are known")
            await asyncio.sleep(LOOK)
    finally:
        await connection.close()
