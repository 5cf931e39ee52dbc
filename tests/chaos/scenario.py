"""
Records what a chaos test does to a hub, so that the judge can compute the expected messages.

Events are published until the broker confirms them. A queue of the test listens on `domain.events`
to record the hub's own events. At the end everything must have settled: in the hub's API every
message has ended or waits for an instant, its queues are empty, also of unacknowledged deliveries,
and nobody was left out.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aio_pika
import aiohttp
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from hub.consumers import topology
from hub.local.loopback import ADDRESS, free_port
from tests.acceptance.conftest import House
from tests.acceptance.harness import HubProcess, event, hub_process, publisher
from tests.chaos.expected_recipients import name
from tests.chaos.judge import Judgement, judge_files
from tests.providers.journal import Journal
from tests.servers import Servers

LEASE: Final = 5.0
"""Seconds, as in QUICK: a killed hub has held no answer for longer than that."""
NAMES_WRITTEN: Final = "dets:sync(maps:get(directory_rev, maps:get(names, ra_system:fetch(quorum_queues))))."
"""
RabbitMQ writes the names of new quorum queues within half a second. A broker that is killed before takes the
queue for a new one when it comes back, which never has a leader, and confirms nothing that is routed to it.
"""
QUICK: Final = """
[delivery]
provider_timeout = "3s"
lease_margin = "2s"
sweep_after = "2s"

[breaker]
open_for = "300ms"
max_open_for = "1s"

[monitor]              # what the hub reports of itself is not judged
interval = "1h"
clear_after = "1h"
heartbeat_max_age = "1h"
max_clock_skew = "1h"

[retry]
default = { base = "300ms", cap = "2s", jitter = 0.2, tries = 1000 }
email = { base = "300ms", cap = "2s", tries = 1000 }
sms = { base = "300ms", cap = "2s", tries = 1000 }
"""
LISTENER: Final = "test.listener"
FIRST_TEXT: Final = 500_000
"""Number of the case of the first text message."""
AT_ONCE: Final = 50
"""Events published before waiting for their confirms."""
UNFINISHED: Final = ("queued", "sending")
WAITING: Final = ("held", "retrying")

_AWAY: Final = (*CONNECTION_EXCEPTIONS, aio_pika.exceptions.AMQPError, TimeoutError)


@dataclass(kw_only=True)
class Scenario:
    """A house with deliberate faults."""

    house: House

    @property
    def published(self) -> Path:
        return self.house.folder / "published.jsonl"

    @property
    def faults(self) -> Path:
        return self.house.folder / "faults.jsonl"

    @property
    def providers(self) -> list[Path]:
        return [self.house.folder / f"{kind}.jsonl" for kind in ("smtp", "twilio", "fcm")]

    async def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Publish each event until it is confirmed; an event with a lost confirm is published again."""
        _append(self.published, *events)
        left = list(events)
        while left:
            try:
                async with publisher(self.house.amqp_url) as publishing:
                    while left:
                        await asyncio.gather(
                            *(publishing.publish_bytes(_body(event), name(event)) for event in left[:AT_ONCE])
                        )
                        del left[:AT_ONCE]
            except _AWAY:
                await asyncio.sleep(0.2)  # the broker is down on purpose, and comes back

    @contextmanager
    def fault(self, what: str) -> Iterator[None]:
        """Record a fault for the block: a provider's answer may be lost in it."""
        since = time.time()
        try:
            yield
        finally:
            _append(self.faults, {"what": what, "since": since, "until": time.time()})

    @asynccontextmanager
    async def hub(self, *roles: str) -> AsyncIterator[HubProcess]:
        async with hub_process(self.house.hub(*roles)) as running:
            yield running

    @asynccontextmanager
    async def hubs(self, *roles: str) -> AsyncIterator[dict[str, HubProcess]]:
        """Run a process for each role."""
        async with AsyncExitStack() as stack:
            yield {role: await stack.enter_async_context(self.hub(role)) for role in roles}

    async def ask(self, path: str) -> dict[str, Any]:
        """Ask the hub's API."""
        async with (
            aiohttp.ClientSession(f"http://{self.house.settings['HUB_HTTP']}") as session,
            session.get(path) as answer,
        ):
            assert answer.status == 200, path
            body: dict[str, Any] = await answer.json()
            return body

    async def rows(self, state: str) -> list[dict[str, Any]]:
        """Return all messages in that state."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = await self.ask(f"/api/messages?state={state}&limit=500{after}")
            found += page["items"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    async def settles(self, *, patience: float = 90.0) -> None:
        """Wait until no work is left; fail with a list of the rest."""
        deadline = time.monotonic() + patience
        while unsettled := await self._unsettled():
            assert time.monotonic() < deadline, unsettled[:10]
            await asyncio.sleep(0.3)

    async def verdict(self) -> Judgement:
        """Return the judgement, once the broker has no messages of the hub left."""
        assert {} == await self.queued()
        await self._listen()
        return self._judge()

    async def queued(self) -> dict[str, int]:
        """Count messages in the hub's queues; without a running hub this includes unacknowledged ones."""
        async with await aio_pika.connect(self.house.amqp_url) as connection:
            channel = await connection.channel()
            queues = [await channel.declare_queue(queue_name, passive=True) for queue_name in topology.QUEUES]
        depths = {queue.name: queue.declaration_result.message_count or 0 for queue in queues}
        return {queue: depth for queue, depth in depths.items() if depth}

    async def dead(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.ask("/api/dead?state=open&limit=500"))["items"]
        return items

    async def prepare(self) -> None:
        """Declare exchanges and queues, so that events can be published before a hub runs."""
        async with await aio_pika.connect(self.house.amqp_url) as connection:
            channel = await connection.channel()
            await topology.declare(channel)
            queue = await channel.declare_queue(LISTENER, durable=True, arguments={"x-queue-type": "quorum"})
            await queue.bind(topology.DOMAIN_EVENTS, "#")

    async def _unsettled(self) -> list[str]:
        try:
            await self._listen()
            depths = await self.queued()
            unfinished = await self._unfinished()
        except (aiohttp.ClientError, *_AWAY) as exc:
            return [f"away: {type(exc).__name__}"]
        return [*(f"{queue}: {depth}" for queue, depth in depths.items()), *unfinished, *self._judge().lost]

    async def _unfinished(self) -> list[str]:
        now = datetime.now(UTC).isoformat()
        # Waiting messages are read before and after: a retry that falls due in between is in neither list
        # alone.
        waiting = [row for state in WAITING for row in await self.rows(state)]
        rows = [row for state in UNFINISHED for row in await self.rows(state)]
        waiting += [row for state in WAITING for row in await self.rows(state)]
        overdue = [row for row in waiting if row["next_at"] is None or row["next_at"] <= now]
        retried = [row for row in waiting if row["state"] == "retrying" and row not in overdue]
        return [f"{row['id']} is {row['state']}" for row in (*rows, *overdue, *retried)]

    async def _listen(self) -> None:
        """Record the events published since the last call, including the hub's own."""
        async with await aio_pika.connect(self.house.amqp_url) as connection:
            channel = await connection.channel()
            queue = await channel.get_queue(LISTENER)
            message_count = queue.declaration_result.message_count or 0
            events = [await queue.get(no_ack=True) for _ in range(message_count)]
        # A canary has no body.
        _append(self.published, *(json.loads(event.body) for event in events if event.body))

    def _judge(self) -> Judgement:
        return judge_files(self.published, self.providers, self.faults, grace=LEASE)


async def make_scenario(house: House, policy: str = QUICK) -> Scenario:
    """Make a scenario: providers with journals, a hub with short leases and a fixed API port."""
    house.policy(policy)
    house.settings["HUB_HTTP"] = f"{ADDRESS}:{free_port()}"
    made = Scenario(house=house)
    smtp, twilio, fcm = (Journal(path) for path in made.providers)
    house.smtp.notes.journal, house.twilio.journal, house.fcm.journal = smtp, twilio, fcm
    await made.prepare()
    return made


async def make_breakable(house: House, servers: Servers, policy: str = QUICK) -> Scenario:
    """Make a scenario whose servers may be stopped: its broker knows its queues as after a while."""
    made = await make_scenario(house, policy)
    await servers.rabbitmq.evaluate(NAMES_WRITTEN)
    return made


def replied(number: int, **petitioner: str) -> dict[str, Any]:
    """Make an event that makes one message: by default a mail to a new person."""
    contact = petitioner or {"email": f"pedro{number}@example.co"}
    return event(
        "pqrs.replied",
        {
            "pqrs_id": f"pqrs-{number}",
            "radicado": f"PQ-2026-{number:06}",
            "summary": "Ya revisamos su caso.",
            "agent_id": "agente-1",
            "petitioner": {"name": "Pedro Gómez", **contact},
        },
    )


def texted(number: int) -> dict[str, Any]:
    """Make an event that makes one text message, in a case that no mail uses."""
    return replied(FIRST_TEXT + number, phone=f"300{number:07}")


def _body(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event).encode()


def _append(path: Path, *lines: Mapping[str, Any]) -> None:
    with path.open("a") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in lines)
