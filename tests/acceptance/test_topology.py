"""Somebody deletes what the hub needs in RabbitMQ: any role mends it in seconds, and staff is notified."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
import aiohttp
import pytest

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, event, hub_process, until
from tests.acceptance.publisher_queue import address_of
from tests.command_line import command
from tests.integration.broker_damage import add_user, administrator, declare_anew, permit
from tests.servers import Servers

PATIENCE = 15.0
"""Seconds; a canary leaves every second."""
QUICK = """
[monitor]
interval = "300ms"
clear_after = "2s"
"""
COMPANY = "servicio@coproservicios.example"


def mailed(house: House, to: str, subject: str = "") -> bool:
    return any(
        mail.recipient == to and str(mail.message["Subject"]).startswith(subject) for mail in house.smtp.mails
    )


async def arrives(publishing: Publisher) -> bool:
    try:
        await publishing.exchange.publish(aio_pika.Message(b"", message_id=uuid4().hex), "hub.canary")
    except aio_pika.exceptions.PublishError:
        return False
    return True


@pytest.mark.parametrize("role", ["delivery", "web"])
async def test_a_single_role_mends_the_way_of_the_events(house: House, role: str) -> None:
    async with house.running(role) as publishing:
        await until(lambda: arrives(publishing), "the first way")
        await declare_anew(house.amqp_url)
        await until(lambda: arrives(publishing), "the mended way", patience=PATIENCE)


async def test_intake_alone_mends_the_way_of_the_events(house: House) -> None:
    async with house.running("intake") as publishing:
        await publishing.publish("pqrs.received", directory.pqrs(1))
        # From then on it has no other reason to declare anything.
        await until(lambda: has_tickets(house), "its tickets")
        await declare_anew(house.amqp_url)
        await until(lambda: arrives(publishing), "the mended way", patience=PATIENCE)


async def has_tickets(house: House) -> bool:
    async with administrator(house.amqp_url) as channel:
        queue = await channel.declare_queue("hub.messages.email.normal", passive=True)
    return bool(queue.declaration_result.message_count)


async def test_what_intake_or_delivery_has_mended_is_told_by_the_monitor_of_another_process(
    house: House,
) -> None:
    house.policy(QUICK)
    async with house.running("intake", "delivery") as publishing:
        await publishing.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: mailed(house, "pedro1@example.co"), "the mail before")
        await declare_anew(house.amqp_url)
        await publishing.publish("pqrs.received", directory.pqrs(2))
        await until(lambda: mailed(house, "pedro2@example.co"), "the mail after", patience=PATIENCE)

        async with hub_process(house.hub("timers")):
            await until(lambda: mailed(house, COMPANY, "Avería: Se interrumpió la entrada"), "the alert")
        [incident] = json.loads(await house.command("incidents", "--json"))["items"]

    assert "topology" == incident["kind"]
    assert incident["measured"].startswith("Sin camino desde las ")
    assert "hasta las" in incident["measured"]


async def test_an_event_over_http_is_accepted_while_the_way_is_missing(house: House) -> None:
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(hub_process(house.hub()))
        api = await stack.enter_async_context(aiohttp.ClientSession(await address_of(hub)))
        await until(lambda: is_ready(api, 200), "the hub")
        await declare_anew(house.amqp_url)

        assert 202 == await post(api, 1)
        await until(lambda: mailed(house, "pedro1@example.co"), "the mail")


async def is_ready(api: aiohttp.ClientSession, status: int) -> bool:
    async with api.get("/health/ready") as answer:
        return answer.status == status


async def post(api: aiohttp.ClientSession, number: int) -> int:
    async with api.post("/api/events", json=event("pqrs.received", directory.pqrs(number))) as answer:
        return answer.status


async def test_a_hub_that_may_not_mend_says_so(servers: Servers, amqp_url: str, house: House) -> None:
    vhost, user = urlsplit(amqp_url).path[1:], f"frozen{uuid4().hex}"
    house.amqp_url = await add_user(servers.rabbitmq, vhost, user, "secret")
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(hub_process(house.hub()))
        api = await stack.enter_async_context(aiohttp.ClientSession(await address_of(hub)))
        await until(lambda: is_ready(api, 200), "the hub")
        assert [] == await faults(house)

        await permit(servers.rabbitmq, vhost, user, configure="^$")
        await declare_anew(amqp_url)
        await until(lambda: is_ready(api, 503), "the truth", patience=PATIENCE)
        async with api.get("/health/ready") as answer:
            assert "not ok" == (await answer.json())["servers"]["rabbitmq"]
        assert 503 == await post(api, 1)
        [found] = await faults(house)
        assert found.endswith("no puede declarar: no se sabe si los eventos llegan.")

        await permit(servers.rabbitmq, vhost, user, configure=".*")
        await until(lambda: is_ready(api, 200), "the mended way", patience=PATIENCE)
        assert 202 == await post(api, 2)


async def faults(house: House) -> list[str]:
    """The faults of RabbitMQ that `hub check` finds."""
    checked = await command(house.environment, "check", "--json")
    items: list[dict[str, Any]] = json.loads(checked.out)["items"]
    return [item["what"] for item in items if (item["area"], item["state"]) == ("RabbitMQ", "bad")]
