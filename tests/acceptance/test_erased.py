"""A person is erased by command under a hub that works: nothing is left where anything is stored."""

import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aio_pika
from redis.asyncio import Redis

from hub.channels.registry import QUEUES
from hub.consumers.topology import events_queue, messages_queue
from hub.model import Lane, Message, State, StoredEvent
from hub.model.months import month_of, months_after
from hub.storage import Database, PostgresIntake
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import HubProcess, Publisher, hub_process, publisher, until
from tests.acceptance.publisher_queue import reply
from tests.contract.values import event, message, stored
from tests.integration.divided import divide, names
from tests.integration.test_erasures import places_with

REF: Final = "p-77"
MAIL: Final = "zenaida.quimbaya@example.co"
WORDS: Final = ("Zenaida Quimbayaxyz", MAIL, "gotera-del-canario", "difunto-del-canario")
_LISTS: Final = {"list": ("LRANGE", 0, -1), "zset": ("ZRANGE", 0, -1), "stream": ("XRANGE", "-", "+")}
_WHOLE: Final = {"string": "GET", "hash": "HGETALL", "set": "SMEMBERS"}


async def she_comes(publishing: Publisher) -> None:
    points = [{"id": "correo", "kind": "email", "value": MAIL}]
    data = {"person_id": REF, "version": 1, "names": WORDS[0], "contact_points": points}
    await publishing.publish("directory.person.upserted", data)


async def in_redis(url: str) -> str:
    """Return all keys and values."""
    async with Redis.from_url(url, decode_responses=True, encoding_errors="replace") as redis:
        found: list[Any] = []
        async for key in redis.scan_iter():
            kind = str(await redis.type(key))
            command, *rest = _LISTS[kind] if kind in _LISTS else (_WHOLE[kind],)
            found += [key, await redis.execute_command(command, key, *rest)]  # type: ignore[no-untyped-call]
    return json.dumps(found, default=repr, ensure_ascii=False)


async def in_queues(url: str) -> list[bytes]:
    """Return the bodies left in the hub's queues; its dead letters are rows of the database."""
    names = [*map(events_queue, Lane), *(messages_queue(*of) for of in QUEUES)]
    found = []
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for name in names:
            queue = await channel.get_queue(name)
            while (message := await queue.get(fail=False)) is not None:
                found.append(message.body)
    return found


async def test_erased_person_is_in_no_database_no_redis_and_no_queue(house: House) -> None:
    async with Database(house.database_url) as database, house.running() as publishing:

        async def seen() -> set[tuple[str, str]]:
            return {place async for place in places_with(database, WORDS)}

        await directory.publish_all(publishing)
        await she_comes(publishing)
        await until(lambda: _stored(database), "the person")
        words = {"summary": f"Revisamos la {WORDS[2]}.", "petitioner": {"ref": REF}}
        await publishing.publish("pqrs.replied", reply("zenaida", **words))
        await publishing.publish("pqrs.received", {"petitioner": {"ref": REF}, "subject": WORDS[3]})
        await until(lambda: any(mail.recipient == MAIL for mail in house.smtp.mails), "her mail")
        await until(lambda: _is_dead(database), "the dead letter")
        before = await seen()
        await house.command("people", "preferences", REF, "--set", "quiet=21:00-07:00")
        report = json.loads(
            await house.command("person", "erase", REF, "--reason", "reclamo 14", "--yes", "--json")
        )

        async def is_gone() -> bool:
            return not await seen()

        await until(is_gone, "the last word of hers to go", patience=90)
        wishes = await database.rows("SELECT FROM preference WHERE person = $1", REF)
        kept = await in_redis(house.redis_url)

    assert {("event", "data"), ("message", "address"), ("dead_letter", "body")} <= before
    assert REF == report["person"]
    assert [] == wishes
    assert not any(word.lower() in kept.lower() for word in WORDS)
    assert [] == await in_queues(house.amqp_url)
    assert not any(word in (house.folder / "hub.log").read_text() for word in WORDS)


async def _stored(database: Database) -> bool:
    return bool(await database.rows("SELECT FROM person WHERE id = $1", REF))


async def _is_dead(database: Database) -> bool:
    return bool(await database.rows("SELECT FROM dead_letter"))


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
