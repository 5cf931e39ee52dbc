"""Publishing a contestant's work: durable, confirmed, the same for all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message and where it goes; an empty exchange is the default one."""

    exchange: str
    key: str
    message: aio_pika.Message


async def publish(channel: AbstractChannel, parcels: Sequence[Parcel]) -> None:
    """Come back when the broker has all of them on disk."""
    for start in range(0, len(parcels), AT_ONCE):
        await asyncio.gather(*(_publish(channel, parcel) for parcel in parcels[start : start + AT_ONCE]))


async def _publish(channel: AbstractChannel, parcel: Parcel) -> None:
    exchange = (
        await channel.get_exchange(parcel.exchange, ensure=False)
        if parcel.exchange
        else channel.default_exchange
    )
    await exchange.publish(parcel.message, parcel.key, mandatory=True, timeout=30)
