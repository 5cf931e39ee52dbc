"""
Redis, one server or a cluster: connections, calls of scripts, and failures.

All keys have one hash tag, so that a script may use several. In a cluster they are on one node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.cluster import ClusterNode, ClusterPipeline, RedisCluster
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.cluster import PRIMARY
from redis.exceptions import RedisClusterException, RedisError

from hub.errors import ConfigurationError
from hub.tls import client_context

TAG: Final = "{hub}"
"""The hash tag of all keys."""
_FAILURES: Final = (RedisError, RedisClusterException, OSError)
CLUSTER_SCHEMES: Final = {"redis+cluster": "redis", "rediss+cluster": "rediss"}
"""Scheme of a cluster's URL → scheme of each of its nodes."""

_Arguments = Sequence[str | int | bytes | float]


class Cluster(RedisCluster):
    """The client of a cluster."""

    def get_node(
        self, host: str | None = None, port: int | None = None, node_name: str | None = None
    ) -> ClusterNode | None:
        """
        Find a node, also one without slots: the cluster sends us there while its first slot moves to it.

        The library knows only nodes with slots.
        """
        found = super().get_node(host, port, node_name)
        if found is None and node_name:
            own_host, _, own_port = node_name.rpartition(":")
            found = ClusterNode(own_host, int(own_port), PRIMARY, **self.connection_kwargs)
            self.nodes_manager.set_nodes(self.nodes_manager.nodes_cache, {found.name: found})
        return found


Client = Redis | Cluster


def client(url: str, timeout: float, *, decode: bool = True) -> Client:
    """Make a client that connects when first used; raises ConfigurationError."""
    options: dict[str, Any] = {
        "decode_responses": decode,
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        # Retry once, immediately: a connection of the pool may have died unnoticed.
        "retry": Retry(NoBackoff(), 1),
    }
    try:
        if urlsplit(url).scheme in CLUSTER_SCHEMES:
            return _cluster(url, options)
        return Redis.from_url(url, **options, **_tls(urlsplit(url).scheme == "rediss"))
    except (ValueError, TypeError, RedisClusterException) as exc:
        raise ConfigurationError("HUB_REDIS_URL is not the address of a Redis server or cluster.") from exc


def _tls(secure: bool) -> dict[str, Any]:
    # The library takes no context: it makes one from the URL's parameters of certificates.
    return {"ssl_min_version": client_context().minimum_version} if secure else {}


def _cluster(url: str, options: dict[str, Any]) -> Cluster:
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    scheme = CLUSTER_SCHEMES[parts.scheme]
    nodes = [
        parse_url(parts._replace(scheme=scheme, netloc=f"{user}{at}{host}").geturl())
        for host in hosts.split(",")
    ]
    given: dict[str, Any] = {**nodes[0]}
    secure = given.pop("connection_class", None) is SSLConnection
    starts = [ClusterNode(node["host"], node.get("port", 6379)) for node in nodes if "host" in node]
    for part in ("host", "port"):
        given.pop(part, None)
    return Cluster(
        startup_nodes=starts,
        ssl=secure,
        # Only the slot of our keys matters.
        require_full_coverage=False,
        # The addresses of the setting stay true when every node has moved to another.
        dynamic_startup_nodes=False,
        **{**options, **_tls(secure), **given},
    )


def failures(redis: Client) -> tuple[type[Exception], ...]:
    """Return the errors of a call while Redis is away, or the cluster has nobody to answer for our keys."""
    # The library closes the idle connections to a node that failed while another task takes one of them,
    # which then has nothing to write to (redis 8.1, `ClusterNode.disconnect_free_connections`), or a
    # transport that is closed: uvloop answers that with a RuntimeError, asyncio since Python 3.12 with a
    # TypeError.
    return _FAILURES if isinstance(redis, Redis) else (*_FAILURES, AttributeError, RuntimeError, TypeError)


async def at_keys(redis: Client) -> Mapping[str, Any]:
    """Return the argument that leads a command without keys to the server that holds the hub's keys."""
    if isinstance(redis, Redis):
        return {}
    await redis.initialize()
    return {"target_nodes": redis.get_node_from_key(TAG)}


class Script:
    """
    One of our Lua scripts.

    A single server knows it by its hash. To a cluster its text is sent with each call: the library refuses
    hashes in the pipelines of a cluster, and loads a script on all nodes or none.
    """

    def __init__(self, redis: Client, name: str) -> None:
        self._redis = redis
        self._text = files("hub.storage").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")
        self._hashed = redis.register_script(self._text) if isinstance(redis, Redis) else None

    async def __call__(self, keys: Sequence[str], arguments: _Arguments) -> Any:
        if self._hashed is not None:
            return await self._hashed(keys, arguments)
        return await self._redis.eval(self._text, len(keys), *keys, *arguments)

    async def queue(
        self, pipe: Pipeline | ClusterPipeline, keys: Sequence[str], arguments: _Arguments
    ) -> None:
        """Add a call to the pipeline."""
        if self._hashed is not None and isinstance(pipe, Pipeline):
            await self._hashed(keys, arguments, client=pipe)
        else:
            # Not awaited: that would empty the pipeline of a cluster.
            pipe.eval(self._text, len(keys), *keys, *arguments)
