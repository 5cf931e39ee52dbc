"""A publisher hears what became of its messages, from outside; another publisher hears nothing of them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aio_pika
import pytest
import pytest_asyncio

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import event, until
from tests.acceptance.publisher_queue import Lasting, lasting, reply
from tests.integration.test_check import free_port
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXAMPLES = Path(__file__).parents[2] / "examples"
OURS, THEIRS, HOOKED = "urn:test:publisher", "urn:test:another", "urn:test:hooked"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    def prepared(house: House) -> None:
        house.settings["HUB_SECRET"] = "x" * 40
        house.settings["HUB_WEBHOOK_NETWORKS"] = "127.0.0.1"

    async with lasting(servers, tmp_path_factory.mktemp("results"), prepared=prepared) as built:
        yield built


async def ask_for(home: Lasting, source: str, **fields: Any) -> None:
    async with home.api.post("/api/results", json={"source": source, **fields}) as answer:
        assert answer.status == 200, await answer.text()


@asynccontextmanager
async def printing(program: str, *arguments: str, **environment: str) -> AsyncIterator[list[dict[str, Any]]]:
    """Run a program of the examples; yields its lines."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLES / program), *arguments, env=environment, stdout=asyncio.subprocess.PIPE
    )
    heard: list[dict[str, Any]] = []

    async def read() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            heard.append(json.loads(line))  # noqa: PERF401 - a waiting test must see each at once

    reading = asyncio.create_task(read())
    try:
        yield heard
    finally:
        process.kill()
        await process.wait()
        await reading


@asynccontextmanager
async def hearing(home: Lasting, source: str) -> AsyncIterator[list[dict[str, Any]]]:
    """Listen with the example's program for this source."""
    name = source.rpartition(":")[2]
    async with printing("hear_results.py", source, name, HUB_AMQP_URL=home.house.amqp_url) as heard:
        await _bound(home, name)
        yield heard


async def _bound(home: Lasting, name: str) -> None:
    async with await aio_pika.connect(home.house.amqp_url) as connection:

        async def bound() -> bool:
            channel = await connection.channel()
            try:
                queue = await channel.get_queue(name)
            except aio_pika.exceptions.ChannelNotFoundEntity:
                return False
            return bool(queue.declaration_result.consumer_count)

        await until(bound, "the program to listen")


async def test_a_publisher_hears_that_its_mail_was_sent_and_another_does_not(home: Lasting) -> None:
    await ask_for(home, OURS)
    await ask_for(home, THEIRS)
    async with hearing(home, OURS) as ours, hearing(home, THEIRS) as theirs:
        published = await home.publish("pqrs.replied", reply("rosa"), source=OURS)
        await home.publish("pqrs.replied", reply("luis"), source="urn:test:third")
        await home.mail("rosa@example.co")
        await home.mail("luis@example.co")
        await until(lambda: bool(ours), "notification.sent")
        last = await home.publish("pqrs.replied", reply("ines"), source=THEIRS)
        await until(lambda: bool(theirs), "the other's own")

    [told] = ours
    assert "co.coproservicios.notification.sent.v1" == told["type"]
    assert (published, OURS, "email", "sent", None) == tuple(
        told[name] for name in ("event_id", "event_source", "channel", "state", "reason")
    )
    assert [last] == [event["event_id"] for event in theirs]
    assert "rosa" not in json.dumps(told).lower()


async def test_who_got_nothing_is_told_with_the_reason(home: Lasting) -> None:
    await ask_for(home, OURS, kinds=["failed", "undelivered"])
    async with hearing(home, OURS) as heard:
        data = reply("nadie", petitioner={"name": "Nadie", "email": "nadie@@example"})
        published = await home.publish("pqrs.replied", data, source=OURS)
        await home.publish("pqrs.replied", {"pqrs_id": "sin-datos"}, source=OURS)
        await until(lambda: len(heard) == 4, "what was lost, what was refused, and the address that is none")

    names = sorted(told["type"].removeprefix("co.coproservicios.") for told in heard)
    assert [
        "event.rejected.v1",
        "hub.event.unreached.v1",
        "notification.failed.v1",
        "notification.undelivered.v1",
    ] == names
    lost = [told for told in heard if told["type"].endswith("undelivered.v1")]
    assert [(published, "suppressed", True)] == [
        (told["event_id"], told["state"], told["final"]) for told in lost
    ]


async def test_a_publisher_without_rabbitmq_hears_the_same_by_webhook(home: Lasting) -> None:
    port = free_port()
    async with home.api.post(
        "/api/webhooks", json={"source": HOOKED, "url": f"http://127.0.0.1:{port}/hub"}
    ) as answer:
        made = await answer.json()
    # It was published before the receiver runs: it is tried again.
    published = await home.publish("pqrs.replied", reply("olga"), source=HOOKED)
    await home.publish("pqrs.replied", reply("raul"), source="urn:test:third")
    await home.mail("olga@example.co")
    old = event("pqrs.received", directory.pqrs(1), source=HOOKED, time="2001-03-05T10:00:00-05:00")
    async with home.api.post("/api/events", json=old) as answer:
        assert answer.status == 202, await answer.text()
    async with printing("receive_webhook.py", str(port), WEBHOOK_SECRET=made["secret"]) as heard:
        await until(
            lambda: (
                any("reasons" in one for one in heard) and published in {one["event_id"] for one in heard}
            ),
            "notification.sent and the old event by webhook",
            patience=30,
        )
    by_queue = [told["data"] for told in home.unreached if told["data"]["event_id"] == old["id"]]

    [told] = [one for one in heard if one["event_id"] == published]
    [too_late] = [one for one in heard if "reasons" in one]
    assert (published, HOOKED, "sent") == (told["event_id"], told["event_source"], told["state"])
    assert [True, True] == ["stale" in one["reasons"] for one in (too_late, *by_queue)]
    assert made["secret"] not in home.hub.log.read_text()
