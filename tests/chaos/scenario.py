"""
What a chaos test does to a hub, written down so that the judge can tell afterwards what was owed.

Events are published until the broker has confirmed them; a queue of our own listens on
`domain.events`, so that what the hub itself publishes is known too. At the end everything must
have come to rest: the hub's API shows every message ended or waiting with a time, its queues are
empty, also of what was given out and not acknowledged, and nobody has been forgotten.
"""

from __future__ import annotations

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

LEASE: Final = 5.0
"""Seconds, as QUICK has it: a hub that died has held no answer for longer than that."""
QUICK: Final = """
[delivery]
provider_timeout = "3s"
lease_margin = "2s"
sweep_after = "2s"

[breaker]
open_for = "300ms"
max_open_for = "1s"

[monitor]              # what the hub tells of itself is not what is judged
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
"""Events that are published before their confirms are waited for."""
UNFINISHED: Final = ("queued", "sending")
WAITING: Final = ("held", "retrying")

_AWAY: Final = (*CONNECTION_EXCEPTIONS, aio_pika.exceptions.AMQPError, TimeoutError)


@dataclass(kw_only=True)
class Scenario:
    """A house in which things are broken on purpose."""

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
        """Publish each until it is confirmed; one whose confirm was lost comes again, the same."""
        _append(self.published, *events)
        left = list(events)
        while left:
            try:
                async with publisher(self.house.amqp_url) as publishing:
                    while left:
                        await asyncio.gather(
                            *(publishing.publish_bytes(_body(one), name(one)) for one in left[:AT_ONCE])
                        )
                        del left[:AT_ONCE]
            except _AWAY:
                await asyncio.sleep(0.2)  # the broker is away on purpose, and comes back

    @contextmanager
    def fault(self, what: str) -> Iterator[None]:
        """Break something inside, in which an answer of a provider may be lost."""
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
        """A process for each role."""
        async with AsyncExitStack() as stack:
            yield {role: await stack.enter_async_context(self.hub(role)) for role in roles}

    async def ask(self, path: str) -> dict[str, Any]:
        """Ask the hub's API."""
        async with (
            aiohttp.ClientSession(f"http://{self.house.settings['HUB_HTTP']}") as session,
            session.get(path) as answer,
        ):
            assert answer.status == 200, path
            said: dict[str, Any] = await answer.json()
            return said

    async def rows(self, state: str) -> list[dict[str, Any]]:
        """All messages in that state."""
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            page = await self.ask(f"/api/messages?state={state}&limit=500{after}")
            found += page["items"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    async def comes_to_rest(self, *, patience: float = 90.0) -> None:
        """Wait until there is nothing left to do, and fail with what there is."""
        deadline = time.monotonic() + patience
        while unrest := await self._unrest():
            assert time.monotonic() < deadline, unrest[:10]
            await asyncio.sleep(0.3)

    async def verdict(self) -> Judgement:
        """Say what the judge says, and only once the broker has nothing left that is the hub's."""
        assert {} == await self.queued()
        await self._listen()
        return self._judge()

    async def queued(self) -> dict[str, int]:
        """What stands in the hub's queues; with no hub running that is also what nobody acknowledged."""
        async with await aio_pika.connect(self.house.amqp_url) as connection:
            channel = await connection.channel()
            queues = [await channel.declare_queue(one, passive=True) for one in topology.QUEUES]
        depths = {queue.name: queue.declaration_result.message_count or 0 for queue in queues}
        return {queue: depth for queue, depth in depths.items() if depth}

    async def dead(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.ask("/api/dead?state=open&limit=500"))["items"]
        return items

    async def prepare(self) -> None:
        """Make the places that events go to, so that they may be published before a hub runs."""
        async with await aio_pika.connect(self.house.amqp_url) as connection:
            channel = await connection.channel()
            await topology.declare(channel)
            queue = await channel.declare_queue(LISTENER, durable=True, arguments={"x-queue-type": "quorum"})
            await queue.bind(topology.DOMAIN_EVENTS, "#")

    async def _unrest(self) -> list[str]:
        try:
            await self._listen()
            depths = await self.queued()
            unfinished = await self._unfinished()
        except (aiohttp.ClientError, *_AWAY) as exc:
            return [f"away: {type(exc).__name__}"]
        return [*(f"{queue}: {depth}" for queue, depth in depths.items()), *unfinished, *self._judge().lost]

    async def _unfinished(self) -> list[str]:
        now = datetime.now(UTC).isoformat()
        rows = [row for state in UNFINISHED for row in await self.rows(state)]
        waiting = [row for state in WAITING for row in await self.rows(state)]
        overdue = [row for row in waiting if row["next_at"] is None or row["next_at"] <= now]
        retried = [row for row in waiting if row["state"] == "retrying" and row not in overdue]
        return [f"{row['id']} is {row['state']}" for row in (*rows, *overdue, *retried)]

    async def _listen(self) -> None:
        """Write down what was published since the last look: the hub's own events are among it."""
        async with await aio_pika.connect(self.house.amqp_url) as connection:
            channel = await connection.channel()
            queue = await channel.get_queue(LISTENER)
            heard = queue.declaration_result.message_count or 0
            events = [await queue.get(no_ack=True) for _ in range(heard)]
        _append(self.published, *(json.loads(one.body) for one in events))

    def _judge(self) -> Judgement:
        return judge_files(self.published, self.providers, self.faults, grace=LEASE)


async def ordeal(house: House, policy: str = QUICK) -> Scenario:
    """Give the providers journals, the hub short leases and its API a port that stays."""
    house.policy(policy)
    house.settings["HUB_HTTP"] = f"{ADDRESS}:{free_port()}"
    made = Scenario(house=house)
    smtp, twilio, fcm = (Journal(path) for path in made.providers)
    house.smtp.notes.journal, house.twilio.journal, house.fcm.journal = smtp, twilio, fcm
    await made.prepare()
    return made


def replied(number: int, **petitioner: str) -> dict[str, Any]:
    """One event that makes one message: a mail to somebody of its own, unless told otherwise."""
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
    """One event that makes one text message; its case is not one of the mails'."""
    return replied(FIRST_TEXT + number, phone=f"300{number:07}")


def _body(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event).encode()


def _append(path: Path, *lines: Mapping[str, Any]) -> None:
    with path.open("a") as file:
        file.writelines(f"{json.dumps(line)}\n" for line in lines)
