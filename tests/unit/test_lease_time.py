"""The time of a lease counts only while the database was available."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import BrokerUnavailable, StorageConflict, StorageUnavailable
from hub.timers.lease_time import MOMENT, LeaseTime

LEASE = timedelta(seconds=60)
STEP = 5

START = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
NO_GRACE = timedelta(0)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def is_over(lease_time: LeaseTime, *, now: float, ended: float) -> bool:
    """Return whether a lease that ended then is over, as the timers ask every few seconds."""
    return at(ended) <= at(now) - lease_time.see(at(now))


def looked(until: int, lease_time: LeaseTime, since: int = 0) -> LeaseTime:
    """Let it see an available database every few seconds."""
    for second in range(since, until + 1, STEP):
        lease_time.see(at(second))
    return lease_time


def settled() -> LeaseTime:
    """Timers that have run for long."""
    return looked(600, LeaseTime(LEASE))


def test_lease_ends_at_its_end_while_nothing_happens() -> None:
    assert settled().see(at(605)) == NO_GRACE


def test_timers_that_have_just_started_end_no_lease() -> None:
    known = LeaseTime(LEASE)
    while_new = [is_over(known, now=second, ended=0) for second in range(0, 60, STEP)]

    assert not any(while_new)
    assert is_over(known, now=60, ended=60)


def test_lease_that_ended_in_an_outage_is_over_when_its_holder_had_all_its_time() -> None:
    known = settled()
    known.note(StorageUnavailable())
    # Claimed at 580, away from 600 to 700: 20 s of the lease had gone, 40 s are left.
    asked = {second: is_over(known, now=second, ended=640) for second in range(700, 800, STEP)}

    assert min(second for second, over in asked.items() if over) == 740 + MOMENT.seconds


def test_lease_that_ended_before_an_outage_is_over_at_once() -> None:
    known = settled()
    known.note(StorageUnavailable())

    assert is_over(known, now=700, ended=590)


def test_grace_ends_when_the_database_was_available_for_a_lease() -> None:
    known = settled()
    known.note(StorageUnavailable())
    during = [known.see(at(second)) for second in range(700, 760, STEP)]

    assert set(during) == {timedelta(seconds=100) + MOMENT}
    assert known.see(at(760)) == NO_GRACE


def test_outages_that_follow_one_another_add_up_and_end_no_lease_early() -> None:
    known = settled()
    known.note(StorageUnavailable())
    looked(640, known, 620)
    known.note(StorageUnavailable())
    grace = known.see(at(670))

    assert grace == timedelta(seconds=20 + 30) + MOMENT
    # 20 s between them and 40 s after them are a whole lease: the first one is forgotten.
    assert looked(705, known, 675).see(at(709)) == grace
    assert known.see(at(710)) == timedelta(seconds=30) + MOMENT


def test_leases_end_though_the_database_is_away_again_and_again() -> None:
    known = LeaseTime(LEASE)
    ended = []
    for second in range(605, 1200, STEP):
        if second % 30 == 0:
            known.note(StorageUnavailable())
        ended.append(is_over(known, now=second, ended=600))

    assert ended.index(True) * STEP < 2 * LEASE.seconds


def test_time_in_which_nobody_looked_counts_as_an_outage() -> None:
    assert settled().see(at(1200)) == timedelta(seconds=600) + MOMENT


def test_clock_that_is_set_back_ends_no_lease() -> None:
    known = settled()

    assert known.see(at(0)) == NO_GRACE
    assert known.see(at(605)) == NO_GRACE


@pytest.mark.parametrize("error", [StorageConflict(), BrokerUnavailable()])
def test_other_errors_are_no_outage(error: StorageConflict | BrokerUnavailable) -> None:
    known = settled()
    known.note(error)

    assert known.see(at(605)) == NO_GRACE
