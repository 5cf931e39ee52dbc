"""The hub by role: four processes are the same hub, and none of them starts on an old schema."""

import asyncio
import socket
from contextlib import AsyncExitStack, suppress
from urllib.parse import urlsplit

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import PATIENCE, HubProcess, hub_process, publisher, until
from tests.servers import OWNER, Servers


async def test_four_processes_with_a_role_each_are_one_hub(house: House) -> None:
    async with AsyncExitStack() as stack:
        for role in ("intake", "delivery", "timers", "web"):
            await stack.enter_async_context(hub_process(house.hub(role)))
        publishing = await stack.enter_async_context(publisher(house.amqp_url))
        await publishing.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: bool(house.smtp.mails), "the mail")

    assert "pedro1@example.co" == house.smtp.mails[0].recipient


async def test_two_hubs_share_the_work_and_send_nothing_twice(house: House) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(hub_process(house.hub()))
        publishing = await stack.enter_async_context(publisher(house.amqp_url))
        for number in range(40):
            await publishing.publish("pqrs.received", directory.pqrs(number))
        await until(lambda: len(house.smtp.mails) >= 40, "all mails")

    assert 40 == len({mail.recipient for mail in house.smtp.mails}) == len(house.smtp.mails)


async def test_a_single_role_refuses_an_empty_database_and_names_the_command(
    servers: Servers, house: House
) -> None:
    async with servers.empty_database() as url:
        hub = HubProcess(
            environment={**house.environment, "HUB_DATABASE_URL": url},
            roles=("intake",),
            log=house.folder / "x.log",
        )
        await hub.start()
        assert hub.process is not None
        status = await hub.process.wait()

    assert 1 == status
    assert "hub db upgrade" in hub.log.read_text()
    assert "Traceback" not in hub.log.read_text()


async def test_all_roles_bring_an_empty_database_up_to_date(servers: Servers, house: House) -> None:
    async with servers.empty_database() as url:
        house.database_url, house.database_user = url, OWNER
        async with house.running() as publishing:
            await publishing.publish("pqrs.received", directory.pqrs(1))
            await until(lambda: bool(house.smtp.mails), "the mail")

    assert 1 == len(house.smtp.mails)


async def test_a_port_that_is_taken_ends_the_hub_with_one_clear_line(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        house.settings["HUB_HTTP"] = f"127.0.0.1:{taken.getsockname()[1]}"
        hub = house.hub()
        await hub.start()
        assert hub.process is not None
        status = await hub.process.wait()

    [printed] = [line for line in hub.log.read_text().splitlines() if not line.startswith("{")]
    assert 1 == status
    assert printed.startswith("Error: HUB_HTTP=127.0.0.1:")


async def test_client_that_says_nothing_is_ended(house: House) -> None:
    hub = house.hub("web")
    async with hub_process(hub):
        await until(lambda: "http.listening" in hub.log.read_text(), "the hub to listen")
        url = urlsplit(next(line["url"] for line in hub.lines() if line["event"] == "http.listening"))
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        writer.close()
