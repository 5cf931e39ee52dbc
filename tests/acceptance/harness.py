"""The hub from outside: a process that is started, used over RabbitMQ, and killed."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika

from tests.acceptance.forked import Forked
from tests.command_line import command

PATIENCE = 30.0
"""Seconds until a test fails because the awaited change does not come."""


MOST_PAUSE = 0.25
"""Seconds between two looks that take less than that."""


@dataclass(kw_only=True)
class HubProcess:
    """`hub run`, as an operator would start it."""

    environment: Mapping[str, str]
    roles: tuple[str, ...] = ()
    log: Path
    prepare: Callable[[], None] | None = None
    """Changes the new process before it becomes a hub; a function of a module."""
    process: asyncio.subprocess.Process | Forked | None = None

    async def start(self) -> None:
        environment = {**_plain_environment(), **self.environment}
        self.log.touch()  # it may be read before the new process has come to write it
        if "LD_PRELOAD" in environment:
            await self._start_anew(environment)
        else:
            self.process = Forked(environment, ("run", *self.roles), self.log, self.prepare)
            await self.process.start()

    async def _start_anew(self, environment: Mapping[str, str]) -> None:
        """Start an interpreter of its own: preloaded libraries count from its beginning."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "hub",
                "run",
                *self.roles,
                env=environment,
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
            )

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is logged."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), PATIENCE)
        except TimeoutError:
            await self.kill()
            raise

    def lines(self) -> list[dict[str, Any]]:
        """The lines that it logged so far; the last one may still be on its way."""
        whole = [line for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return [json.loads(line) for line in whole if line.startswith("{")]


def _plain_environment() -> dict[str, str]:
    """Our own environment, without settings of a hub that the tester may have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "HUB_LOG": "json", "HUB_HTTP": "127.0.0.1:0"}


@asynccontextmanager
async def hub_process(hub: HubProcess) -> AsyncIterator[HubProcess]:
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


@dataclass(kw_only=True)
class Publisher:
    """A publisher with nothing of the hub in it: plain aio-pika."""

    channel: aio_pika.abc.AbstractChannel
    exchange: aio_pika.abc.AbstractExchange
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def publish(self, name: str, data: Mapping[str, Any], **attributes: Any) -> str:
        """Publish an event and wait for the broker's confirm; answer its id."""
        envelope = event(name, data, **attributes)
        await self.publish_bytes(json.dumps(envelope).encode(), name)
        self.sent.append(envelope)
        return str(envelope["id"])

    async def publish_bytes(
        self,
        body: bytes,
        key: str,
        content_type: str = "application/cloudevents+json",
        headers: Mapping[str, Any] | None = None,
    ) -> None:
        message = aio_pika.Message(
            body,
            content_type=content_type,
            headers=dict(headers or {}),
            delivery_mode=2,
            message_id=uuid4().hex,
        )

        async def routed() -> bool:
            try:
                await self.exchange.publish(message, key, mandatory=True)
            except aio_pika.exceptions.PublishError:
                return False  # no hub has bound its queues yet: published events go nowhere
            return True

        await until(routed, "domain.events to be bound")


def event(name: str, data: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """Make a structured CloudEvent."""
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "urn:test:publisher",
        "type": f"co.coproservicios.{name}.v1",
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
        **attributes,
    }


@asynccontextmanager
async def publisher(url: str) -> AsyncIterator[Publisher]:
    """Connect as a publisher does; the exchange is declared as the contract says."""
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.declare_exchange("domain.events", "topic", durable=True)
        yield Publisher(channel=channel, exchange=exchange)


async def until(
    condition: Callable[[], Awaitable[bool] | bool], what: str, *, patience: float = PATIENCE
) -> None:
    """Wait until the condition holds; fail with its name."""
    deadline = time.monotonic() + patience
    while True:
        began = time.monotonic()
        answer = condition()
        if await answer if isinstance(answer, Awaitable) else answer:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s for {what}")
        took = time.monotonic() - began
        # The work that it waits for has at least half of the time for itself, and mostly four fifths.
        await asyncio.sleep(max(0.02, took, min(4 * took, MOST_PAUSE)))


async def hub_command(environment: Mapping[str, str], *arguments: str) -> str:
    """Run `hub …` to its end and return its output."""
    done = await asyncio.wait_for(command({**_plain_environment(), **environment}, *arguments), PATIENCE)
    assert done.code == 0, done.err
    return done.out


def fewest(sequence: Sequence[Any], number: int) -> Callable[[], bool]:
    """Make the condition that a growing list has that many items."""
    return lambda: len(sequence) >= number
