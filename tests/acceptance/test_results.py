"""A publisher hears what became of its messages, from outside; another publisher hears nothing of them."""

from __future__ import annotations

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

from tests.acceptance.harness import until
from tests.acceptance.publisher_queue import Lasting, lasting, reply
from tests.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAM = Path(__file__).parents[2] / "examples/hear_results.py"
OURS, THEIRS = "urn:test:publisher", "urn:test:another"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with lasting(servers, tmp_path_factory.mktemp("results")) as built:
        yield built


async def ask_for(home: Lasting, source: str, **fields: Any) -> None:
    async with home.api.post("/api/results", json={"source": source, **fields}) as answer:
        assert answer.status == 200, await answer.text()


@asynccontextmanager
async def hearing(home: Lasting, source: str) -> AsyncIterator[list[dict[str, Any]]]:
    """Run the example's program for this source; yields what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAM),
        source,
        source.rpartition(":")[2],
        env={"HUB_AMQP_URL": home.house.amqp_url},
        stdout=asyncio.subprocess.PIPE,
    )
    heard: list[dict[str, Any]] = []

    async def read() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            heard.append(json.loads(line))  # noqa: PERF401 - whoever waits must see each at once

    reading = asyncio.create_task(read())
    async with await aio_pika.connect(home.house.amqp_url) as connection:

        async def bound() -> bool:
            channel = await connection.channel()
            try:
                queue = await channel.get_queue(source.rpartition(":")[2])
            except aio_pika.exceptions.ChannelNotFoundEntity:
                return False
            return bool(queue.declaration_result.consumer_count)

        await until(bound, "the program to listen")
    try:
        yield heard
    finally:
        process.kill()
        await process.wait()
        await reading


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
        await until(lambda: len(heard) == 3, "what was lost, and what was refused")

    names = sorted(told["type"].removeprefix("co.coproservicios.") for told in heard)
    assert ["event.rejected.v1", "notification.failed.v1", "notification.undelivered.v1"] == names
    lost = [told for told in heard if told["type"].endswith("undelivered.v1")]
    assert [(published, "suppressed", True)] == [
        (told["event_id"], told["state"], told["final"]) for told in lost
    ]
