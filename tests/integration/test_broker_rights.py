"""Users of RabbitMQ who were made by the very commands of `docs/security.md`."""

import asyncio
import json
import re
import shlex
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused

from hub.catalog import CATALOG
from hub.consumers import topology
from hub.consumers.publisher import BrokerPublisher
from hub.local import programs
from hub.model import Lane, own_event
from hub.model.results import user_key
from hub.ports import Ticket
from tests.broker_users import control
from tests.broker_vhosts import delete_vhost
from tests.integration.test_broker_publisher import publishing
from tests.servers import Servers
from tests.unit.factories import MONDAY, arrived, event

SECURITY: Final = Path(__file__).parents[2] / "docs/security.md"
PASSWORD: Final = "of-these-tests"
CRM: Final = "urn:coproservicios:crm"
"""The source that the page's commands name."""


@dataclass(frozen=True, kw_only=True)
class Users:
    """A virtual host, and the URLs of the users whom the page makes there."""

    vhost: str
    server: str

    def url(self, user: str) -> str:
        place = urlsplit(self.server).netloc.rpartition("@")[2]
        return f"amqp://{self.named(user)}:{PASSWORD}@{place}/{self.vhost}"

    def named(self, user: str) -> str:
        """Users are the whole server's: another test may make the same."""
        return f"{user}{self.vhost}"

    def given(self, command: str) -> list[str]:
        """The words of a command of the page, for this virtual host and these users."""
        words = shlex.split(command)
        names = {name: self.named(name) for name in ADDED}
        changed = [names.get(word, word) for word in words]
        if "-p" in changed:
            changed[changed.index("-p") + 1] = self.vhost
        if changed[1] == "add_vhost":
            changed[2] = self.vhost
        if changed[1] == "add_user":
            changed[3] = PASSWORD
        return changed


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", SECURITY.read_text(), flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("rabbitmqctl ")]


ADDED: Final = {command.split()[2] for command in commands() if command.split()[1] == "add_user"}


@pytest.fixture(scope="module")
def users(servers: Servers) -> Iterator[Users]:
    """Made by the page's commands. The first of each name runs, for a second; then its call is enough."""
    broker = servers.rabbitmq
    made = Users(vhost=f"t{uuid4().hex}", server=broker.url)
    program = programs.find(programs.RABBITMQ).with_name("rabbitmqctl")
    run: set[str] = set()
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        for command in commands():
            _, name, *words = made.given(command)
            if name in run:
                runner.run(control(broker, [shlex.join(made.given(command))]))
                continue
            run.add(name)
            done = subprocess.run(
                [program, name, *words],
                env=dict(broker._environment()),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, done.stderr
        yield made
        runner.run(delete_vhost(broker, made.vhost))


@pytest.fixture
async def hub(users: Users) -> AsyncIterator[BrokerPublisher]:
    """The hub's own user, who has declared everything."""
    async with publishing(users.url("hub")) as publisher:
        await publisher.ping()
        yield publisher


@asynccontextmanager
async def channel_of(url: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(url) as connection:
        yield await connection.channel(on_return_raises=True)


async def publish(channel: AbstractChannel, key: str, exchange: str = topology.DOMAIN_EVENTS) -> None:
    place = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
    await place.publish(aio_pika.Message(b"{}", message_id=uuid4().hex), key, mandatory=True)


async def test_the_hubs_user_may_do_all_that_a_hub_does(hub: BrokerPublisher) -> None:
    await hub.event(event("pqrs.received"))
    await hub.tickets([Ticket(channel="sms", lane=Lane.URGENT, ids=(uuid4(),))])
    await hub.move(Lane.BULK, [(event("admin.invoice.issued"), arrived(b"", user="crm"))])
    await hub.renew()

    waiting = await hub.unattended()
    assert {"hub.events.normal", "hub.messages.sms.urgent", "hub.events.bulk"} <= {
        queue for queue, ready in waiting.items() if ready
    }
    assert [] == hub.gaps


async def test_a_publisher_publishes_its_events_and_asks_whether_the_exchange_is_there(
    users: Users, hub: BrokerPublisher
) -> None:
    del hub
    async with channel_of(users.url("crm")) as channel:
        await channel.get_exchange(topology.DOMAIN_EVENTS)
        await publish(channel, "pqrs.received")


Attack = Callable[[AbstractChannel], Awaitable[object]]


async def _delete(channel: AbstractChannel) -> None:
    await channel.exchange_delete(topology.DOMAIN_EVENTS)


async def _declare(channel: AbstractChannel) -> None:
    await channel.declare_exchange(topology.DOMAIN_EVENTS, "topic", durable=True)


async def _declare_queue(channel: AbstractChannel) -> None:
    await channel.declare_queue("crm.anything", exclusive=True)


async def _unbind(channel: AbstractChannel) -> None:
    lanes = await channel.get_exchange(topology.HUB_LANES, ensure=False)
    await lanes.unbind(topology.DOMAIN_EVENTS, "#")


async def _bind_notices_to_events(channel: AbstractChannel) -> None:
    events = await channel.get_exchange(topology.DOMAIN_EVENTS, ensure=False)
    await events.bind(topology.EVENTS_OUT, "event.rejected")


async def _bind_events_to_queue(channel: AbstractChannel) -> None:
    queue = await channel.get_queue(topology.events_queue(Lane.BULK), ensure=False)
    await queue.bind(topology.DOMAIN_EVENTS, "#")


async def _unbind_queue(channel: AbstractChannel) -> None:
    queue = await channel.get_queue(topology.events_queue(Lane.URGENT), ensure=False)
    await queue.unbind(topology.HUB_LANES, "emergency.declared")


async def _read(channel: AbstractChannel) -> None:
    queue = await channel.get_queue(topology.events_queue(Lane.NORMAL), ensure=False)
    await queue.get(fail=False)


async def _purge(channel: AbstractChannel) -> None:
    queue = await channel.get_queue(topology.events_queue(Lane.NORMAL), ensure=False)
    await queue.purge()


async def _delete_queue(channel: AbstractChannel) -> None:
    await channel.queue_delete(topology.events_queue(Lane.BULK))


async def _publish_another_type(channel: AbstractChannel) -> None:
    await publish(channel, "emergency.declared")


async def _publish_ticket(channel: AbstractChannel) -> None:
    await publish(channel, topology.messages_queue("sms", Lane.URGENT), exchange="")


async def _publish_past_the_entrance(channel: AbstractChannel) -> None:
    await publish(channel, "emergency.declared", exchange=topology.HUB_LANES)


async def _publish_notice(channel: AbstractChannel) -> None:
    await publish(channel, "event.rejected", exchange=topology.EVENTS_OUT)


FORBIDDEN: Final[dict[str, Attack]] = {
    "delete the exchange": _delete,
    "declare the exchange": _declare,
    "delete a queue": _delete_queue,
    "unbind the lanes": _unbind,
    "unbind a queue": _unbind_queue,
    "bind a queue of the hub": _bind_events_to_queue,
    "bind notices to events": _bind_notices_to_events,
    "read a queue": _read,
    "purge a queue": _purge,
    "publish another type": _publish_another_type,
    "publish a ticket": _publish_ticket,
    "publish past the entrance": _publish_past_the_entrance,
    "publish a notice": _publish_notice,
}


@pytest.mark.parametrize("attack", FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.parametrize("user", ["crm", "crm_notices"])
async def test_neither_user_may_touch_what_is_the_hubs(
    users: Users, hub: BrokerPublisher, user: str, attack: Attack
) -> None:
    async with channel_of(users.url(user)) as channel:
        with pytest.raises(ChannelAccessRefused):
            await attack(channel)

    await hub.ping()
    assert [] == hub.gaps


async def test_a_publisher_may_declare_no_queue(users: Users, hub: BrokerPublisher) -> None:
    del hub
    async with channel_of(users.url("crm")) as channel:
        with pytest.raises(ChannelAccessRefused):
            await _declare_queue(channel)


async def test_the_user_for_notices_receives_those_of_its_source_and_nothing_else(
    users: Users, hub: BrokerPublisher
) -> None:
    async with channel_of(users.url("crm_notices")) as channel:
        queue = await channel.declare_queue("crm.notices", durable=True)
        for name in ("event.rejected", "hub.event.unreached", "notification.*"):
            await queue.bind(topology.EVENTS_OUT, f"{name}.{CRM}")
        await queue.bind(topology.EVENTS_OUT, f"event.rejected.{user_key('crm')}")
        names = ("notification.sent", "event.rejected", "sla.at_risk")
        await hub.notify(
            [
                own_event(name, source, {"event_source": source}, time=MONDAY)
                for source in ("urn:coproservicios:other", CRM)
                for name in names
            ]
        )

        unreadable = own_event("event.rejected", "unreadable", {"event_source": None}, time=MONDAY)
        await hub.notify([unreadable], {unreadable.id: [user_key("crm")]})

        heard = [json.loads((await queue.get(timeout=10)).body) for _ in range(3)]
        assert [
            *((CRM, f"co.coproservicios.{name}.v1") for name in names[:2]),
            ("unreadable", unreadable.type),
        ] == [(told["id"], told["type"]) for told in heard]
        assert await queue.get(fail=False) is None


@pytest.mark.parametrize(
    "key",
    [
        "#",
        "*.*.*",
        "event.rejected",
        "notification.sent",
        "notification.#",
        "notification.*.*",
        "notification.*.urn:coproservicios:other",
        "event.rejected.user.other",
        "event.rejected.user.*",
        f"*.*.{CRM}",
        f"notification.sent.{CRM}x",
    ],
)
async def test_the_user_for_notices_may_not_hear_of_other_sources(
    users: Users, hub: BrokerPublisher, key: str
) -> None:
    del hub
    async with channel_of(users.url("crm_notices")) as channel:
        queue = await channel.declare_queue("crm.curious", exclusive=True)
        with pytest.raises(ChannelAccessRefused):
            await queue.bind(topology.EVENTS_OUT, key)


async def test_a_queue_for_notices_leads_nothing_into_the_hub(users: Users, hub: BrokerPublisher) -> None:
    del hub
    async with channel_of(users.url("crm_notices")) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue(
                "crm.bridge", arguments={"x-dead-letter-exchange": topology.DOMAIN_EVENTS}
            )


def test_the_events_that_the_page_names_are_in_the_catalogue() -> None:
    [keys] = [shlex.split(command)[6] for command in commands() if " domain.events " in command]

    assert all(re.search(keys, name) for name in ("pqrs.received", "pqrs.replied"))
    assert 2 == sum(bool(re.search(keys, kind.name)) for kind in CATALOG)
