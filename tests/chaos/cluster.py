"""A RabbitMQ cluster of three nodes on loopback."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from hub.local.rabbitmq import RabbitMQ
from hub.local.server import kept_secret, write_private

NAMES: Final = ("hub1@localhost", "hub2@localhost", "hub3@localhost")
SECRETS: Final = (".erlang.cookie", "password")
PEERS: Final = "cluster_formation.peer_discovery_backend = classic_config\n" + "".join(
    f"cluster_formation.classic_config.nodes.{number} = {name}\n"
    for number, name in enumerate(NAMES, start=1)
)


class Node(RabbitMQ):
    """A node that finds the others through the epmd of the first one."""

    def __init__(self, folder: Path, name: str, first: Node | None) -> None:
        super().__init__(folder)
        self.node = name
        self._first = first
        if first is not None:
            self._names_port = first._names_port

    async def keep_names(self) -> None:
        """Make the secrets and start the epmd that all nodes share."""
        self._prepare()
        await self._start_names()

    async def _start_names(self) -> None:
        if self._first is None:
            await super()._start_names()

    def _prepare(self) -> None:
        """Copy the shared secrets of the cluster, then write the list of nodes."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._first is not None:
            for name in SECRETS:
                kept_secret(self._first.folder / name)
                shutil.copy(self._first.folder / name, self.folder / name)
        super()._prepare()
        write_private(self.folder / "conf.d" / "cluster.conf", PEERS)


class Cluster:
    def __init__(self, folder: Path) -> None:
        first = Node(folder / "node1", NAMES[0], None)
        self.nodes = [first, *(Node(folder / f"node{number}", NAMES[number - 1], first) for number in (2, 3))]

    async def start(self) -> None:
        """Start all nodes at once: each waits for the others."""
        await self.nodes[0].keep_names()
        await asyncio.gather(*(node.start() for node in self.nodes))

    async def stop(self) -> None:
        """Stop the first node last: it runs the epmd."""
        await asyncio.gather(*(node.stop() for node in self.nodes[1:]))
        await self.nodes[0].stop()

    async def leader_of(self, queue: str) -> Node:
        """Return the leader of a quorum queue."""
        asked = (
            f'{{ok, Queue}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"{queue}">>)),'
            " {_, Node} = amqqueue:get_pid(Queue), Node."
        )
        name = await self.nodes[0].evaluate(asked)
        return next(node for node in self.nodes if node.node == name.strip("'\n"))


@asynccontextmanager
async def cluster(folder: Path) -> AsyncIterator[Cluster]:
    made = Cluster(folder)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
