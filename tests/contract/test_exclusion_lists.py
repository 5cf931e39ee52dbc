"""The register of excluded numbers as a loaded list: hashes only, one list at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Final

import pytest

from hub.access.keyring import KeyRing
from hub.errors import ConfigurationError, TooLate
from hub.model.exclusions import ExcludedAddress, ExclusionCheck
from hub.settings import Secret
from hub.storage import Database, PostgresExclusions, PostgresMonitor
from tests.contract.values import NOON

MON: Final = date(2026, 3, 9)
DAY: Final = timedelta(days=1)
OLD, NEW = KeyRing([Secret("old" * 20)]), KeyRing([Secret("new" * 20), Secret("old" * 20)])
PHONE: Final = "+573001234567"


@pytest.fixture
async def database(emptied_database: str) -> AsyncIterator[Database]:
    async with Database(emptied_database) as opened:
        yield opened


def answer(list_date: date | None = MON, *, excluded: bool = False) -> ExclusionCheck:
    return ExclusionCheck(checked_at=NOON, list_date=list_date, excluded=excluded)


async def test_without_a_list_nothing_is_known(database: Database) -> None:
    lists = PostgresExclusions(database, OLD)

    assert await lists.loaded() is None
    assert answer(None) == await lists.check(PHONE, "sms", NOON)


async def test_address_is_excluded_over_its_channels_whatever_its_case(database: Database) -> None:
    lists = PostgresExclusions(database, OLD)
    entries = [
        ExcludedAddress(address=PHONE, channels=["sms"]),
        ExcludedAddress(address=PHONE, channels=["push"]),
        ExcludedAddress(address="Eva@Example.com"),
        ExcludedAddress(address="eva@example.com", channels=["email"]),
    ]
    assert 2 == await lists.replace(entries, list_date=MON)
    checks = [
        (PHONE, "sms"),
        (PHONE, "push"),
        (PHONE, "whatsapp"),
        ("EVA@example.com", "sms"),
        ("x@y.co", "email"),
    ]

    assert [True, True, False, True, False] == [
        (await lists.check(address, channel, NOON)).excluded for address, channel in checks
    ]


async def test_newer_list_replaces_the_one_before_and_an_older_one_is_refused(database: Database) -> None:
    lists = PostgresExclusions(database, OLD)
    await lists.replace([ExcludedAddress(address=PHONE)], list_date=MON)
    await lists.replace([], list_date=MON + DAY)

    assert answer(MON + DAY) == await lists.check(PHONE, "sms", NOON)
    with pytest.raises(TooLate):
        await lists.replace([ExcludedAddress(address=PHONE)], list_date=MON)
    assert not (await lists.check(PHONE, "sms", NOON)).excluded


async def test_list_outlives_a_new_key_but_not_the_loss_of_its_own(database: Database) -> None:
    await PostgresExclusions(database, OLD).replace([ExcludedAddress(address=PHONE)], list_date=MON)

    assert answer(excluded=True) == await PostgresExclusions(database, NEW).check(PHONE, "sms", NOON)
    lost = PostgresExclusions(database, KeyRing([Secret("other" * 12)]))
    assert answer(None) == await lost.check(PHONE, "sms", NOON)
    assert answer(None) == await PostgresExclusions(database, KeyRing([])).check(PHONE, "sms", NOON)


async def test_no_address_is_stored(database: Database) -> None:
    await PostgresExclusions(database, OLD).replace([ExcludedAddress(address=PHONE)], list_date=MON)
    [row] = await database.rows("SELECT hash FROM exclusion")

    assert 32 == len(row["hash"])
    assert OLD.exclusion_hashes(PHONE)[OLD.ids[0]] == row["hash"]


async def test_without_a_secret_no_list_is_loaded(database: Database) -> None:
    with pytest.raises(ConfigurationError):
        await PostgresExclusions(database, KeyRing([])).replace([], list_date=MON)


async def test_a_list_is_counted_by_channel_and_seen_by_the_monitor(database: Database) -> None:
    lists, monitor = PostgresExclusions(database, OLD), PostgresMonitor(database, ())
    assert {} == await lists.by_channel()

    entries = [
        ExcludedAddress(address=PHONE, channels=["sms", "whatsapp"]),
        ExcludedAddress(address="eva@example.com", channels=["sms"]),
        ExcludedAddress(address="ana@example.com"),
    ]
    await lists.replace(entries, list_date=MON)

    assert {"all": 1, "sms": 2, "whatsapp": 1} == await lists.by_channel()
    assert await lists.loaded() == await monitor.exclusion_list()


async def test_what_people_do_not_recognise_is_counted_for_an_hour(database: Database) -> None:
    monitor = PostgresMonitor(database, ())
    await database.rows(
        "INSERT INTO reported (message_id, at)"
        " SELECT gen_random_uuid(), now() - n * interval '25 minutes' FROM generate_series(0, 3) n"
    )

    assert 3 == await monitor.unrecognised(timedelta(hours=1))
