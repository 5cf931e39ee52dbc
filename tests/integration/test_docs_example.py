"""The program of the README publishes an event that the hub takes in."""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import aio_pika

from hub.cloudevents import decode
from hub.cloudevents.schemas import Schemas
from hub.consumers import topology
from hub.local.server import plain_environment

README = Path(__file__).parents[2] / "README.md"


async def test_the_program_of_the_readme_publishes_an_event_that_is_taken_in(amqp_url: str) -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), flags=re.MULTILINE | re.DOTALL)
    async with await aio_pika.connect(amqp_url, timeout=10) as connection:
        channel = await connection.channel()
        await topology.declare(channel)
        await run(program, {"HUB_AMQP_URL": amqp_url})
        queue = await channel.get_queue("hub.events.normal", ensure=False)
        message = await queue.get(timeout=10)
        await message.ack()

    event = decode(message.body, message.content_type, message.headers)
    Schemas.load().check(event, now=datetime.now(UTC))
    assert event.name == "pqrs.replied"


async def run(program: str, environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), env=plain_environment(**environment), stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, complaint.decode()
