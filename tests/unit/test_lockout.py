"""Lockout of a name, and what wrong guesses of an address cost."""

from __future__ import annotations

import pytest

from hub.access import lockout
from hub.access.lockout import DELAYS, FREE, WINDOW, AddressThrottle, lock_after, network_of
from hub.access.refusals import GUESSES, LINES, MINUTE, Refusals
from hub.resilience.tallies import MOST


def test_locks_are_1_5_15_60_minutes_from_the_fifth_failure() -> None:
    minutes = [lock and lock.total_seconds() / 60 for lock in map(lock_after, range(11))]

    assert minutes == [None, None, None, None, None, 1, 5, 15, 60, 60, 60]


def test_failing_address_waits_longer_and_others_do_not() -> None:
    brake = AddressThrottle(lambda: 100.0)
    delays = [brake.begin("10.0.0.1") for _ in range(FREE + 6)]

    assert delays == [0.0] * FREE + [*DELAYS, DELAYS[-1], DELAYS[-1]]
    assert brake.begin("10.0.0.2") == 0.0


def test_success_undoes_only_its_own_count() -> None:
    brake = AddressThrottle(lambda: 100.0)
    for _ in range(FREE - 1):
        brake.begin("10.0.0.1")
    for _ in range(50):
        brake.begin("10.0.0.1")
        brake.succeeded("10.0.0.1")
    brake.succeeded("10.0.0.2")

    assert [brake.begin("10.0.0.1"), brake.begin("10.0.0.1")] == [0.0, DELAYS[0]]


def test_failures_of_an_address_expire_with_the_window() -> None:
    times = [0.0]
    brake = AddressThrottle(lambda: times[0])
    for _ in range(FREE + 20):
        brake.begin("10.0.0.1")
    times[0] = WINDOW - 0.001
    before = brake.begin("10.0.0.1")
    times[0] = 2 * WINDOW

    assert before == DELAYS[-1]
    assert brake.begin("10.0.0.1") == 0.0


def test_memory_of_addresses_is_bounded() -> None:
    brake = AddressThrottle(lambda: 0.0)
    for number in range(lockout._REMEMBERED + 10):
        brake.begin(str(number))

    assert len(brake._failures) == lockout._REMEMBERED


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_ipv6_network_counts_as_one_peer(peer: str, network: str) -> None:
    assert network == network_of(peer)


PEER = "203.0.113.9"


class Clock:
    at = 100.0

    def __call__(self) -> float:
        return self.at


def test_guesses_beyond_the_limit_wait_for_the_end_of_the_minute() -> None:
    clock = Clock()
    seen = Refusals(clock)
    first = [seen.guessed(PEER) for _ in range(GUESSES)]
    clock.at += 10
    beyond = [seen.guessed(PEER) for _ in range(2)]
    another = seen.guessed("203.0.113.10")
    clock.at += MINUTE - 10

    assert (first, beyond, another) == ([0] * GUESSES, [50, 50], 0)
    assert seen.guessed(PEER) == 0


def test_cookie_that_comes_again_and_again_is_one_guess_and_different_ones_are_many() -> None:
    seen = Refusals(Clock())
    honest = [seen.guessed_cookie(PEER, "old") for _ in range(3 * GUESSES)]
    others = [seen.guessed_cookie(PEER, f"guess {number}") for number in range(GUESSES)]

    assert honest == [0] * 3 * GUESSES
    assert others == [0] * (GUESSES - 1) + [60]
    assert seen.guessed_cookie(PEER, "old") == 60
    assert seen.guessed_cookie("203.0.113.10", "old") == 0


def test_wrong_keys_do_not_slow_the_cookies_of_an_office() -> None:
    seen = Refusals(Clock())
    for _ in range(2 * GUESSES):
        seen.guessed(PEER)

    assert seen.guessed_cookie(PEER, "old") == 0


def test_refusals_of_one_kind_and_address_are_one_line_a_minute_with_their_number() -> None:
    clock = Clock()
    seen = Refusals(clock)
    first = [seen.to_log(PEER, "api", "key") for _ in range(10)]
    other = [seen.to_log(PEER, "api", "scope"), seen.to_log("203.0.113.10", "api", "key")]
    clock.at += MINUTE

    assert (first, other) == ([1, *[0] * 9], [1, 1])
    assert seen.to_log(PEER, "api", "key") == 10


def test_the_log_has_a_limit_however_many_addresses_are_refused() -> None:
    seen = Refusals(Clock())
    lines = [seen.to_log(f"address {number}", "api", "key") for number in range(2 * LINES)]

    assert lines == [1] * LINES + [0] * LINES


def test_the_memory_of_addresses_is_bounded() -> None:
    seen = Refusals(Clock())
    for number in range(MOST + 10):
        seen.guessed(str(number))

    assert len(seen._guesses.known) == MOST
