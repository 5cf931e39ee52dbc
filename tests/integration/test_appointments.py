"""Appointments in Redis, one server or a cluster: due members, claimed and done, and the boards of clocks."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from hub.errors import AppointmentsUnavailable, ConfigurationError
from hub.model import Clock, ClockHistory, ClockState, Lane
from hub.ports import Appointments
from hub.storage import RedisAppointments
from tests.contract.values import HOUR, NOON, clock, now
from tests.servers import RedisPlace


@pytest.fixture
async def appointments(redis_place: RedisPlace) -> AsyncIterator[Appointments]:
    kept = RedisAppointments(redis_place.url)
    yield kept
    await kept.aclose()


@pytest.fixture
async def redis(redis_place: RedisPlace) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_place.server_url, decode_responses=True)
    yield client
    await client.aclose()


async def _armed(redis: Redis) -> int:
    """The number of messages of the normal lane that wait."""
    shelves = [key async for key in redis.scan_iter(match="{hub}:2:*:due:normal:m")]
    return sum([await redis.zcard(shelf) for shelf in shelves])


async def _members(appointments: Appointments, limit: int = 100) -> list[str]:
    return [member for member, _ in await appointments.claim(limit)]


async def _on(appointments: Appointments, *boards: str) -> list[list[UUID]]:
    return [[clock_id for clock_id, _ in await appointments.board(name, 10)] for name in boards]


async def test_what_is_due_is_claimed_urgent_first(appointments: Appointments) -> None:
    ids = {lane: uuid4() for lane in Lane}
    await appointments.arm_messages([(ids[lane], lane, now() - HOUR) for lane in reversed(Lane)])
    await appointments.arm_messages([(uuid4(), Lane.URGENT, now() + HOUR)])
    one = clock()
    await appointments.track_clocks([one])
    expected = [f"m:{ids[Lane.URGENT]}", f"c:{one.id}", f"m:{ids[Lane.NORMAL]}", f"m:{ids[Lane.BULK]}"]

    assert await _members(appointments, 3) == expected[:3]
    assert await _members(appointments, 3) == expected[3:]
    assert await _members(appointments, 3) == []


async def test_nothing_comes_before_its_time(appointments: Appointments) -> None:
    message_id = uuid4()
    due = now() + timedelta(milliseconds=300)
    await appointments.arm_messages([(message_id, Lane.NORMAL, due)])
    async with asyncio.timeout(10):
        while not (claimed := await _members(appointments)):
            pass

    assert claimed == [f"m:{message_id}"]
    assert now() >= due


async def test_two_claimers_never_take_the_same_member(appointments: Appointments) -> None:
    await appointments.arm_messages([(uuid4(), Lane.BULK, now() - HOUR) for _ in range(300)])
    claims = await asyncio.gather(*(_members(appointments, 50) for _ in range(8)))
    taken = [member for claim in claims for member in claim]

    assert (len(taken), len(set(taken))) == (300, 300)


async def test_a_claim_comes_again_in_thirty_seconds_and_done_ends_it(
    appointments: Appointments, redis: Redis
) -> None:
    await appointments.arm_messages([(uuid4(), Lane.NORMAL, now() - HOUR)])
    claimed = await appointments.claim(10)
    seconds, _ = await redis.time()

    assert abs(claimed[0][1] / 1000 - seconds - 30) < 2
    await appointments.done(claimed)
    assert await _armed(redis) == 0


async def test_done_leaves_what_was_armed_anew(appointments: Appointments, redis: Redis) -> None:
    message_id = uuid4()
    await appointments.arm_messages([(message_id, Lane.NORMAL, now() - HOUR)])
    claimed = await appointments.claim(10)
    await appointments.arm_messages([(message_id, Lane.NORMAL, now() + HOUR)])
    await appointments.done(claimed)

    assert await _armed(redis) == 1


async def test_a_clock_moves_from_board_to_board(appointments: Appointments) -> None:
    one = clock()
    boards = "open", "at_risk", "breached", "level:1", "level:2", "copropiedad:ph-1"
    stages = [
        one,
        replace(one, fired=1, state=ClockState.AT_RISK),
        replace(one, fired=2, state=ClockState.BREACHED),
        replace(one, fired=3, state=ClockState.BREACHED, level=2),
        replace(one, fired=3, state=ClockState.BREACHED, level=2, ended_at=NOON, steps=one.steps[:3]),
    ]
    seen = []
    for stage in stages:
        await appointments.track_clocks([stage])
        seen.append([bool(found) for found in await _on(appointments, *boards)])

    assert seen == [
        [True, False, False, True, False, True],
        [False, True, False, True, False, True],
        [False, False, True, True, False, True],
        [False, False, True, False, True, True],
        [False, False, False, False, False, False],
    ]
    assert await _members(appointments) == []


@pytest.mark.parametrize(
    "newer",
    [
        replace(clock(), state=ClockState.MET, ended_at=NOON, steps=()),
        replace(clock(), fired=3, state=ClockState.BREACHED, level=2),
    ],
)
async def test_older_news_of_a_clock_changes_nothing(appointments: Appointments, newer: Clock) -> None:
    await appointments.track_clocks([newer])
    before = await _on(appointments, "open", "breached")
    await appointments.track_clocks([clock()])

    assert await _on(appointments, "open", "breached") == before
    assert await _members(appointments) == []


async def test_a_board_is_sorted_by_due(appointments: Appointments) -> None:
    dues = [NOON + 3 * HOUR, NOON, NOON + timedelta(milliseconds=1)]
    await appointments.track_clocks([clock(str(n), due_at=due) for n, due in enumerate(dues)])
    board = await appointments.board("open", 2)

    assert [due for _, due in board] == sorted(dues)[:2]
    assert await appointments.board("open", 0) == []


async def test_a_board_of_many_is_sorted_by_due(appointments: Appointments) -> None:
    clocks = [clock(str(n), due_at=NOON + (n * 7919 % 2000) * timedelta(minutes=1)) for n in range(2000)]
    await appointments.track_clocks(clocks)
    soonest = sorted((one.due_at, one.id) for one in clocks)

    for limit in (1, 30, 2000, 5000):
        for name in ("open", "level:1", "copropiedad:ph-1"):
            board = await appointments.board(name, limit)
            assert soonest[:limit] == [(due, clock_id) for clock_id, due in board]


async def test_a_shelf_that_was_emptied_is_filled_again(appointments: Appointments) -> None:
    one = clock()
    met = replace(one, state=ClockState.MET, ended_at=NOON, steps=())
    reopened = replace(one, course=ClockHistory(reopened=(NOON,)))
    claimed = []
    for news in (one, met, reopened):
        await appointments.track_clocks([news])
        claimed.append(await _members(appointments))

    assert [[f"c:{one.id}"], [], [f"c:{one.id}"]] == claimed


async def test_what_an_older_hub_has_kept_is_thrown_away_when_an_epoch_begins(
    appointments: Appointments, redis: Redis
) -> None:
    kept = ["{hub}:rate:email", "{hub}:said:ab"]
    for key in (
        "{hub}:epoch",
        "{hub}:due:bulk:m",
        "{hub}:clocks:open",
        "{hub}:clocks:copropiedad:ph-1",
        *kept,
    ):
        await redis.set(key, "of an older hub")
    before = await appointments.intact()
    await appointments.track_clocks([clock()])
    await appointments.begin_epoch()
    left = {key async for key in redis.scan_iter(match="{hub}:[a-z]*")}

    assert (False, set(kept)) == (before, left)
    assert [1] == [len(found) for found in await _on(appointments, "open")]


async def test_a_flush_is_noticed(appointments: Appointments, redis: Redis) -> None:
    assert not await appointments.intact()
    await appointments.begin_epoch()
    assert await appointments.intact()

    await redis.flushdb()
    assert not await appointments.intact()


async def test_one_process_fills_and_another_takes_over_when_it_has_died(
    appointments: Appointments, redis: Redis, redis_place: RedisPlace
) -> None:
    other = RedisAppointments(redis_place.url)
    begun = [await appointments.begin_filling(), await other.begin_filling(), await other.continue_filling()]
    milliseconds = await redis.pttl("{hub}:2:filling")
    await redis.delete("{hub}:2:filling")  # as when the time has passed
    taken_over = [await other.begin_filling(), await appointments.continue_filling()]
    await other.begin_epoch()
    await other.aclose()

    assert ([True, False, False], [True, False]) == (begun, taken_over)
    assert 0 < milliseconds <= 10_000
    assert 0 == await redis.exists("{hub}:2:filling")


async def test_flush_ends_a_filling(appointments: Appointments, redis: Redis) -> None:
    await appointments.begin_filling()
    await redis.flushdb()

    assert not await appointments.continue_filling()


async def test_every_key_lies_in_one_slot_of_a_cluster(appointments: Appointments, redis: Redis) -> None:
    await appointments.arm_messages([(uuid4(), lane, NOON) for lane in Lane])
    await appointments.track_clocks([clock(), clock("other", state=ClockState.MET, ended_at=NOON)])
    await appointments.begin_epoch()

    assert set(await redis.keys()) == set(await redis.keys("{hub}:*"))


async def test_nothing_to_do_asks_nobody() -> None:
    nowhere = RedisAppointments("redis://127.0.0.1:1")
    await nowhere.arm_messages([])
    await nowhere.track_clocks([])
    await nowhere.done([])
    await nowhere.aclose()


async def test_a_url_of_something_else_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigurationError, match="HUB_REDIS_URL"):
        RedisAppointments("http://secret@localhost")


async def test_redis_away_is_unavailable() -> None:
    nowhere = RedisAppointments("redis://127.0.0.1:1")
    for ask in (
        nowhere.arm_messages([(uuid4(), Lane.NORMAL, NOON)]),
        nowhere.track_clocks([clock()]),
        nowhere.claim(1),
        nowhere.done([(f"m:{uuid4()}", 1.0)]),
        nowhere.board("open", 1),
        nowhere.intact(),
        nowhere.begin_epoch(),
    ):
        with pytest.raises(AppointmentsUnavailable):
            await ask
    await nowhere.aclose()


async def test_a_redis_that_hangs_costs_its_time_out_once() -> None:
    asked: list[asyncio.StreamWriter] = []

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hanging = RedisAppointments(f"redis://127.0.0.1:{port}", timeout=0.05)
    for _ in range(20):
        with pytest.raises(AppointmentsUnavailable):
            await hanging.intact()
    times = len(asked)
    await hanging.aclose()
    for writer in asked:
        writer.close()
    server.close()
    await server.wait_closed()

    # The first question, and the one more that is due to a connection that may have been dead.
    assert 1 <= times <= 2


async def test_a_clock_whose_answer_was_lost_is_on_the_boards_again_until_it_ends_again(
    appointments: Appointments,
) -> None:
    one = clock()
    met = replace(one, state=ClockState.MET, ended_at=NOON, steps=())
    reopened = replace(one, course=ClockHistory(reopened=(NOON,)))
    answered = replace(reopened, state=ClockState.MET, ended_at=NOON, steps=())
    seen = []
    for news in (one, met, one, reopened, one, answered, reopened):
        await appointments.track_clocks([news])
        seen.append([one.id] in await _on(appointments, "open"))

    assert [True, False, False, True, True, False, False] == seen
