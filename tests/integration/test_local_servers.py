from __future__ import annotations

import aio_pika
import asyncpg
from redis.asyncio import Redis


async def test_every_test_has_an_empty_virtual_host(amqp_url: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("q", durable=True, arguments={"x-queue-type": "quorum"})

        assert queue.declaration_result.message_count == 0


async def test_every_test_has_an_empty_redis(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0


async def test_every_test_has_a_database_of_its_own(database: str) -> None:
    connection = await asyncpg.connect(database)
    name = await connection.fetchval("SELECT current_database()")
    await connection.close()

    assert database.endswith(f"/{name}")
    assert name.startswith("t")


async def test_letters_of_spanish_are_letters_to_the_database(database: str) -> None:
    connection = await asyncpg.connect(database)
    upper = await connection.fetchval("SELECT upper('ñandú')")
    await connection.close()

    assert upper == "ÑANDÚ"
