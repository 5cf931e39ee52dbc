"""A Redis Cluster: its URL, its failures, and its check."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
import trustme

from hub.errors import AppointmentsUnavailable, ConfigurationError
from hub.model import Lane
from hub.settings import load
from hub.storage import RedisAppointments
from hub.storage.appointments import PAUSE
from hub.storage.redis_connection import CLUSTER_SCHEMES, Cluster, client
from tests.contract.values import HOUR, NOON, clock, now
from tests.integration.test_check import look, printed
from tests.redis_cluster import CERTIFICATES, TlsNode, redis_cluster
from tests.servers import RedisPlace, open_folder

HOSTS = "[::1]:7002,10.0.0.1:7000,cache-2"
MESSAGES = 600

T = TypeVar("T")


def test_url_names_the_nodes_and_what_applies_to_all_of_them() -> None:
    made = client(f"rediss+cluster://hub:s%40fe@{HOSTS}?ssl_check_hostname=no", 1.5)
    assert isinstance(made, Cluster)
    options = made.connection_kwargs

    assert [(node.host, node.port) for node in made.startup_nodes] == [
        ("::1", 7002),
        ("10.0.0.1", 7000),
        ("cache-2", 6379),
    ]
    assert (options["username"], options["password"]) == ("hub", "s@fe")
    assert (options["socket_timeout"], options["ssl_check_hostname"]) == (1.5, False)


@pytest.mark.parametrize("rest", ["", "host:no", "host:1/3", "host?unheard=of", "user:secret@"])
@pytest.mark.parametrize("scheme", CLUSTER_SCHEMES)
def test_url_of_no_cluster_is_a_wrong_setting(scheme: str, rest: str) -> None:
    with pytest.raises(ConfigurationError, match="HUB_REDIS_URL") as refused:
        client(f"{scheme}://{rest}", 1)

    assert "secret" not in str(refused.value)


def test_the_shown_url_has_the_nodes_and_no_password() -> None:
    settings = load({"HUB_REDIS_URL": f"redis+cluster://:secret@{HOSTS}?ssl_keyfile=secret"})

    assert f"redis+cluster://{HOSTS}" == settings.redis_url.shown


async def test_connection_closed_while_a_call_takes_it_is_unavailability(cluster_place: RedisPlace) -> None:
    """The library closes the idle connections to a node when another call fails there."""
    appointments = RedisAppointments(cluster_place.url)
    try:
        raised = {await closing(appointments, turns) for turns in range(8)} - {None}
    finally:
        await appointments.aclose()

    # Before Python 3.12 and since; any other error has ended the test.
    assert raised & {"AttributeError", "TypeError"}


async def closing(appointments: RedisAppointments, turns: int) -> str | None:
    """Call while the loop has had so many turns to close the connection; return what the library raised."""
    await appointments.intact()
    assert isinstance(appointments._redis, Cluster)
    nodes = appointments._redis.get_nodes()
    closed = [asyncio.ensure_future(node.disconnect_free_connections()) for node in nodes]
    for _ in range(turns):
        await asyncio.sleep(0)
    try:
        await appointments.intact()
    except AppointmentsUnavailable as exc:
        return type(exc.__cause__).__name__
    finally:
        await asyncio.gather(*closed)
        appointments._silent_until = 0.0
    return None


async def test_away_cluster_is_unavailable_and_asked_once_a_pause() -> None:
    nowhere = RedisAppointments("redis+cluster://127.0.0.1:1,127.0.0.1:2")
    for ask in (
        nowhere.arm_messages([(uuid4(), Lane.NORMAL, NOON)]),
        nowhere.track_clocks([clock()]),
        nowhere.claim(1),
        nowhere.board("open", 1),
        nowhere.clock(),
        nowhere.begin_epoch(),
    ):
        nowhere._silent_until = 0.0
        with pytest.raises(AppointmentsUnavailable, match="RedisClusterException"):
            await ask
    with pytest.raises(AppointmentsUnavailable) as unasked:
        await nowhere.intact()
    await nowhere.aclose()

    assert unasked.value.__cause__ is None


async def test_nodes_without_slots_are_unavailable() -> None:
    with open_folder() as folder:
        async with redis_cluster(folder) as nodes:
            for node in nodes.nodes:
                await node.ask("CLUSTER FLUSHSLOTS")
            there = RedisAppointments(nodes.url)
            with pytest.raises(AppointmentsUnavailable):
                await there.intact()
            await there.aclose()


async def test_over_tls_the_certificate_is_checked() -> None:
    with open_folder() as folder:
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(folder / CERTIFICATES[0])
        for part in (*certificate.cert_chain_pems, authority.cert_pem):
            part.write_to_path(folder / CERTIFICATES[1], append=True)
        async with redis_cluster(folder, TlsNode) as nodes:
            trusting = RedisAppointments(nodes.url)
            await trusting.begin_epoch()
            intact = await trusting.intact()
            await trusting.aclose()
            trustless = RedisAppointments(nodes.url.partition("?")[0])
            with pytest.raises(AppointmentsUnavailable):
                await trustless.intact()
            await trustless.aclose()

    assert intact


async def test_moving_the_slot_loses_and_doubles_nothing() -> None:
    """Scripts are refused while their keys are on two nodes; the caller tries again."""
    with open_folder() as folder:
        async with redis_cluster(folder) as nodes:
            kept = RedisAppointments(nodes.url)
            armed = [uuid4() for _ in range(MESSAGES)]
            await kept.arm_messages([(one, Lane.NORMAL, now() - HOUR) for one in armed])
            await kept.begin_epoch()
            before = await nodes.holder()
            moving = asyncio.create_task(nodes.move(pause=0.02))
            claimed: list[tuple[str, float]] = []
            while len(claimed) < MESSAGES:
                got = await _at_last(partial(kept.claim, 5))
                await _at_last(partial(kept.done, got))
                claimed += got
            after = await moving
            intact = await kept.intact()
            holder = await nodes.holder()
            await kept.aclose()

    assert before is not after
    assert holder is after
    assert intact
    assert Counter(f"m:{one}" for one in armed) == Counter(member for member, _ in claimed)


async def test_a_replica_takes_the_place_of_a_lost_node() -> None:
    with open_folder() as folder:
        async with redis_cluster(folder) as nodes:
            kept = RedisAppointments(nodes.url)
            await kept.begin_epoch()
            await kept.track_clocks([one := clock()])
            replica = await nodes.add_replica()
            lost = await nodes.holder()
            await lost.kill()
            nodes.nodes.remove(lost)
            board = await _at_last(partial(kept.board, "open", 10))
            holder, intact = await nodes.holder(), await kept.intact()
            await kept.aclose()

    assert holder is replica
    assert intact
    assert [one.id] == [clock_id for clock_id, _ in board]


async def test_a_node_that_hangs_costs_its_time_out_and_then_a_pause() -> None:
    with open_folder() as folder:
        async with redis_cluster(folder) as nodes:
            kept = RedisAppointments(nodes.url, timeout=0.2)
            await kept.begin_epoch()
            holder = await nodes.holder()
            os.kill(holder.child.pid, signal.SIGSTOP)
            began = time.monotonic()
            for _ in range(20):
                with pytest.raises(AppointmentsUnavailable):
                    await kept.intact()
            took = time.monotonic() - began
            os.kill(holder.child.pid, signal.SIGCONT)
            await kept.aclose()

    # Two questions, each of which may have to connect, and between them to find the nodes.
    assert took < 1 + PAUSE


async def _at_last(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again and again, as the timers do."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await ask()
            except AppointmentsUnavailable:
                await asyncio.sleep(0.1)


@pytest.fixture
def environ(amqp_url: str, cluster_place: RedisPlace, database: str, tmp_path: Path) -> dict[str, str]:
    return {
        "HUB_AMQP_URL": amqp_url,
        "HUB_REDIS_URL": cluster_place.url,
        "HUB_DATABASE_URL": database,
        "HUB_CAPTURE_DIR": str(tmp_path / "outbox"),
        "HUB_HTTP": "127.0.0.1:1",
    }


async def test_check_finds_the_cluster_in_order(environ: dict[str, str], cluster_place: RedisPlace) -> None:
    unarmed = printed(await look(environ, "Redis"))
    kept = RedisAppointments(cluster_place.url)
    await kept.begin_epoch()
    await kept.aclose()
    armed = await look(environ, "Redis")

    assert "warn: Las citas aún no están puestas." in unarmed
    assert ["ok"] == [finding.state for finding in armed]
    assert "en redis+cluster://127.0.0.1:" in printed(armed)


async def test_check_says_how_to_name_a_cluster(environ: dict[str, str], cluster_place: RedisPlace) -> None:
    words = printed(await look({**environ, "HUB_REDIS_URL": cluster_place.server_url}, "Redis"))

    assert "bad: HUB_REDIS_URL nombra un nodo de un clúster" in words
    assert "redis+cluster://" in words
