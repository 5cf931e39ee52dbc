"""A provider that fails or dawdles is left alone, tried again by one call, and trusted again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidPolicy
from hub.resilience.breaker import Breaker, BreakerPolicy, Breakers, Circuit, Permit
from tests.unit.factories import POLICY, SECOND

RULES: BreakerPolicy = POLICY.breaker
"""60 s, 10 calls, half of them faults or slower than 10 s; open for 30 s, 60 s … 300 s."""
OPENING = RULES.min_calls


class Line:
    """A breaker, a clock, and the reported changes of the circuit."""

    def __init__(self, policy: BreakerPolicy = RULES) -> None:
        self.changes: list[Circuit] = []
        self.breaker = Breaker(policy, self.changes.append)
        self.now = 1_000.0

    def call(self, *, fault: bool = False, took: timedelta = SECOND, times: int = 1) -> None:
        for _ in range(times):
            self.leave(self.enter(), fault=fault, took=took)

    def enter(self) -> Permit:
        given = self.breaker.enter(self.now)
        assert given is not None
        return given

    def leave(self, given: Permit, *, fault: bool = False, took: timedelta = SECOND) -> None:
        self.breaker.leave(given, self.now, fault=fault, took=took)

    def pass_time(self, by: timedelta) -> None:
        self.now += by.total_seconds()

    @property
    def circuit(self) -> Circuit:
        return self.breaker.circuit

    @property
    def wait(self) -> timedelta:
        return self.breaker.wait(self.now)


def opened() -> Line:
    line = Line()
    line.call(fault=True, times=OPENING)
    return line


@pytest.mark.parametrize(
    ("good", "faults", "expected"),
    [
        (0, 9, Circuit.CLOSED),  # too few to judge
        (0, 10, Circuit.OPEN),
        (5, 5, Circuit.OPEN),  # half
        (6, 5, Circuit.CLOSED),  # 5 of 11
        (90, 20, Circuit.CLOSED),
    ],
)
def test_it_opens_on_the_share_of_faults(good: int, faults: int, expected: Circuit) -> None:
    line = Line()
    line.call(times=good)
    line.call(fault=True, times=faults)

    assert line.circuit is expected


@pytest.mark.parametrize(("took", "expected"), [(10, Circuit.CLOSED), (11, Circuit.OPEN)])
def test_it_opens_on_latency_though_all_goes_well(took: int, expected: Circuit) -> None:
    line = Line()
    line.call(times=5)
    line.call(took=took * SECOND, times=5)

    assert line.circuit is expected


def test_what_is_older_than_the_window_counts_no_more() -> None:
    line = Line()
    line.call(fault=True, times=9)
    line.pass_time(RULES.window)
    line.call(fault=True)

    assert line.circuit is Circuit.CLOSED


def test_an_open_one_lets_nothing_through_until_its_time_is_over() -> None:
    line = opened()
    line.pass_time(29 * SECOND)

    assert line.breaker.enter(line.now) is None
    assert line.wait == SECOND
    line.pass_time(SECOND)
    assert line.wait == timedelta(0)


def test_half_open_lets_one_through_at_a_time_and_a_good_one_closes() -> None:
    line = opened()
    line.pass_time(RULES.open_for)
    probe = line.enter()

    assert (line.breaker.enter(line.now), line.wait) == (None, RULES.slow_after)
    line.leave(probe)
    assert line.changes == [Circuit.OPEN, Circuit.HALF_OPEN, Circuit.CLOSED]
    line.call(times=3)


@pytest.mark.parametrize(("fault", "took"), [(True, SECOND), (False, 11 * SECOND)])
def test_failed_or_slow_probe_doubles_the_open_time_up_to_the_limit(*, fault: bool, took: timedelta) -> None:
    line = opened()
    waits = []
    for _ in range(6):
        waits.append(line.wait)
        line.pass_time(line.wait)
        line.call(fault=fault, took=took)

    assert waits == [seconds * SECOND for seconds in (30, 60, 120, 240, 300, 300)]


def test_after_it_has_closed_it_opens_for_the_short_time_again() -> None:
    line = opened()
    for fault in (True, False):
        line.pass_time(line.wait)
        line.call(fault=fault)
    line.call(fault=True, times=OPENING)

    assert line.wait == RULES.open_for


def test_a_probe_that_was_cut_short_lets_the_next_one_through() -> None:
    line = opened()
    line.pass_time(RULES.open_for)
    line.breaker.abandon(line.enter())

    assert line.changes[1:] == [Circuit.HALF_OPEN]
    line.call()
    assert line.changes[2:] == [Circuit.CLOSED]


def test_what_began_before_it_opened_says_nothing_of_the_probe() -> None:
    line = Line()
    late = [line.enter() for _ in range(2)]
    line.call(fault=True, times=OPENING)
    line.pass_time(RULES.open_for)
    probe = line.enter()
    line.leave(late[0])
    line.breaker.abandon(late[1])

    assert (line.circuit, line.breaker.enter(line.now)) == (Circuit.HALF_OPEN, None)
    line.leave(probe)
    assert line.circuit is Circuit.CLOSED


def test_several_probes_in_a_row_may_be_asked_for() -> None:
    values = {name: getattr(RULES, name) for name in RULES.__struct_fields__}
    line = Line(BreakerPolicy(**{**values, "probes": 2}))
    line.call(fault=True, times=OPENING)
    line.pass_time(RULES.open_for)
    line.call()

    assert line.changes[1:] == [Circuit.HALF_OPEN]
    line.call()
    assert line.changes[2:] == [Circuit.CLOSED]


def test_each_provider_has_its_own_and_the_registry_knows_all() -> None:
    changes: list[tuple[str, str, Circuit]] = []
    breakers = Breakers(RULES, lambda *change: changes.append(change))
    first, _second = breakers.of("email", "smtp"), breakers.of("email", "smtp-2")
    for _ in range(OPENING):
        given = first.enter(0)
        assert given is not None
        breakers.of("email", "smtp").leave(given, 0, fault=True, took=SECOND)

    assert changes == [("smtp", "email", Circuit.OPEN)]
    assert breakers.states() == {("email", "smtp"): Circuit.OPEN, ("email", "smtp-2"): Circuit.CLOSED}


def test_a_breaker_that_could_never_double_is_refused() -> None:
    values = {name: getattr(RULES, name) for name in RULES.__struct_fields__}

    with pytest.raises(InvalidPolicy, match="longer than max_open_for"):
        BreakerPolicy(**{**values, "max_open_for": SECOND})


CALLS = st.tuples(st.floats(0, 400), st.booleans(), st.floats(0, 20), st.booleans())
"""Seconds before it, whether it fails, how long it takes, whether it is cut short."""


@given(st.lists(CALLS, max_size=120))
def test_laws_of_the_circuit_hold_after_any_events(
    calls: list[tuple[float, bool, float, bool]],
) -> None:
    line = Line()
    moves = {
        (Circuit.CLOSED, Circuit.OPEN),
        (Circuit.OPEN, Circuit.HALF_OPEN),
        (Circuit.HALF_OPEN, Circuit.OPEN),
        (Circuit.HALF_OPEN, Circuit.CLOSED),
    }
    for pause, fault, took, cut in calls:
        line.now += pause
        assert timedelta(0) <= line.wait <= RULES.max_open_for
        free = not line.wait
        given = line.breaker.enter(line.now)
        assert (given is not None) == free
        if given is None:
            continue
        if line.circuit is Circuit.HALF_OPEN:
            assert line.breaker.enter(line.now) is None
        if cut:
            line.breaker.abandon(given)
        else:
            line.leave(given, fault=fault, took=timedelta(seconds=took))
    assert {*zip([Circuit.CLOSED, *line.changes], line.changes, strict=False)} <= moves


@given(st.lists(CALLS, max_size=60), st.integers(1, 20))
def test_recovered_provider_is_asked_again_after_any_events(
    calls: list[tuple[float, bool, float, bool]], good: int
) -> None:
    line = Line()
    for pause, fault, took, _ in calls:
        line.now += pause
        given = line.breaker.enter(line.now)
        if given is not None:
            line.leave(given, fault=fault, took=timedelta(seconds=took))
    line.pass_time(RULES.max_open_for)
    line.call(times=good)

    assert line.circuit is Circuit.CLOSED
