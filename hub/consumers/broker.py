"""
Connections to RabbitMQ, one generation at a time.

Plain `connect`, not `connect_robust`: a robust connection restores consumers while old work is
still running, which then acknowledges deliveries of a lost channel. Here a lost connection ends its
whole generation: its work is cancelled, its deliveries are dropped (the broker redelivers them), and
the next generation starts clean. Only calls of providers go on beside it (`in_progress`).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection

from hub.client import connection as plain
from hub.client.connection import CONNECT_TIMEOUT, broker_errors, close
from hub.consumers.wire import read_leniently
from hub.errors import BrokerUnavailable
from hub.tasks import cancel, reraise_if_cancelled

LONGEST_PAUSE: Final = timedelta(seconds=2)
"""Between two tries. The jitter spreads the processes; a longer pause would only be added to the outage."""

log = structlog.get_logger()

Work = Callable[[AbstractConnection], Awaitable[None]]


async def connect(url: str, name: str) -> AbstractConnection:
    """Open one connection that reads any bytes of publishers."""
    read_leniently()
    return await plain.connect(url, name)


async def generations(url: str, name: str, work: Work, stop: asyncio.Event) -> None:
    """
    Do `work` on one connection after another, until it returns by itself, `stop` is set or it is cancelled.

    A lost connection cancels the work. Then follows a pause that doubles up to two seconds, with
    jitter, so that many processes do not reconnect to a starting broker at once.
    """
    failures = 0
    while not stop.is_set():
        try:
            connection = await connect(url, name)
        except BrokerUnavailable as exc:
            reraise_if_cancelled()
            log.warning("broker.unavailable", connection=name, error=str(exc))
            failures += 1
            await rest(pause(failures), stop)
            continue
        began = asyncio.get_running_loop().time()
        try:
            await _one_generation(connection, work)
        except BrokerUnavailable as exc:
            reraise_if_cancelled()
            log.warning("broker.connection_lost", connection=name, error=str(exc))
        else:
            return
        finally:
            await close(connection)
        lasted = asyncio.get_running_loop().time() - began
        failures = 1 if lasted > LONGEST_PAUSE.total_seconds() else failures + 1
        await rest(pause(failures), stop)


async def rest(seconds: float, stop: asyncio.Event) -> None:
    """Pause while a server is unavailable; `stop` ends the pause."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def pause(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: 0.1, 0.2, 0.4 … 2, each ± half."""
    longest: float = min(0.1 * 2 ** (min(failures, 10) - 1), LONGEST_PAUSE.total_seconds())
    return float(longest * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret


async def _one_generation(connection: AbstractConnection, work: Work) -> None:
    lost = asyncio.Event()
    connection.close_callbacks.add(lambda *_: lost.set())
    working = asyncio.ensure_future(work(connection))
    losing = asyncio.create_task(lost.wait(), name="broker.lost")
    try:
        await asyncio.wait({working, losing}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            async with broker_errors():
                working.result()
            return
    finally:
        losing.cancel()
        await cancel(working)
    raise BrokerUnavailable("the connection was lost")


async def watched_channel(
    connection: AbstractConnection, prefetch: int
) -> tuple[AbstractChannel, asyncio.Event]:
    """
    Open a channel for consuming, and an event that is set when the broker closes it or cancels a consumer.

    The broker cancels a consumer when its queue is deleted or loses its leader: nothing more would arrive.
    """
    channel = connection.channel(publisher_confirms=False)
    await channel.initialize(timeout=CONNECT_TIMEOUT.total_seconds())
    ended = asyncio.Event()
    channel.close_callbacks.add(lambda *_: ended.set())
    underlay = await channel.get_underlay_channel()
    underlay.on_consumer_cancel_callbacks.add(lambda _: ended.set())
    await channel.set_qos(prefetch_count=prefetch, timeout=CONNECT_TIMEOUT.total_seconds())
    return channel, ended
