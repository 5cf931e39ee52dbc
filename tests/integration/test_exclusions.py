"""The register of excluded numbers as a loaded list: hashes only, one list at a time, asked by the way."""

from datetime import date, timedelta
from typing import Final

import pytest

from hub.access.keyring import KeyRing
from hub.desk.exclusions.acts import by_channel, replace
from hub.errors import OlderList
from hub.model.exclusions import ExcludedAddress, ExclusionCheck
from hub.settings import Secret
from hub.storage import Database, PostgresExclusions, PostgresMonitor
from hub.storage.exclusions import in_force
from tests.contract.values import NOON
from tests.integration.test_web_operations import send
from tests.integration.web_doubles import World

MON: Final = date(2026, 3, 9)
DAY: Final = timedelta(days=1)
OLD, NEW = KeyRing([Secret("old" * 20)]), KeyRing([Secret("new" * 20), Secret("old" * 20)])
PHONE: Final = "+573001234567"


def answer(list_date: date | None = MON, *, excluded: bool = False) -> ExclusionCheck:
    return ExclusionCheck(checked_at=NOON, list_date=list_date, excluded=excluded)


async def test_without_a_list_nothing_is_known(opened: Database) -> None:
    registry = PostgresExclusions(opened, OLD)

    assert await in_force(opened) is None
    assert answer(None) == await registry.check(PHONE, "sms", NOON)


async def test_address_is_excluded_over_its_channels_in_any_case(opened: Database) -> None:
    registry = PostgresExclusions(opened, OLD)
    entries = [
        ExcludedAddress(address=PHONE, channels=["sms"]),
        ExcludedAddress(address=PHONE, channels=["push"]),
        ExcludedAddress(address="Eva@Example.com"),
        ExcludedAddress(address="eva@example.com", channels=["email"]),
    ]
    assert 2 == await replace(opened, OLD, entries, list_date=MON)
    checks = [
        (PHONE, "sms"),
        (PHONE, "push"),
        (PHONE, "whatsapp"),
        ("EVA@example.com", "sms"),
        ("x@y.co", "email"),
    ]

    assert [True, True, False, True, False] == [
        (await registry.check(address, channel, NOON)).excluded for address, channel in checks
    ]


async def test_newer_list_replaces_the_one_before_and_an_older_one_is_refused(opened: Database) -> None:
    registry = PostgresExclusions(opened, OLD)
    await replace(opened, OLD, [ExcludedAddress(address=PHONE)], list_date=MON)
    await replace(opened, OLD, [], list_date=MON + DAY)

    assert answer(MON + DAY) == await registry.check(PHONE, "sms", NOON)
    with pytest.raises(OlderList):
        await replace(opened, OLD, [ExcludedAddress(address=PHONE)], list_date=MON)
    assert not (await registry.check(PHONE, "sms", NOON)).excluded


async def test_list_outlives_a_new_key_but_not_the_loss_of_its_own(opened: Database) -> None:
    await replace(opened, OLD, [ExcludedAddress(address=PHONE)], list_date=MON)

    assert answer(excluded=True) == await PostgresExclusions(opened, NEW).check(PHONE, "sms", NOON)
    lost = PostgresExclusions(opened, KeyRing([Secret("other" * 12)]))
    assert answer(None) == await lost.check(PHONE, "sms", NOON)
    assert answer(None) == await PostgresExclusions(opened, KeyRing([])).check(PHONE, "sms", NOON)


async def test_no_address_is_stored(opened: Database) -> None:
    await replace(opened, OLD, [ExcludedAddress(address=PHONE)], list_date=MON)
    [row] = await opened.rows("SELECT hash FROM exclusion")

    assert 32 == len(row["hash"])
    assert OLD.exclusion_hashes(PHONE)[OLD.ids[0]] == row["hash"]


async def test_a_list_is_counted_by_channel_and_seen_by_the_monitor(opened: Database) -> None:
    monitor = PostgresMonitor(opened, ())
    assert {} == await by_channel(opened)

    entries = [
        ExcludedAddress(address=PHONE, channels=["sms", "whatsapp"]),
        ExcludedAddress(address="eva@example.com", channels=["sms"]),
        ExcludedAddress(address="ana@example.com"),
    ]
    await replace(opened, OLD, entries, list_date=MON)

    assert {"all": 1, "sms": 2, "whatsapp": 1} == await by_channel(opened)
    assert await in_force(opened) == await monitor.exclusion_list()


async def test_what_people_do_not_recognise_is_counted_for_an_hour(opened: Database) -> None:
    monitor = PostgresMonitor(opened, ())
    await opened.rows(
        "INSERT INTO reported (message_id, at)"
        " SELECT gen_random_uuid(), now() - n * interval '25 minutes' FROM generate_series(0, 3) n"
    )

    assert 3 == await monitor.unrecognised(timedelta(hours=1))


async def test_list_of_excluded_numbers_is_loaded_and_an_older_one_is_not(opened: Database) -> None:
    asked = World(database=opened, environ={"HUB_SECRET": "secret" * 8})
    csv = "dato;canal\n3001234567;sms\nmaria@example.com;\nno sé;\n"
    bodies = [
        {"list_date": "2026-03-09", "csv": csv},
        {"list_date": "2026-03-09", "csv": csv, "skip_bad": True},
        {"list_date": "2026-03-08", "csv": csv, "skip_bad": True},
        {"list_date": "2999-01-01", "csv": csv, "skip_bad": True},
    ]
    answers = [await send(asked, "POST", "/api/exclusions", body) for body in bodies]
    shown = await send(asked, "GET", "/api/exclusions")

    assert [400, 200, 409, 400] == [answer.status for answer in answers]
    assert {"list_date": "2026-03-09", "addresses": 2, "bad_lines": 1} == answers[1].json
    assert ("2026-03-09", 2) == (shown.json["list_date"], shown.json["addresses"])
    loads = [(row.action, row.subject, row.detail) for row in asked.audit.rows]
    # The audit also has an act that the list in force has refused: it is written before the change.
    assert [
        ("exclusions.load", f"exclusions:2026-03-{day}", {"lines": 2, "bad": 1}) for day in ("09", "08")
    ] == loads


async def test_without_a_secret_no_list_is_loaded(opened: Database) -> None:
    body = {"list_date": "2026-03-09", "csv": "dato\n3001234567\n"}

    assert 503 == (await send(World(database=opened), "POST", "/api/exclusions", body)).status
