"""Lockout of a name, and the throttle of an address."""

from __future__ import annotations

import pytest

from hub.access import lockout
from hub.access.lockout import DELAYS, FREE, WINDOW, AddressThrottle, lock_after, network_of


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
