"""Retention: a month that is old enough is dropped under a hub that works, and nothing else is lost."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from hub.model import Message, State, StoredEvent
from hub.model.months import month_of, months_after
from hub.storage import Database, PostgresIntake
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import HubProcess, hub_process, publisher, until
from tests.contract.values import event, message, stored
from tests.integration.divided import divide, names

THIS = month_of(datetime.now(UTC))
FOUR_AGO = months_after(THIS, -4)
THREE_AGO = months_after(THIS, -3)
MAILS = 120


async def test_an_old_month_goes_while_the_hub_delivers(house: House) -> None:
    house.policy("[retention]\nmonths = 2\n")
    async with Database(house.database_url) as database, AsyncExitStack() as stack:
        months = await divide(database, FOUR_AGO, 5)
        await _store(database, FOUR_AGO, state=State.HELD, next_at=THIS + timedelta(days=3650))
        await _store(database, THREE_AGO, state=State.SENT)
        await stack.enter_async_context(hub_process(house.hub("intake", "delivery")))
        publishing = await stack.enter_async_context(publisher(house.amqp_url))
        for number in range(MAILS // 2):
            await publishing.publish("pqrs.received", directory.pqrs(number))
        timers = await stack.enter_async_context(hub_process(house.hub("timers")))
        for number in range(MAILS // 2, MAILS):
            await publishing.publish("pqrs.received", directory.pqrs(number))
        await until(lambda: len(house.smtp.mails) >= MAILS, "all mails")
        await until(lambda: bool(_logged(timers, "months.dropped")), "the old month to go")
        await until(lambda: bool(_logged(timers, "months.kept")), "the reason why the other stays")
        there = await names(months)
        events = await database.rows("SELECT count(*) AS n FROM event WHERE type LIKE '%pqrs.received%'")

    assert len({mail.recipient for mail in house.smtp.mails}) == len(house.smtp.mails) == MAILS
    assert f"{THREE_AGO:%Y_%m}" not in there
    assert {f"{FOUR_AGO:%Y_%m}", f"{months_after(THIS, 3):%Y_%m}"} <= set(there)
    assert [line["messages"] for line in _logged(timers, "months.kept")] == [1]
    assert events[0]["n"] == MAILS + 1


async def _store(database: Database, month: datetime, **fields: object) -> None:
    of: StoredEvent = stored(event(time=month + timedelta(days=3)), planned=True)
    about: Message = message(of, **fields)
    async with PostgresIntake(database).transaction() as transaction:
        await transaction.add_events([of])
        await transaction.add_messages([about])


def _logged(hub: HubProcess, name: str) -> list[dict[str, object]]:
    return [line for line in hub.lines() if line["event"] == name]
