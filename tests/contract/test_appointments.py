"""The contract of Appointments, in memory and in Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest

from hub.model import Clock, ClockState, Lane, Step, StepKind, live_clock
from hub.ports import Appointments
from hub.storage import RedisAppointments
from hub.testing import MemoryAppointments
from tests.contract.values import (
    HOUR,
    NOON,
    clock,
    now,
)
from tests.servers import RedisPlace


@pytest.fixture(params=["memory", "server", "cluster"])
def place(request: pytest.FixtureRequest) -> RedisPlace | None:
    """None for appointments in memory. Not async, because it requests async fixtures."""
    if request.param == "memory":
        return None
    found: RedisPlace = request.getfixturevalue(f"{request.param}_place")
    return found


@pytest.fixture
async def appointments(place: RedisPlace | None) -> AsyncIterator[Appointments]:
    if place is None:
        yield MemoryAppointments(now)
        return
    kept = RedisAppointments(place.url)
    yield kept
    await kept.aclose()


async def members(appointments: Appointments, limit: int = 10) -> list[str]:
    return [member for member, _ in await appointments.claim(limit)]


async def test_due_members_are_claimed_once_urgent_first(appointments: Appointments) -> None:
    ids = {lane: uuid4() for lane in Lane}
    one = clock()
    await appointments.track_clocks([one])
    await appointments.arm_messages([(ids[lane], lane, now() - HOUR) for lane in reversed(Lane)])
    await appointments.arm_messages([(uuid4(), Lane.URGENT, now() + HOUR)])
    due = [f"m:{ids[Lane.URGENT]}", f"c:{one.id}", f"m:{ids[Lane.NORMAL]}", f"m:{ids[Lane.BULK]}"]

    assert await members(appointments, 3) == due[:3]
    assert await members(appointments, 3) == due[3:]
    assert await members(appointments, 3) == []


async def test_done_keeps_a_member_that_was_armed_again(appointments: Appointments) -> None:
    message_id = uuid4()
    await appointments.arm_messages([(message_id, Lane.NORMAL, now() - HOUR)])
    claimed = await appointments.claim(10)
    await appointments.arm_messages([(message_id, Lane.NORMAL, now() - HOUR)])
    await appointments.done(claimed)

    assert await members(appointments) == [f"m:{message_id}"]


async def test_a_clock_is_on_the_board_of_its_state_until_it_ends(appointments: Appointments) -> None:
    one = clock()
    stages = [
        one,
        replace(one, fired=1, state=ClockState.AT_RISK),
        replace(one, fired=2, state=ClockState.BREACHED),
        replace(one, fired=2, state=ClockState.BREACHED, ended_at=NOON, steps=one.steps[:2]),
    ]
    seen = []
    for stage in stages:
        await appointments.track_clocks([stage])
        seen.append([len(await appointments.board(name, 10)) for name in ("open", "at_risk", "breached")])

    assert seen == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert await members(appointments) == []


async def test_ended_clock_is_on_no_board_and_due_until_its_last_step(
    appointments: Appointments,
) -> None:
    one = replace(clock(), fired=2, state=ClockState.BREACHED)
    last = Step(kind=StepKind.RESOLVE, at=NOON, from_level=1, to_level=1)
    ended = replace(one, ended_at=NOON, steps=(*one.steps[:2], last))
    seen = []
    for stage in (one, ended, one, replace(ended, fired=3)):
        await appointments.track_clocks([stage])
        seen.append((len(await appointments.board("breached", 10)), len(await members(appointments))))

    # An older update, in which it still runs, changes nothing.
    assert [1, 0, 0, 0] == [boards for boards, _ in seen]
    assert 0 == seen[-1][1]
    assert 1 == seen[1][1]


async def test_silent_clock_is_on_no_board_and_due_only_in_sql(
    appointments: Appointments,
) -> None:
    one = clock()
    await appointments.track_clocks([replace(one, promise=replace(one.promise, silent=True))])

    assert [] == await appointments.board("open", 10)
    assert [] == await members(appointments)


async def test_board_lists_clocks_soonest_due_first(appointments: Appointments) -> None:
    dues = [NOON + 3 * HOUR, NOON, NOON + HOUR]
    await appointments.track_clocks([clock(str(n), due_at=due) for n, due in enumerate(dues)])

    assert [due for _, due in await appointments.board("open", 2)] == sorted(dues)[:2]


@pytest.mark.parametrize(
    "newer",
    [
        replace(clock(), state=ClockState.MET, ended_at=NOON, steps=()),
        replace(clock(), fired=3, state=ClockState.BREACHED, level=2),
    ],
    ids=["ended", "further"],
)
async def test_older_update_of_a_clock_is_ignored(appointments: Appointments, newer: Clock) -> None:
    await appointments.track_clocks([newer])
    await appointments.track_clocks([clock()])

    assert await appointments.board("open", 10) == []
    assert await members(appointments) == []


async def test_same_update_arms_a_clock_again(appointments: Appointments) -> None:
    one = clock()
    await appointments.track_clocks([one])
    claimed = await appointments.claim(10)
    await appointments.track_clocks([one])
    await appointments.done(claimed)

    assert await members(appointments) == [f"c:{one.id}"]


async def test_restored_clocks_are_where_tracked_ones_are(appointments: Appointments) -> None:
    one = clock()
    older = replace(clock("other"), fired=1, state=ClockState.AT_RISK)
    newer = replace(older, fired=2, state=ClockState.BREACHED)
    await appointments.track_clocks([newer])
    await appointments.restore_clocks([live_clock(one), live_clock(older)])
    boards = [await appointments.board(name, 10) for name in ("open", "at_risk", "breached")]

    assert [[(one.id, one.due_at)], [], [(newer.id, newer.due_at)]] == [list(board) for board in boards]
    assert {f"c:{one.id}", f"c:{newer.id}"} == set(await members(appointments))


async def test_only_a_reservation_that_stands_lets_a_filling_continue(appointments: Appointments) -> None:
    before = await appointments.continue_filling()
    begun = await appointments.begin_filling()

    assert (False, True, True) == (before, begun, await appointments.continue_filling())
    assert await appointments.begin_filling()


async def test_epoch_begins_on_request(appointments: Appointments) -> None:
    before = await appointments.intact()
    await appointments.begin_epoch()

    assert (before, await appointments.intact()) == (False, True)
