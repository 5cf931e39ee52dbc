"""
Connections to RabbitMQ, one generation at a time.

Plain `connect`, not `connect_robust`: a robust connection restores consumers while old work is
still running, which then acknowledges deliveries of a lost channel. Here a lost connection ends its
whole generation: its work is cancelled, its deliveries are dropped (the broker redelivers them), and
the next generation starts clean. Only what is with a provider goes on beside it (`in_progress`).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, TimeoutType
from aiormq.exceptions import AMQPError, ChannelInvalidStateError

from hub.consumers.wire import read_leniently
from hub.errors import BrokerUnavailable, Unavailable
from hub.tasks import cancel, reraise_if_cancelled

CONNECT_TIMEOUT: Final = timedelta(seconds=10)
HEARTBEAT: Final = 10
"""Seconds; a connection that is silent for three times as long is lost."""
LONGEST_PAUSE: Final = timedelta(seconds=2)
"""Between two tries. The jitter spreads the processes; a longer pause would only be added to the outage."""

log = structlog.get_logger()

Work = Callable[[AbstractConnection], Awaitable[None]]


def user_of(url: str) -> str | None:
    """Return the user of this URL; None where it cannot be determined."""
    try:
        return unquote(urlsplit(url).username or "guest")
    except ValueError:
        return None


async def connect(url: str, name: str) -> AbstractConnection:
    """Open one connection, with a name for RabbitMQ's operator."""
    read_leniently()
    async with broker_errors():
        return await aio_pika.connect(
            url,
            timeout=CONNECT_TIMEOUT.total_seconds(),
            client_properties={"connection_name": name},
            heartbeat=HEARTBEAT,
            connection_class=_Connection,
        )


class _Connection(aio_pika.Connection):
    """
    A connection that is closed when opening it fails.

    aio-pika leaves that to the garbage collector, and the loop may end first.
    """

    async def connect(self, timeout: TimeoutType = None) -> None:  # noqa: ASYNC109 - aio-pika's name
        try:
            await super().connect(timeout)
        except BaseException:
            await self.close()
            raise


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


async def close(what: AbstractConnection | AbstractChannel) -> None:
    """Close, and ignore errors: if the connection is lost already, closing may raise anything."""
    with contextlib.suppress(Exception):
        async with broker_errors():
            await asyncio.wait_for(what.close(), CONNECT_TIMEOUT.total_seconds())


@contextlib.asynccontextmanager
async def broker_errors() -> AsyncIterator[None]:
    """Translate aio-pika's errors to `BrokerUnavailable`."""
    try:
        yield
    except Unavailable:
        raise
    except (AMQPError, ChannelInvalidStateError, OSError, TimeoutError) as exc:
        raise _away(exc) from exc
    except asyncio.CancelledError as exc:
        # aiormq cancels the waiters of a connection that it considers dead. We were not cancelled.
        reraise_if_cancelled()
        raise _away(exc) from exc
    except Exception as exc:
        # aiormq raises a bare `Exception` in waiters when it has no reason.
        if type(exc) is Exception:
            raise _away(exc) from exc
        raise


def _away(cause: BaseException) -> BrokerUnavailable:
    return BrokerUnavailable(f"RabbitMQ does not answer ({type(cause).__name__})")


async def open_channel(
    connection: AbstractConnection, *, publisher_confirms: bool = False
) -> AbstractChannel:
    """Open a channel. With confirms, a message that comes back is an answer and not an error."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT.total_seconds()):
            return await connection.channel(publisher_confirms=publisher_confirms, on_return_raises=False)
    except ChannelInvalidStateError:
        raise
    except RuntimeError as exc:
        # aiormq raises a bare one where the connection is closed already.
        raise BrokerUnavailable("the connection was lost") from exc


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
