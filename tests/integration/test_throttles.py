"""Rates over all processes in Redis, and the share of each process while Redis is away."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from redis.asyncio import Redis
from structlog.testing import capture_logs

from hub.local.redis import Redis as RedisServer
from hub.model import Lane
from hub.resilience.rate_limit import Rate, SendRecord
from hub.storage import RedisThrottle
from tests.servers import RedisPlace

HOUR = timedelta(hours=1)
FAST = Rate(100, HOUR)
"""Ten at once, eight of them not urgent; then one in 45 s."""
SIX = Rate(6, HOUR)


@asynccontextmanager
async def throttle(url: str, local_share: float = 0.5) -> AsyncIterator[RedisThrottle]:
    kept = RedisThrottle(url, urgent_share=0.2, local_share=local_share)
    try:
        yield kept
    finally:
        await kept.aclose()


async def taken(kept: RedisThrottle, asked: int, key: str = "sms:twilio", rate: Rate = FAST) -> int:
    return [await kept.take(key, rate, Lane.NORMAL) for _ in range(asked)].count(timedelta(0))


def entries(number: int, person: str = "p-1") -> list[SendRecord]:
    return [SendRecord(key=f"sms:{person}", member=f"{person}-{turn}", rate=SIX) for turn in range(number)]


async def test_all_processes_share_one_rate_and_one_allowance(redis_place: RedisPlace) -> None:
    async with throttle(redis_place.url) as one, throttle(redis_place.url) as other:
        assert await taken(one, 5) + await taken(other, 20) == 8
        first, second = await one.admit(entries(6)[:4]), await other.admit(entries(8)[4:])

    assert [*first, *second].count(timedelta(0)) == SIX.count


async def test_keys_have_one_tag_an_end_and_nobody_s_name(redis_place: RedisPlace) -> None:
    at_server = Redis.from_url(redis_place.server_url, decode_responses=True)
    async with throttle(redis_place.url) as kept, at_server as redis:
        await taken(kept, 1)
        await kept.admit(entries(1, person="maria@example.co"))
        keys = [key async for key in redis.scan_iter()]

        assert len(keys) == 2
        assert all(key.startswith("{hub}:") and "maria" not in key for key in keys)
        assert all([0 < await redis.pttl(key) <= HOUR / timedelta(milliseconds=1) for key in keys])


async def test_while_redis_is_away_each_process_has_its_share_and_says_so_once(
    private_redis: RedisServer,
) -> None:
    # Half of a rate is drawn half as fast: twenty a second that are not urgent make eight.
    rate = Rate(20, timedelta(seconds=1))
    async with throttle(private_redis.url) as kept:
        assert await taken(kept, 1)
        await private_redis.stop()
        with capture_logs() as logs:
            until, through = time.monotonic() + 2, 0
            while time.monotonic() < until:
                through += await taken(kept, 1, key="sms:other", rate=rate)
            waits = await kept.admit(entries(6))

        assert 1 + 2 * 8 - 2 <= through <= 1 + 2 * 8 + 2
        assert [wait > timedelta(0) for wait in waits] == [False] * 3 + [True] * 3
        assert [line["event"] for line in logs] == ["throttle.local"]

        await private_redis.start()
        with capture_logs() as logs:
            while not logs:
                await taken(kept, 1)
        assert [line["event"] for line in logs] == ["throttle.shared"]
