"""A connection to RabbitMQ, its channels and its errors: for publishers, and for the hub itself."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, TimeoutType
from aiormq.exceptions import AMQPError, ChannelInvalidStateError
from yarl import URL

from hub.errors import BrokerUnavailable, Unavailable
from hub.hosts import Hosts
from hub.tasks import reraise_if_cancelled
from hub.tls import client_context

CONNECT_TIMEOUT: Final = timedelta(seconds=10)
HEARTBEAT: Final = 10
"""Seconds; a connection that is silent for three times as long is lost."""


def user_of(url: str) -> str | None:
    """Return the user of this URL; None where it cannot be determined."""
    try:
        return unquote(urlsplit(url).username or "guest")
    except ValueError:
        return None


def vhost_of(url: str) -> str:
    """Return the virtual host of this URL."""
    return unquote(urlsplit(url).path[1:]) or "/"


async def connect(url: str, name: str) -> AbstractConnection:
    """Open one connection, to the first node of the URL that answers, with a name for RabbitMQ's operator."""
    hosts = Hosts(url)

    async def one(node: str) -> AbstractConnection:
        async with broker_errors():
            return await aio_pika.connect(
                node,
                timeout=hosts.patience(CONNECT_TIMEOUT.total_seconds()),
                client_properties={"connection_name": name},
                heartbeat=HEARTBEAT,
                connection_class=_Connection,
                ssl_context=await asyncio.to_thread(_tls, node),
            )

    return await hosts.first(one)


def _tls(url: str) -> ssl.SSLContext | None:
    """Make a context of what the URL says of certificates: with a context given, aiormq does not read it."""
    parts = URL(url)
    if parts.scheme != "amqps":
        return None
    given = parts.query
    context = client_context(
        cafile=given.get("cafile"),
        capath=given.get("capath"),
        cadata=b64decode(given["cadata"]) if "cadata" in given else None,
    )
    if "certfile" in given:
        context.load_cert_chain(given["certfile"], given.get("keyfile"))
    if given.get("no_verify_ssl", "0") != "0":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


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
