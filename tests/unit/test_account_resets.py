"""Notices of a reset password to the person of the account."""

from __future__ import annotations

from typing import Any

import pytest

from hub.access.account_notices import RESET, notices
from hub.access.passwords import ONE_TIME
from hub.catalog import BY_NAME
from hub.desk.accounts import acts
from hub.errors import BrokerUnavailable
from hub.testing import MemoryPublisher
from tests.unit.factories import email, local, member, somebody
from tests.unit.hub_in_memory import memory_hub
from tests.unit.test_accounts import HERE, NOON, House

ANA = "p-ana"
NIGHT = "2026-03-10 02:30"
"""Nobody works then."""


async def house_with_ana(*, person: str | None = ANA) -> tuple[House, Any]:
    house = House()
    ana = await house.with_account("ana", HERE)
    house.store._set(ana.id, person=person)
    return house, house.admin()


def publisher_of(by: Any) -> MemoryPublisher:
    publisher = by.stores.publisher
    assert isinstance(publisher, MemoryPublisher)
    return publisher


async def test_reset_is_told_to_the_accounts_person_before_it_is_made() -> None:
    house, by = await house_with_ana()
    await acts.reset(by, "ana")
    [told] = publisher_of(by).events
    account = await house.store.named("ana")

    assert account is not None
    assert (told.name, told.time) == (RESET, NOON)
    assert {key: told.data[key] for key in ("account", "holder", "by")} == {
        "account": "ana",
        "holder": {"ref": ANA},
        "by": "root",
    }
    assert told.data["until"] == (NOON + ONE_TIME).isoformat()
    assert (account.reset_by, account.reset_at) == ("cli:root", NOON)


async def test_no_password_is_reset_of_which_its_holder_cannot_hear() -> None:
    house, by = await house_with_ana()
    before = await house.store.named("ana")
    publisher_of(by).faults.script("event", BrokerUnavailable("away"))
    with pytest.raises(BrokerUnavailable):
        await acts.reset(by, "ana")

    assert await house.store.named("ana") == before


async def test_account_of_nobody_in_the_directory_is_reset_without_the_broker() -> None:
    house, by = await house_with_ana(person=None)
    publisher_of(by).faults.script("event", BrokerUnavailable("away"))
    await acts.reset(by, "ana")
    account = await house.store.named("ana")

    assert account is not None
    assert account.reset_by == "cli:root"


async def test_holder_gets_a_mail_and_an_entry_of_the_inbox_at_any_hour() -> None:
    house, _ = await house_with_ana()
    account, now = await house.store.named("ana"), local(NIGHT)
    assert account is not None
    [told] = notices(account, by="root", until=now + ONE_TIME, now=now)
    hub = memory_hub(now)
    await hub.take_in(somebody(ANA, email("ana@example.com")), member(ANA, "company", "staff", level=1))
    await hub.take_in(told)

    assert hub.recipients(told) == [(ANA, "email"), (ANA, "inbox")]
    assert [audience.any_hour for audience in BY_NAME[RESET].audiences] == [True]
