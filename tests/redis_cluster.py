"""A Redis Cluster of three nodes on loopback, whose slots can be moved."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from redis.asyncio import Redis as Client
from redis.crc import key_slot

from hub.local.loopback import ADDRESS, free_port
from hub.local.redis import Redis
from hub.local.server import kept_secret, write_private
from hub.storage.redis_connection import TAG

NODES: Final = 3
TRIES: Final = 3
SLOTS: Final = 16_384
OUR_SLOT: Final = key_slot(TAG.encode())
CLUSTERED: Final = """\
cluster-enabled yes
cluster-port {bus}
cluster-node-timeout 1500
masterauth {password}
"""
CERTIFICATES: Final = "key.pem", "certificate.pem"
OVER_TLS: Final = """\
tls-port {port}
tls-key-file {0}
tls-cert-file {1}
tls-ca-cert-file {1}
tls-auth-clients no
tls-cluster yes
tls-replication yes
"""


class Node(Redis):
    """A node of a cluster, with the password of the others."""

    def __init__(self, folder: Path, password: str) -> None:
        super().__init__(folder)
        self.bus = free_port()
        self.folder.mkdir(mode=0o700)
        write_private(self.folder / "password", password)

    @property
    def configuration(self) -> str:
        return super().configuration + CLUSTERED.format(bus=self.bus, password=self.password)

    async def ask(self, *words: str | int) -> Any:
        """Send one command to this node."""
        async with Client.from_url(self.url, decode_responses=True) as client:
            return await client.execute_command(*words)  # type: ignore[no-untyped-call] # the library has no types for it


class TlsNode(Node):
    """A node that speaks TLS only, also to the others; its certificate is in the folder of the cluster."""

    @property
    def url(self) -> str:
        return f"rediss://:{self.password}@{ADDRESS}:{self.port}/0?{self.trust}"

    @property
    def trust(self) -> str:
        """The parameters that a client adds to its URL."""
        return f"ssl_ca_certs={self.folder.parent / CERTIFICATES[1]}"

    @property
    def configuration(self) -> str:
        certificates = [self.folder.parent / name for name in CERTIFICATES]
        plain = super().configuration.replace(f"port {self.port}\n", "port 0\n", 1)
        return plain + OVER_TLS.format(*certificates, port=self.port)


class RedisCluster:
    """All slots are shared out, and every node knows."""

    def __init__(self, folder: Path, node: type[Node] = Node) -> None:
        password = kept_secret(folder / "password")
        self.nodes = [node(folder / f"node{number}", password) for number in range(NODES)]

    @property
    def url(self) -> str:
        hosts = ",".join(f"{ADDRESS}:{node.port}" for node in self.nodes)
        one = self.nodes[0]
        if isinstance(one, TlsNode):
            return f"rediss+cluster://:{one.password}@{hosts}?{one.trust}"
        return f"redis+cluster://:{one.password}@{hosts}"

    async def start(self) -> None:
        await self._start_nodes()
        first, *others = self.nodes
        for number, node in enumerate(self.nodes):
            bounds = number * SLOTS // NODES, (number + 1) * SLOTS // NODES - 1
            await node.ask("CLUSTER ADDSLOTSRANGE", *bounds)
            # Different epochs from the start: equal ones would be settled while tests run.
            await node.ask("CLUSTER SET-CONFIG-EPOCH", number + 1)
        for node in others:
            await node.ask("CLUSTER MEET", ADDRESS, first.port, first.bus)
        await self.agrees()

    async def _start_nodes(self) -> None:
        """Six ports were free when they were chosen; another test's server may have taken one since."""
        for left in reversed(range(TRIES)):
            started = await asyncio.gather(*(node.start() for node in self.nodes), return_exceptions=True)
            failed = [error for error in started if isinstance(error, BaseException)]
            if not failed:
                return
            if not left:
                raise failed[0]
            await self.stop()
            for node in self.nodes:
                node.port, node.bus = free_port(), free_port()

    async def add_replica(self) -> Node:
        """Add a node that copies the one with our slot, and takes its place when it is lost."""
        holder = await self.holder()
        replica = Node(holder.folder.parent / "replica", holder.password)
        self.nodes.append(replica)
        await replica.start()
        await replica.ask("CLUSTER MEET", ADDRESS, holder.port, holder.bus)
        await self.agrees()
        await replica.ask("CLUSTER REPLICATE", await holder.ask("CLUSTER MYID"))
        async with asyncio.timeout(30):
            while (await replica.ask("INFO", "replication"))["master_link_status"] != "up":  # noqa: ASYNC110 - a state of other processes
                await asyncio.sleep(0.05)
        return replica

    async def stop(self) -> None:
        await asyncio.gather(*(node.stop() for node in self.nodes))

    async def agrees(self) -> None:
        """Wait until every node has all slots and all other nodes in view."""
        async with asyncio.timeout(30):
            for node in self.nodes:
                while not self._well(await node.ask("CLUSTER INFO")):  # noqa: ASYNC110 - a state of other processes
                    await asyncio.sleep(0.05)

    def _well(self, info: dict[str, str]) -> bool:
        return (info["cluster_state"], info["cluster_known_nodes"]) == ("ok", str(len(self.nodes)))

    async def flush(self) -> None:
        for node in self.nodes:
            await node.ask("FLUSHALL")

    async def holder(self) -> Node:
        """Return the node that has the slot of the hub's keys."""
        for low, high, (_, port, *_), *_ in await self.nodes[0].ask("CLUSTER SLOTS"):
            if low <= OUR_SLOT <= high:
                return next(node for node in self.nodes if node.port == port)
        raise AssertionError("nobody has our slot")

    async def move(self, *, pause: float = 0.0) -> Node:
        """Move our slot, key by key, to another node, as an operator does; return that node."""
        source = await self.holder()
        target = next(node for node in self.nodes if node is not source)
        its_name, our_name = await target.ask("CLUSTER MYID"), await source.ask("CLUSTER MYID")
        await target.ask("CLUSTER SETSLOT", OUR_SLOT, "IMPORTING", our_name)
        await source.ask("CLUSTER SETSLOT", OUR_SLOT, "MIGRATING", its_name)
        while keys := await source.ask("CLUSTER GETKEYSINSLOT", OUR_SLOT, 20):
            to = ADDRESS, target.port, "", 0, 5000, "AUTH", target.password, "KEYS"
            await source.ask("MIGRATE", *to, *keys)
            await asyncio.sleep(pause)
        for node in (target, source, *self.nodes):
            await node.ask("CLUSTER SETSLOT", OUR_SLOT, "NODE", its_name)
        return target


@asynccontextmanager
async def redis_cluster(folder: Path, node: type[Node] = Node) -> AsyncIterator[RedisCluster]:
    made = RedisCluster(folder, node)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
