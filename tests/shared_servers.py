"""
The RabbitMQ and the PostgreSQL of one session: all its workers use them.

Each worker would start its own for ten seconds of the processor, and a broker that does nothing takes some
of it all the time. Every test has a virtual host and a database of its own. Redis stays each worker's: it has
few databases, and some tests count its commands.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import pytest

from hub.local.postgres import Postgres
from hub.local.rabbitmq import ERLANG_ARGUMENTS, RabbitMQ
from hub.local.redis import Redis
from hub.local.server import start_all, stop_all
from tests.servers import Servers, new_servers, open_folder

READY: Final = "ready.json"
PATIENCE: Final = 120.0
CONNECTIONS: Final = "600"
"""To PostgreSQL, for the hubs of six workers."""
PORTS: Final = ("port", "_names_port", "_distribution_port")


class UnhurriedRabbitMQ(RabbitMQ):
    """
    A broker whose quorum queues look at their members and consumers once a minute, not every five seconds.

    Hundreds of idle queues would keep it busy. A broker that is killed must look more often.
    """

    def _environment(self) -> Mapping[str, str]:
        arguments = f"{ERLANG_ARGUMENTS} -rabbit quorum_tick_interval 60000"
        return {**super()._environment(), "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": arguments}


class Keeper:
    """The process that starts them, once a worker has a test to which they may matter."""

    def __init__(self) -> None:
        self._folder = open_folder()
        self.folder = self._folder.__enter__()
        self._over = Event()
        # The servers end with the thread that has started them, so it stays.
        self._thread = Thread(target=lambda: asyncio.run(self._keep()), name="servers")

    def start(self) -> None:
        """Start them beside what this thread does; once is enough."""
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._folder.__exit__(None, None, None)

    async def _keep(self) -> None:
        servers = new_servers(self.folder)
        servers.postgres._settings["max_connections"] = CONNECTIONS
        servers.rabbitmq = UnhurriedRabbitMQ(self.folder / "rabbitmq")
        shared = (servers.rabbitmq, servers.postgres)
        try:
            await start_all(shared, print_line=lambda _line: None)
            await servers.make_template()
            self._tell(_description(servers))
            await asyncio.to_thread(self._over.wait)
        except Exception as failure:  # noqa: BLE001 - the test that waits for them reports it
            self._tell({"failure": f"{type(failure).__name__}: {failure}"})
        finally:
            await servers.disconnect()
            await stop_all(shared)

    def _tell(self, said: dict[str, Any]) -> None:
        new = self.folder / f"{READY}.new"
        new.write_text(json.dumps(said))
        new.replace(self.folder / READY)


def keeper_of(config: pytest.Config) -> Path | None:
    """Return the folder of the servers that the workers share; None where there are no workers."""
    told: Mapping[str, str] = getattr(config, "workerinput", {})
    return Path(told["servers"]) if "servers" in told else None


def shared_servers(keeper: Path, folder: Path) -> Servers:
    """Wait for them; they come with a Redis of this process in its folder."""
    said = _said(keeper / READY)
    if "failure" in said:
        raise RuntimeError(said["failure"])
    rabbitmq, postgres = RabbitMQ(keeper / "rabbitmq"), Postgres(keeper / "postgres", durable=False)
    for name, port in zip(PORTS, said["rabbitmq"], strict=True):
        setattr(rabbitmq, name, port)
    postgres.port = said["postgres"]
    return Servers(
        rabbitmq=rabbitmq,
        redis=Redis(folder / "redis"),
        postgres=postgres,
        of_others=(rabbitmq, postgres),
        has_users=True,
        has_template=True,
    )


def _description(servers: Servers) -> dict[str, Any]:
    return {
        "rabbitmq": [getattr(servers.rabbitmq, name) for name in PORTS],
        "postgres": servers.postgres.port,
    }


def _said(file: Path) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while not file.exists():
        if time.monotonic() > deadline:
            raise RuntimeError("the servers of the session do not start")
        time.sleep(0.05)
    said: dict[str, Any] = json.loads(file.read_text())
    return said
