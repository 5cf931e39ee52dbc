"""Outgoing connections: each has a context of the hub's, not Python's own."""

from __future__ import annotations

import ast
import ssl
from collections.abc import Iterable, Iterator
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar, cast

import asyncpg.connect_utils
import pytest
import trustme
from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import SSLConnection

import hub
from hub.client import connection
from hub.storage.redis_connection import Cluster, client
from hub.tls import OLDEST, client_context, http_context

MAKERS = {
    "TCPConnector": "ssl",
    "ClientSession": "connector",
    "open_connection": "ssl",
    "aiosmtplib.SMTP": "tls_context",
    "aio_pika.connect": "ssl_context",
}
"""Function that opens a connection → the argument that brings the context."""
IN_CLEAR = ("hub/cli/check/servers.py", "hub/local/")
"""They ask this machine's own servers, over http."""
OWN_CONTEXTS = frozenset({"ssl.create_default_context", "ssl._create_unverified_context"})

N = TypeVar("N", bound=ast.AST)


@pytest.fixture(params=[ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_3])
def of_python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ssl.TLSVersion:
    """The oldest version of Python's own contexts: none, as in Debian, or that of a strict machine."""
    oldest = cast("ssl.TLSVersion", request.param)
    make = ssl.create_default_context

    def made(*arguments: Any, **named: Any) -> ssl.SSLContext:
        context = make(*arguments, **named)
        context.minimum_version = oldest
        return context

    monkeypatch.setattr(ssl, "create_default_context", made)
    return oldest


def test_contexts_speak_tls_1_2_or_what_the_machine_has_stricter(of_python: ssl.TLSVersion) -> None:
    http_context.cache_clear()
    for context in (client_context(), http_context()):
        assert max(of_python, OLDEST) == context.minimum_version
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    http_context.cache_clear()


def test_calls_over_http_share_one_context() -> None:
    assert http_context() is http_context()


@pytest.mark.usefixtures("of_python")
def test_rabbitmq_is_called_with_the_certificates_of_its_url(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("hub.example")
    own, theirs = tmp_path / "own.pem", tmp_path / "ca.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(own)
    authority.cert_pem.write_to_path(theirs)
    context = connection._tls(f"amqps://broker/?cafile={theirs}&certfile={own}")
    trusting = connection._tls("amqps://broker/?no_verify_ssl=1")

    assert context is not None
    assert trusting is not None
    assert context.minimum_version >= OLDEST
    assert (ssl.CERT_REQUIRED, True) == (context.verify_mode, context.check_hostname)
    assert 1 == len(context.get_ca_certs())
    assert (ssl.CERT_NONE, True) == (trusting.verify_mode, trusting.minimum_version >= OLDEST)
    assert connection._tls("amqp://broker/") is None


def test_redis_is_called_with_a_context_of_the_same_kind(of_python: ssl.TLSVersion) -> None:
    alone, cluster = client("rediss://cache-1", 1), client("rediss+cluster://cache-1,cache-2", 1)
    assert isinstance(alone, Redis)
    assert isinstance(cluster, Cluster)
    of_cluster = ClusterNode("cache-1", 6379, **cluster.connection_kwargs).acquire_connection()
    of_one = alone.connection_pool.make_connection()  # type: ignore[no-untyped-call] # it has no types
    for made in (of_one, of_cluster):
        assert isinstance(made, SSLConnection)
        assert max(of_python, OLDEST) == made.ssl_context.get().minimum_version


@pytest.mark.parametrize("mode", ["prefer", "require", "verify-full"])
def test_postgresql_is_called_with_a_context_of_the_same_kind(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of the hub's function: asyncpg reads the certificates of the URL only for a context of its own."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    url = f"postgresql://hub@db/hub?sslmode={mode}&sslrootcert={tmp_path / 'ca.pem'}"
    monkeypatch.delenv("PGSSLMINPROTOCOLVERSION", raising=False)

    assert _of_asyncpg(url).minimum_version >= OLDEST


def _of_asyncpg(url: str) -> ssl.SSLContext:
    read = asyncpg.connect_utils._parse_connect_dsn_and_args  # type: ignore[attr-defined] # not in its types
    _, parameters = read(**{**dict.fromkeys(signature(read).parameters), "dsn": url})
    return cast("ssl.SSLContext", parameters.ssl)


def test_each_opener_of_a_connection_gets_a_context() -> None:
    without = [
        f"{place}: {ast.unparse(call.func)}"
        for place, call in _nodes(ast.Call, MAKERS)
        if (argument := MAKERS.get(_name(call.func)))
        and argument not in {given.arg for given in call.keywords}
        and not place.startswith(IN_CLEAR)
    ]

    assert [] == without


def test_contexts_are_made_in_one_place() -> None:
    named = {
        place for place, node in _nodes(ast.Attribute, OWN_CONTEXTS) if ast.unparse(node) in OWN_CONTEXTS
    }

    assert {"hub/tls.py"} == named


def _name(called: ast.expr) -> str:
    """`aio_pika.connect`, and of aiohttp and asyncio the last word."""
    words = ast.unparse(called)
    return words if words in MAKERS else words.rpartition(".")[2]


def _nodes(kind: type[N], names: Iterable[str]) -> Iterator[tuple[str, N]]:
    """The nodes of the files in which any of these names stands; parsing all of the hub takes seconds."""
    words = {name.rpartition(".")[2] for name in names}
    root = Path(hub.__file__).parent
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words):
            place = path.relative_to(root.parent).as_posix()
            yield from ((place, node) for node in ast.walk(ast.parse(text)) if isinstance(node, kind))
