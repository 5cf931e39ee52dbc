"""Notices of a reset password to the person of the account."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.access.account_notices import RESET, notice
from hub.access.passwords import ONE_TIME
from hub.catalog import BY_NAME
from hub.desk.accounts import acts
from hub.errors import BrokerUnavailable, StorageUnavailable
from hub.model import AccountReset
from hub.model.ids import uuid8
from hub.tasks import cancel
from hub.testing import MemoryAccounts
from hub.timers import scheduler
from hub.timers.row_work import tell_resets
from tests.contract.values import copropiedad
from tests.unit.factories import HOUR, email, local, member, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub
from tests.unit.test_accounts import HERE, NOON, House
from tests.unit.timer_harness import timers_of, until

ANA = "p-ana"
NIGHT = "2026-03-10 02:30"
"""Nobody works then."""


async def house_with_ana(*, person: str | None = ANA) -> tuple[House, Any, MemoryHub]:
    house, hub = House(), memory_hub(NOON)
    hub.store.tables.directory.apply(copropiedad("ph-1"))
    house.store = MemoryAccounts(hub.store)
    ana = await house.with_account("ana", HERE)
    house.store._set(ana.id, person=person)
    return house, house.admin(), hub


async def test_reset_is_told_to_the_accounts_person_once_it_is_made() -> None:
    house, by, hub = await house_with_ana()
    await acts.reset(by, "ana")
    before = list(hub.publisher.events)
    for _ in range(2):
        await tell_resets(timers_of(hub))
    [told] = hub.publisher.events
    account = await house.store.named("ana")

    assert [] == before
    assert account is not None
    assert (told.name, told.time) == (RESET, NOON)
    assert {key: told.data[key] for key in ("account", "holder", "by")} == {
        "account": "ana",
        "holder": {"ref": ANA},
        "by": "root",
    }
    assert told.data["until"] == (NOON + ONE_TIME).isoformat()
    assert (account.reset_by, account.reset_at) == ("cli:root", NOON)


async def test_reset_that_was_not_made_is_told_to_nobody() -> None:
    house, by, hub = await house_with_ana()
    before = await house.store.named("ana")
    house.store.faults.script("reset_password", StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        await acts.reset(by, "ana")
    await tell_resets(timers_of(hub))

    assert await house.store.named("ana") == before
    assert [] == [*hub.publisher.events, *by.stores.publisher.events]


async def test_each_reset_is_told_once_the_broker_is_there() -> None:
    house, by, hub = await house_with_ana()
    by.stores.publisher.faults.script("event", BrokerUnavailable("away"))
    await acts.reset(by, "ana")
    again = NOON + HOUR
    ana = await house.store.named("ana")
    assert ana is not None
    await house.store.reset_password(ana.id, "new", until=again + ONE_TIME, by="cli:root", now=again)
    hub.publisher.faults.script("event", BrokerUnavailable("away"))
    with pytest.raises(BrokerUnavailable):
        await tell_resets(timers_of(hub))
    await tell_resets(timers_of(hub))

    assert [NOON, again] == [told.time for told in hub.publisher.events]


async def test_timers_tell_it_by_themselves() -> None:
    _, by, hub = await house_with_ana()
    await acts.reset(by, "ana")
    keeping = asyncio.create_task(scheduler.run(timers_of(hub)))
    await until(lambda: RESET in {event.name for event in hub.publisher.events})
    await cancel(keeping)


async def test_account_of_nobody_in_the_directory_tells_nobody() -> None:
    house, by, hub = await house_with_ana(person=None)
    await acts.reset(by, "ana")
    await tell_resets(timers_of(hub))
    account = await house.store.named("ana")

    assert account is not None
    assert account.reset_by == "cli:root"
    assert [] == hub.publisher.events


async def test_holder_gets_a_mail_and_an_entry_of_the_inbox_at_any_hour() -> None:
    now = local(NIGHT)
    reset = AccountReset(
        account_id=uuid8(now, "ana"), account="ana", person=ANA, at=now, by="cli:root", until=now + ONE_TIME
    )
    told = notice(reset, by="root")
    hub = memory_hub(now)
    await hub.take_in(somebody(ANA, email("ana@example.com")), member(ANA, "company", "staff", level=1))
    await hub.take_in(told)

    assert hub.recipients(told) == [(ANA, "email"), (ANA, "inbox")]
    assert [audience.any_hour for audience in BY_NAME[RESET].audiences] == [True]
