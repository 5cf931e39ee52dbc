"""Boards of clocks after any changes: those in Redis agree with those in memory, and each index is right."""

import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, cast
from uuid import UUID

import pytest
from redis.asyncio import Redis

from hub.model import Clock, ClockHistory, ClockState, live_clock
from hub.storage import RedisAppointments
from hub.storage.appointments import MANY, PREFIX
from hub.testing import MemoryAppointments
from tests.contract.values import HOUR, NOON, clock, now
from tests.servers import RedisPlace

BOARDS: Final = (ClockState.OPEN, ClockState.AT_RISK, ClockState.BREACHED)
CLOCKS: Final = 12
CHANGES: Final = 200

Chance = random.Random


@pytest.fixture
async def boards(redis_place: RedisPlace) -> AsyncIterator[RedisAppointments]:
    kept = RedisAppointments(redis_place.url)
    yield kept
    await kept.aclose()


@pytest.fixture
async def redis(redis_place: RedisPlace) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_place.server_url)
    yield client
    await client.aclose()


def some(number: int) -> Clock:
    """A clock on one of two shelves."""
    return replace(
        clock(), id=UUID(int=number % 2 + number * MANY), context={"copropiedad_id": f"ph-{number % 3}"}
    )


def advanced(known: Clock, _: Chance) -> Clock:
    if known.ended_at is not None or known.fired == len(known.steps):
        return known
    fired = known.fired + 1
    return replace(known, fired=fired, state=BOARDS[min(fired, 2)], level=max(1, fired - 1))


def moved(known: Clock, chance: Chance) -> Clock:
    """The extension of a term moves its due instant; that of an ended clock no more."""
    by = timedelta(minutes=chance.randint(-90, 90))
    return known if known.ended_at is not None else replace(known, due_at=known.due_at + by)


def ended(known: Clock, _: Chance) -> Clock:
    return replace(known, ended_at=NOON + HOUR, steps=known.steps[: known.fired])


def reopened(known: Clock, _: Chance) -> Clock:
    if known.ended_at is None:
        return known
    course = ClockHistory(reopened=(*known.course.reopened, NOON))
    return replace(known, ended_at=None, steps=clock().steps, course=course)


HAPPENS: Final[tuple[Callable[[Clock, Chance], Clock], ...]] = (advanced, advanced, moved, ended, reopened)


async def scores(redis: Redis, key: str) -> dict[bytes, float]:
    rows = await redis.zrange(key, 0, -1, withscores=True)
    return dict(cast("list[tuple[bytes, float]]", rows))


async def wrong_indexes(redis: Redis) -> Mapping[str, object]:
    """Return the indexes that do not have the lowest score of each of their shelves."""
    lowest: dict[str, dict[bytes, float]] = {}
    names = {key.decode()[len(PREFIX) :] async for key in redis.scan_iter(match=f"{PREFIX}*")}
    for shelf in (name for name in names if name[0].isdigit()):
        number, _, name = shelf.partition(":")
        on_shelf = await scores(redis, PREFIX + shelf)
        lowest.setdefault(name, {})[number.encode()] = min(on_shelf.values())
    indexes = {name for name in names if not name[0].isdigit()} - {"clocks:ended"}
    found = {name: await scores(redis, PREFIX + name) for name in indexes | lowest.keys()}
    return {name: index for name, index in found.items() if index != lowest.get(name, {})}


@pytest.mark.parametrize("seed", range(6))
async def test_boards_agree_after_any_changes(boards: RedisAppointments, redis: Redis, seed: int) -> None:
    chance = Chance(seed)
    memory = MemoryAppointments(now)
    current = {number: some(number) for number in range(CLOCKS)}
    past: list[Clock] = []
    for _ in range(CHANGES):
        number = chance.randrange(CLOCKS)
        current[number] = chance.choice(HAPPENS)(current[number], chance)
        past.append(current[number])
        # Some news comes late, or again.
        news = [current[number], *chance.sample(past, k=min(len(past), chance.randint(0, 2)))]
        for kept in (boards, memory):
            await kept.restore_clocks([live_clock(known) for known in news])
        if chance.random() < 0.2:
            await boards.done(await boards.claim(3))

    assert {} == await wrong_indexes(redis)
    for board in BOARDS:
        assert dict(await boards.board(board, 100)) == dict(await memory.board(board, 100))
