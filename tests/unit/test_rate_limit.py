"""Rate limits and the spread of a crowd; quotas of callers and their headers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidPolicy
from hub.model import Lane
from hub.resilience.rate_limit import LONGEST_LINE, Buckets, Rate, SendRecord, parse_rate
from hub.resilience.tallies import MOST
from hub.web.rate_limit import Quota
from hub.web.responses import Refusal

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TWENTY = Rate(20, SECOND)


class Door:
    """Buckets, a clock that stands still, and a crowd that comes back when it was asked to."""

    def __init__(self, rate: Rate = TWENTY) -> None:
        self.now = 100.0
        self.rate = rate
        self.buckets = Buckets(lambda: self.now, urgent_share=0.2)

    def take(self, lane: Lane = Lane.NORMAL) -> timedelta:
        return self.buckets.take("sms:twilio", self.rate, lane)

    def let_in(self, people: int, lane: Lane, until: float) -> int:
        """Answer how many of these have got in by then, each coming back when it was asked to."""
        coming, inside = [self.now] * people, 0
        while coming and min(coming) <= until:
            coming.sort()
            self.now = coming.pop(0)
            wait = self.take(lane)
            inside += not wait
            coming += [self.now + wait.total_seconds()] if wait else []
        return inside


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20/s", Rate(20, SECOND)),
        ("300/m", Rate(300, 60 * SECOND)),
        ("1000/h", Rate(1000, HOUR)),
        ("6/1h", Rate(6, HOUR)),
        ("10/24h", Rate(10, 24 * HOUR)),
    ],
)
def test_a_rate_is_so_many_in_a_time(text: str, expected: Rate) -> None:
    assert parse_rate(text) == expected


@pytest.mark.parametrize(
    "text", ["", "20", "20/", "0/s", "20/d", "-1/s", "20/0s", "1.5/s", "20/s ", 20, None]
)
def test_anything_else_is_no_rate(text: object) -> None:
    with pytest.raises(InvalidPolicy, match="20/s"):
        parse_rate(text)


def test_a_crowd_reaches_four_fifths_of_the_rate_and_no_more() -> None:
    # 16 a second, and the one that may go at once.
    assert Door().let_in(1000, Lane.BULK, until=110) == 161


def test_urgent_ones_alone_may_use_the_whole_rate() -> None:
    assert Door().let_in(1000, Lane.URGENT, until=110) == 202


def test_behind_a_crowd_there_is_always_room_for_an_urgent_one() -> None:
    door = Door()
    for _ in range(200):
        door.take(Lane.BULK)

        assert door.take(Lane.URGENT) == timedelta(0)
        door.now += 0.25  # four a second: a fifth of twenty


def test_nobody_is_asked_to_come_back_after_the_longest_line() -> None:
    door = Door(Rate(1, HOUR))
    waits = [door.take() for _ in range(50)]

    assert max(waits) == LONGEST_LINE


def test_each_key_has_its_own_buckets() -> None:
    door = Door(Rate(1, HOUR))
    door.take()

    assert door.buckets.take("sms:other", door.rate, Lane.NORMAL) == timedelta(0)


@given(
    st.sampled_from([Rate(1, SECOND), Rate(7, SECOND), TWENTY, Rate(300, 60 * SECOND), Rate(10, HOUR)]),
    st.lists(st.tuples(st.floats(0, 5), st.sampled_from(list(Lane))), max_size=150),
)
def test_whoever_asks_and_when_the_rate_is_kept(rate: Rate, asked: list[tuple[float, Lane]]) -> None:
    door, began, let_in = Door(rate), 100.0, 0
    for pause, lane in asked:
        door.now += pause
        let_in += not door.take(lane)
    at_once = max(1, rate.count // 10) + 1

    assert let_in <= at_once + (door.now - began) / (rate.per.total_seconds() / rate.count) + 1e-6


def entries(*members: str, key: str = "email:p-1", rate: Rate | None = None) -> list[SendRecord]:
    return [SendRecord(key=key, member=member, rate=rate or Rate(2, HOUR)) for member in members]


def test_what_a_person_gets_over_the_rate_waits_until_the_oldest_is_old_enough() -> None:
    door = Door()
    assert door.buckets.admit(entries("a")) == [timedelta(0)]
    door.now += 600

    assert door.buckets.admit(entries("b", "c")) == [timedelta(0), HOUR - 600 * SECOND]
    door.now += 3000
    assert door.buckets.admit(entries("c", "d")) == [timedelta(0), 600 * SECOND]


def test_a_message_that_is_tried_again_is_counted_once() -> None:
    door = Door()

    assert door.buckets.admit(entries("a", "a", "b", "a", "b")) == [timedelta(0)] * 5


def test_one_person_does_not_hold_up_another() -> None:
    door = Door()
    door.buckets.admit(entries("a", "b"))

    assert door.buckets.admit(entries("c", key="email:p-2")) == [timedelta(0)]


def test_a_share_of_a_rate_is_never_nothing() -> None:
    assert (Rate(1, HOUR).fewer(0.5), Rate(7, HOUR).fewer(0.5)) == (Rate(1, HOUR), Rate(3, HOUR))
    assert Rate(1, HOUR).slower(0.5) == Rate(1, 2 * HOUR)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def quota(clock: Clock, most: int = 2) -> Quota:
    return Quota("api", Rate(most, timedelta(minutes=1)), clock)


def test_headers_say_the_policy_what_is_left_and_when_it_is_whole_again() -> None:
    clock = Clock()
    counted = quota(clock)
    first = counted.take("key:crm")
    clock.now += 12.5
    second = counted.take("key:crm")

    assert {"RateLimit-Policy": '"api";q=2;w=60', "RateLimit": '"api";r=1;t=60'} == first
    assert '"api";r=0;t=48' == second["RateLimit"]


def test_caller_over_the_quota_is_refused_until_the_window_ends() -> None:
    clock = Clock()
    counted = quota(clock)
    for _ in range(2):
        counted.take("key:crm")
    with pytest.raises(Refusal) as refused:
        counted.take("key:crm")
    clock.now += 60

    assert (429, "60", '"api";r=0;t=60') == (
        refused.value.status,
        refused.value.headers["Retry-After"],
        refused.value.headers["RateLimit"],
    )
    assert '"api";r=1;t=60' == counted.take("key:crm")["RateLimit"]


def test_each_caller_has_a_quota_of_its_own() -> None:
    counted = quota(Clock())
    for _ in range(2):
        counted.take("key:crm")

    assert '"api";r=1;t=60' == counted.take("key:erp")["RateLimit"]


def test_callers_that_are_counted_are_bounded_and_the_oldest_begins_anew() -> None:
    counted = quota(Clock())
    for number in range(MOST + 1):
        counted.take(f"inbox:p-{number}")

    assert MOST == len(counted._used.known)
    assert '"api";r=1;t=60' == counted.take("inbox:p-0")["RateLimit"]
    assert '"api";r=0;t=60' == counted.take(f"inbox:p-{MOST}")["RateLimit"]
