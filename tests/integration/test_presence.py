"""Presence of staff in Redis: names that go by themselves, and nobody while Redis is away."""

from contextlib import aclosing
from datetime import timedelta

from redis.asyncio import Redis

from hub.storage import RedisPresence
from tests.servers import RedisPlace

CASE = "pqrs_id:PQ-1"


async def test_names_are_of_one_page_and_go_by_themselves(redis_place: RedisPlace) -> None:
    async with (
        aclosing(RedisPresence(redis_place.url)) as one,
        aclosing(RedisPresence(redis_place.url)) as other,
    ):
        await one.enter(CASE, "account:luz")
        await other.enter(CASE, "account:ana")
        both, none = await one.there(CASE), await one.there("pqrs_id:PQ-2")
        async with aclosing(RedisPresence(redis_place.url, stays=timedelta(0))) as gone:
            await gone.enter(CASE, "account:luz")
        left = await other.there(CASE)
        async with Redis.from_url(redis_place.server_url, decode_responses=True) as server:
            keys = list(await server.keys("*there*"))
            ends = [await server.ttl(key) for key in keys]

    assert (["account:ana", "account:luz"], []) == (both, none)
    assert ["account:ana"] == left
    assert [] == [key for key in keys if "PQ-1" in key]
    assert all(end >= 0 for end in ends)


async def test_nobody_is_there_while_redis_is_away() -> None:
    async with aclosing(RedisPresence("redis://127.0.0.1:1/0")) as away:
        await away.enter(CASE, "account:ana")

        assert () == await away.there(CASE)
