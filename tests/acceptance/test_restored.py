"""A restored back-up from outside: it starts paused, takes events in, and sends nothing twice unasked."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
import pytest

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until
from tests.acceptance.working_hours import at_work
from tests.servers import OWNER, Servers, as_user

POLICY: Final = f"""
{at_work()}
[clocks.first_reply]
target = "6s"
any_hour = true
ladder = ["6s", "20m", "20m", "20m"]
"""
HELD: Final = {("held", "paused")}
OVERDUE: Final = """
SELECT count(*) > 0 FROM clock WHERE name = 'first_reply' AND next_at < now() - interval '3 seconds'
"""
FIRED: Final = "SELECT count(*) FROM event WHERE type LIKE '%.sla.%' OR type LIKE '%.pqrs.escalated.%'"


def receipts(house: House, number: int) -> int:
    """Count the receipts that the petitioner of this case has got; of an escalation they hear as well."""
    theirs = [mail for mail in house.smtp.mails if mail.recipient == f"pedro{number}@example.co"]
    return sum("Recibimos su" in str(mail.message["subject"]) for mail in theirs)


def warnings(house: House) -> int:
    return Counter(mail.recipient for mail in house.smtp.mails)["nivel1@example.co"]


def as_owner(house: House) -> House:
    """Say who owns the tables: a back-up and a restore are the owner's."""
    url = as_user(house.database_url, OWNER)
    return replace(house, settings={**house.settings, "HUB_DATABASE_OWNER_URL": url})


async def ask(house: House, question: str) -> Any:
    connection = await asyncpg.connect(house.database_url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def state_of(house: House, event_id: str) -> set[tuple[str, str]]:
    listed = json.loads(await house.command("deliveries", "--json", "--event-id", event_id))["items"]
    return {(row["state"], row["reason"] or "") for row in listed if row["channel"] == "email"}


async def held(house: House, publisher: Publisher) -> tuple[int, str]:
    """Publish until a petition's mail waits: a pause is known to every process within a second."""
    for number in range(100, 200):
        event_id = await publisher.publish("pqrs.received", directory.pqrs(number))
        await house.settled(event_id)
        if await state_of(house, event_id) == HELD:
            return number, event_id
    raise AssertionError("the pause holds nothing")


async def lives_through(house: House, copy: Path) -> tuple[int, str]:
    """Have traffic, a copy while a message waits, and more traffic; return its person and event."""
    async with house.running() as publisher:
        await directory.publish_all(publisher)
        await house.settled(await publisher.publish("pqrs.received", directory.pqrs(1)))
        await house.command("pause", "email")
        number, waiting = await held(house, publisher)
        await as_owner(house).command("db", "backup", str(copy))
        await house.command("resume", "email")
        await publisher.publish("pqrs.received", directory.pqrs(3))
        await until(lambda: receipts(house, number) == receipts(house, 3) == 1, "what came after the copy")
        await until(lambda: warnings(house) > 0, "the first steps of clocks")
    return number, waiting


@pytest.mark.timeout(150)
@pytest.mark.parametrize("cancels", [True, False], ids=["older cancelled", "all of it"])
async def test_restored_hub_starts_paused_and_sends_what_is_due_once_after_the_resume(
    house: House, servers: Servers, tmp_path: Path, *, cancels: bool
) -> None:
    house.policy(POLICY)
    copy = tmp_path / "hub.dump"
    number, waiting = await lives_through(house, copy)
    before, told = len(house.smtp.mails), warnings(house)
    async with AsyncExitStack() as stack:
        http = f"127.0.0.1:{free_port()}"
        new = replace(
            house,
            amqp_url=await stack.enter_async_context(servers.vhost()),
            redis_url=await stack.enter_async_context(servers.redis_database()),
            database_url=await stack.enter_async_context(servers.empty_database()),
            settings={**house.settings, "HUB_HTTP": http},
        )
        said = await as_owner(new).command("db", "restore", str(copy))
        fired = await ask(new, FIRED)
        async with new.running() as publisher:
            came = await publisher.publish("pqrs.received", directory.pqrs(4))
            await new.settled(came)
            await until(lambda: ask(new, OVERDUE), "a step of a clock to be overdue")
            stood = fired == await ask(new, FIRED)
            health = await read(http)
            asleep = (len(house.smtp.mails) - before, await state_of(new, came))
            listed = json.loads(await new.command("channel", "list", "--json"))["items"]
            seen = json.loads(await new.command("resume", "all", "--dry-run", "--json"))["items"]
            await new.command("resume", "email")
            resumed = await new.command("resume", "all", *(["--cancel-older"] if cancels else []))
            await until(lambda: receipts(house, 4) == 1, "what came after the restore")
            await until(lambda: warnings(house) > told, "the step that stood")
            await new.settled(waiting)
            after = await state_of(new, waiting)

    assert "paused" in said
    assert (0, HELD) == asleep
    assert stood, "the timers have fired while everything was paused"
    assert health["paused"] is True
    reasons = [row["paused"]["reason"] for row in listed if row["name"] != "email"]
    assert reasons
    assert all("restaurado de la copia del" in reason for reason in reasons)
    assert sum(row["before"] for row in seen) >= 1
    assert ("done" if cancels else "all resumes") in resumed
    # The first hub had sent it after the copy: only an operator's command sends it again.
    assert (1 if cancels else 2) == receipts(house, number)
    assert ({("cancelled", "restored")} if cancels else {("sent", "")}) == after
    assert 1 == receipts(house, 1)


async def read(http: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(f"http://{http}/health/ready") as answer:
        return await answer.json()
