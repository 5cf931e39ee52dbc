"""One house and one hub for all tests of a file, and the state that each test must leave behind."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import aiohttp

from tests.acceptance.conftest import House, opened_house
from tests.acceptance.harness import HubProcess, Publisher, event, hub_process, publisher, until
from tests.providers.smtp_conversation import Mail
from tests.servers import Servers

PERSONAL = frozenset(
    {"name", "names", "email", "phone", "value", "summary", "subject", "actions_taken", "note"}
)
"""Fields of data whose words are a person's, or written to one."""
SHORTEST_SECRET = 4


@dataclass(kw_only=True)
class Lasting:
    """A hub that runs, with its publisher and the reader of its events."""

    house: House
    hub: HubProcess
    publisher: Publisher
    api: aiohttp.ClientSession
    notices: list[dict[str, Any]] = field(default_factory=list)
    unreached: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    async def publish(self, name: str, data: Mapping[str, Any], **attributes: Any) -> str:
        self.secrets |= set(personal_words(data))
        return await self.publisher.publish(name, data, **attributes)

    async def publish_raw(
        self,
        body: bytes,
        key: str,
        content_type: str = "application/cloudevents+json",
        headers: Mapping[str, Any] | None = None,
    ) -> None:
        await self.publisher.publish_bytes(body, key, content_type, headers)

    async def ask(self, path: str) -> dict[str, Any]:
        """Ask the hub's API."""
        async with self.api.get(path) as response:
            assert response.status == 200, path
            answer: dict[str, Any] = await response.json()
            return answer

    async def messages_of(self, event_id: str) -> list[dict[str, Any]]:
        """Its messages, as rows of the list."""
        items: list[dict[str, Any]] = (await self.ask(f"/api/messages?event_id={event_id}"))["items"]
        return items

    async def message(self, event_id: str, channel: str, state: str) -> dict[str, Any]:
        """Its message on that channel, whole, once it has come to that state."""
        found: list[dict[str, Any]] = []

        async def there() -> bool:
            rows = await self.messages_of(event_id)
            found[:] = [row for row in rows if (row["channel"], row["state"]) == (channel, state)]
            return bool(found)

        await until(there, f"{channel} to be {state}")
        return await self.ask(f"/api/messages/{found[0]['id']}")

    async def refused(self, key: str) -> dict[str, Any]:
        """The dead letter of the event under that routing key, once publishers were notified of it."""
        await until(lambda: bool(self.notices_of(key)), f"event.rejected of {key}")
        return await self.ask(f"/api/dead/{self.notices_of(key)[0]['data']['dead_letter_id']}")

    def notices_of(self, key: str) -> list[dict[str, Any]]:
        return [notice for notice in self.notices if notice["data"]["routing_key"] == key]

    def mails(self, address: str) -> list[Mail]:
        return [mail for mail in self.house.smtp.mails if mail.recipient == address]

    async def mail(self, address: str) -> Mail:
        await until(lambda: bool(self.mails(address)), "the mail")
        return self.mails(address)[0]

    def leaks(self) -> list[str]:
        """Words of people, and words written to them, that stand in the hub's log."""
        log = self.hub.log.read_text()
        return sorted(word for word in self.secrets if word in log or json.dumps(word)[1:-1] in log)


@asynccontextmanager
async def discreet(running: Lasting) -> AsyncIterator[Lasting]:
    """For one test: at its end the log has nobody's name, address or text, and no provider complains."""
    running.secrets.clear()
    yield running

    assert [] == running.leaks()
    assert [] == running.house.violations


def personal_words(value: Any, key: str = "") -> Iterator[str]:
    """Find every text in data that must never be in a log."""
    if isinstance(value, Mapping):
        for inner, item in value.items():
            yield from personal_words(item, inner)
    elif isinstance(value, list):
        for item in value:
            yield from personal_words(item, key)
    elif isinstance(value, str) and key in PERSONAL and len(value) >= SHORTEST_SECRET:
        yield value


def reply(who: str, **changes: Any) -> dict[str, Any]:
    """The data of a `pqrs.replied` that makes one mail, to `who@example.co`, of a case of its own."""
    return {
        "pqrs_id": f"pqrs-{who}",
        "radicado": f"PQ-{who}",
        "summary": f"Revisamos lo suyo, {who}.",
        "agent_id": "agente-1",
        "petitioner": {"name": f"Vecina {who.capitalize()}", "email": f"{who}@example.co"},
        **changes,
    }


def envelope(name: str, data: Mapping[str, Any], **attributes: Any) -> bytes:
    return json.dumps(event(name, data, **attributes)).encode()


@asynccontextmanager
async def lasting(
    servers: Servers,
    folder: Path,
    *,
    policy: str = "",
    templates: Path | None = None,
    prepared: Callable[[House], None] = lambda _house: None,
    started: Callable[[], None] | None = None,
) -> AsyncIterator[Lasting]:
    """
    Furnish a house, run a hub in it that logs all it can, and receive its events for publishers.

    `prepared` changes the house, `started`, a function of a module, the new process.
    """
    async with (
        servers.declared_vhost(has_entrance=False) as amqp_url,
        servers.redis_database() as redis_url,
        servers.database() as database_url,
        opened_house(
            House(amqp_url=amqp_url, redis_url=redis_url, database_url=database_url, folder=folder)
        ) as house,
    ):
        house.policy(policy)
        house.settings["HUB_LOG_LEVEL"] = "debug"
        if templates is not None:
            house.settings["HUB_TEMPLATES"] = str(templates)
        prepared(house)
        begun = house.hub()
        begun.prepare = started
        async with (
            hub_process(begun) as hub,
            publisher(amqp_url) as publishing,
            aiohttp.ClientSession(await address_of(hub)) as api,
        ):
            built = Lasting(house=house, hub=hub, publisher=publishing, api=api)
            await _listen(built)
            yield built


async def address_of(hub: HubProcess) -> str:
    found: list[str] = []

    def listening() -> bool:
        found[:] = [line["url"] for line in hub.lines() if line["event"] == "http.listening"]
        return bool(found)

    await until(listening, "the hub to listen")
    return found[0]


async def _listen(home: Lasting) -> None:
    """Subscribe to the hub's own events, as any system may."""
    channel = home.publisher.channel

    async def declared() -> bool:
        try:
            async with await aio_pika.connect(home.house.amqp_url) as connection:
                await (await connection.channel()).get_exchange("hub.events.out")
        except aio_pika.exceptions.ChannelNotFoundEntity:
            return False
        return True

    await until(declared, "hub.events.out")
    queue = await channel.declare_queue(f"test-{uuid4()}", exclusive=True)
    await queue.bind("hub.events.out", "#")

    async def keep(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        received = home.notices if message.routing_key == "event.rejected" else home.unreached
        received.append(json.loads(message.body))

    await queue.consume(keep, no_ack=True)


async def burst(home: Lasting, bodies: Mapping[str, tuple[bytes, str]]) -> None:
    """Publish all at once; name → (body, routing key)."""
    await asyncio.gather(*(home.publish_raw(body, key) for body, key in bodies.values()))
