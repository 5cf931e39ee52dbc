"""Errors of aiormq when a connection is lost, and those that they must never be taken for."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from aio_pika.abc import AbstractConnection
from aiormq.exceptions import AMQPConnectionError, ChannelInvalidStateError

from hub.client.connection import broker_errors, close
from hub.errors import BrokerUnavailable, StorageUnavailable


@pytest.mark.parametrize(
    "error",
    [
        AMQPConnectionError("reset"),
        ChannelInvalidStateError("closed"),
        ConnectionResetError(),
        TimeoutError(),
        Exception(),
        asyncio.CancelledError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_lost_connection_is_a_broker_that_does_not_answer(error: BaseException) -> None:
    with pytest.raises(BrokerUnavailable, match=type(error).__name__):
        async with broker_errors():
            raise error


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), StorageUnavailable("away"), BrokerUnavailable("full")]
)
async def test_error_of_others_than_aiormq_stays_itself(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        async with broker_errors():
            raise error

    assert raised.value is error


async def test_our_own_cancellation_stays_one() -> None:
    async def publish() -> None:
        async with broker_errors():
            await asyncio.Event().wait()

    publishing = asyncio.create_task(publish())
    await asyncio.sleep(0)
    publishing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await publishing


@pytest.mark.parametrize("error", [asyncio.CancelledError(), RuntimeError(), AMQPConnectionError("reset")])
async def test_closing_what_is_lost_already_is_quiet(error: BaseException) -> None:
    class Lost:
        async def close(self) -> None:
            raise error

    await close(cast("AbstractConnection", Lost()))
