import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import pytest
from redis.asyncio import Redis as Client

from hub.errors import AppointmentsUnavailable
from hub.local.child import Child
from hub.local.loopback import is_free
from hub.local.postgres import ELSEWHERE, Postgres
from hub.local.redis import Redis
from hub.local.server import plain_environment
from hub.storage import migrations
from tests.servers import Servers

# Starts a Redis in the folder that it is given, says its port, and stays.
STARTER = """
import asyncio, pathlib, sys
from hub.local.redis import Redis

async def main():
    server = Redis(pathlib.Path(sys.argv[1]))
    await server.start()
    print(server.port, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""

SLEEP = ["sleep", "60"]


async def test_every_test_has_an_empty_virtual_host(amqp_url: str) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("q", durable=True, arguments={"x-queue-type": "quorum"})

        assert queue.declaration_result.message_count == 0


async def test_every_test_has_an_empty_redis(redis_url: str) -> None:
    async with Client.from_url(redis_url) as client:
        assert await client.dbsize() == 0


async def test_every_test_has_a_database_of_its_own_with_the_schema(database: str) -> None:
    assert await _answer(database, "SELECT current_database()") == database.rpartition("/")[2]
    await migrations.require_current(database)


async def test_letters_of_spanish_are_letters_to_the_database(database: str) -> None:
    assert await _answer(database, "SELECT upper('ñandú')") == "ÑANDÚ"


async def test_no_server_lets_a_stranger_in(servers: Servers) -> None:
    for url in (servers.postgres.url, servers.redis.url, servers.rabbitmq.url):
        assert urlsplit(url).hostname == "127.0.0.1"
        assert len(urlsplit(url).password or "") == 32


@pytest.mark.slow
async def test_rabbitmq_answers_several_who_ask_it_at_once(servers: Servers) -> None:
    answers = await asyncio.gather(*(servers.rabbitmq.evaluate("1 + 1.") for _ in range(6)))
    assert ["2"] * 6 == answers


async def test_what_is_stored_survives_a_power_cut_of_each_server(private_servers: Servers) -> None:
    queue = "kept"
    async with await aio_pika.connect(private_servers.rabbitmq.url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"1", delivery_mode=2), routing_key=queue)
    await _answer(private_servers.postgres.url, "CREATE TABLE kept AS SELECT 1 AS n")
    async with Client.from_url(private_servers.redis.url) as client:
        await client.set("kept", "1")

    queues = next(private_servers.rabbitmq.folder.glob("data/*/quorum/*/names.dets"))
    assert await _happens(lambda: b"kept" in queues.read_bytes())
    for server in private_servers.all:
        await server.kill()
        await server.start()

    async with await aio_pika.connect(private_servers.rabbitmq.url) as connection:
        channel = await connection.channel()
        message = await (await channel.get_queue(queue)).get(no_ack=True)
        assert message is not None
        assert message.body == b"1"
    assert await _answer(private_servers.postgres.url, "SELECT n FROM kept") == 1
    async with Client.from_url(private_servers.redis.url) as client:
        assert await client.get("kept") == b"1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_a_server_ends_with_whoever_started_it_even_by_sigkill(tmp_path: Path) -> None:
    starter = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STARTER, tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert starter.stdout
    port = int(await starter.stdout.readline())
    assert not is_free(port)

    starter.kill()
    await starter.wait()

    assert await _happens(lambda: is_free(port))


async def test_a_start_ends_what_an_earlier_one_left(tmp_path: Path) -> None:
    left, new = _sleeper(tmp_path), _sleeper(tmp_path)
    await left.start(SLEEP, env=plain_environment())

    await new.start(SLEEP, env=plain_environment())
    await new.stop()

    assert left.exit_code == -signal.SIGTERM


async def test_a_stranger_with_the_number_of_an_old_child_is_left_alone(tmp_path: Path) -> None:
    stranger = await asyncio.create_subprocess_exec(*SLEEP)
    (tmp_path / "sleeper.pid").write_text(f"{stranger.pid} 1")

    child = _sleeper(tmp_path)
    await child.start(SLEEP, env=plain_environment())
    await child.stop()

    assert stranger.returncode is None
    stranger.kill()
    await stranger.wait()


async def test_a_child_that_will_not_end_is_ended(tmp_path: Path) -> None:
    child = _sleeper(tmp_path)
    await child.start(["sh", "-c", "trap '' TERM; echo deaf; sleep 60"], env=plain_environment())
    assert await _happens(lambda: child.last_lines() == "deaf")

    await child.stop(patience=0.1)

    assert child.exit_code == -signal.SIGKILL


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give PostgreSQL another user")
def test_data_that_its_user_could_not_reach_lies_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    server = Postgres(tmp_path / "postgresql")

    assert server.folder.parent == ELSEWHERE
    assert str(tmp_path) in server.note


async def test_a_start_that_fails_says_where_the_log_is(tmp_path: Path) -> None:
    server = Redis(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", server.port))
        with pytest.raises(AppointmentsUnavailable, match=r"redis\.log"):
            await server.start()


def _sleeper(folder: Path) -> Child:
    return Child("sleeper", folder=folder, log=folder / "sleeper.log")


async def _answer(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def _happens(condition: Callable[[], bool], limit: float = 10.0) -> bool:
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True
