"""Bodies that are encoded: refused before anything is inflated, counted, and slowed."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, ClientTimeout, hdrs
from aiohttp.compression_utils import ZLibDecompressor
from prometheus_client import REGISTRY

from hub.access.refusals import GUESSES
from hub.web.auth.refusals import METRIC
from hub.web.encodings import ENCODED
from hub.web.responses import PROBLEM_TYPE
from tests.integration.test_web_access import BEARER, GUARDED
from tests.integration.test_web_connections import META, Door, serving
from tests.integration.web_doubles import World, event

MALLORY, ANA = "203.0.113.66", "198.51.100.1"
BEHIND = {"HUB_TRUSTED_PROXIES": "127.0.0.1"}
BOMB = gzip.compress(b"[" + b" " * (60 << 20), mtime=0)
"""60 KB that are 60 MB."""
JSON = "application/json"
DOORS = ["/api/events", "/api/messages/cancel", "/hooks/whatsapp", "/sign-in", "/nowhere"]


@pytest.fixture
def inflated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes of what aiohttp inflates, in this process."""
    sizes: list[int] = []
    inflate = ZLibDecompressor.decompress_sync

    def noted(self: ZLibDecompressor, data: bytes, max_length: int = 0) -> bytes:
        given = inflate(self, data, max_length=max_length)
        sizes.append(len(given))
        return given

    monkeypatch.setattr(ZLibDecompressor, "decompress_sync", noted)
    return sizes


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with serving(World(environ={**GUARDED, **META, **BEHIND})) as opened:
        yield opened


async def posted(
    door: Door, path: str, body: bytes, headers: dict[str, str], address: str = MALLORY
) -> tuple[int, str, dict[str, str]]:
    url = f"http://127.0.0.1:{door.port}{path}"
    given = {hdrs.X_FORWARDED_FOR: address, hdrs.CONTENT_TYPE: JSON, **headers}
    async with (
        ClientSession(timeout=ClientTimeout(total=10)) as session,
        session.post(url, data=body, headers=given) as answer,
    ):
        await answer.read()
        return answer.status, answer.content_type, dict(answer.headers)


def counted() -> float:
    doors = ("api", "page", "hook", "link")
    return sum(REGISTRY.get_sample_value(METRIC, {"door": door, "reason": ENCODED}) or 0.0 for door in doors)


@pytest.mark.parametrize("who", [{}, BEARER], ids=["nobody", "the right key"])
@pytest.mark.parametrize("path", DOORS)
async def test_forty_bombs_are_refused_and_nothing_is_inflated(
    door: Door, inflated: list[int], path: str, who: dict[str, str]
) -> None:
    before = counted()
    bomb = {**who, hdrs.CONTENT_ENCODING: "gzip"}
    answers = [await posted(door, path, BOMB, bomb) for _ in range(40)]
    _, kind, headers = answers[0]

    assert [415] * GUESSES + [429] * (40 - GUESSES) == [status for status, _, _ in answers]
    assert (PROBLEM_TYPE, "identity") == (kind, headers[hdrs.ACCEPT_ENCODING])
    assert 0 < int(answers[-1][2][hdrs.RETRY_AFTER]) <= 60
    assert (before + 40, []) == (counted(), inflated)


async def test_plain_bodies_pass_from_the_address_of_the_bombs(door: Door) -> None:
    for _ in range(GUESSES + 1):
        late = await posted(door, "/api/events", BOMB, {**BEARER, hdrs.CONTENT_ENCODING: "gzip"})
    another = await posted(door, "/api/events", BOMB, {**BEARER, hdrs.CONTENT_ENCODING: "gzip"}, ANA)
    async with ClientSession() as session:
        headers = {**BEARER, hdrs.X_FORWARDED_FOR: MALLORY, hdrs.CONTENT_ENCODING: "identity"}
        url = f"http://127.0.0.1:{door.port}/api/events"
        plain = await session.post(url, json=[event()], headers=headers)

    assert (429, 415, 202) == (late[0], another[0], plain.status)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "deflate", "br", "zstd", "x-gzip", "identity, gzip"])
async def test_every_encoding_is_refused(door: Door, inflated: list[int], encoding: str) -> None:
    body = zlib.compress(b"[]")
    status, kind, _ = await posted(door, "/api/events", body, {**BEARER, hdrs.CONTENT_ENCODING: encoding})

    assert (415, PROBLEM_TYPE, []) == (status, kind, inflated)


@pytest.mark.parametrize(
    ("lines", "statuses"),
    [
        pytest.param(b"Content-Encoding: identity\r\nContent-Encoding: gzip\r\n", {415}, id="twice"),
        pytest.param(b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", {415}, id="in chunks"),
        pytest.param(b"Transfer-Encoding: gzip, chunked\r\n", {400, 415}, id="of the transfer"),
        pytest.param(b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", {400, 415}, id="lines"),
        pytest.param(b"Transfer-Encoding: chunked, chunked\r\n", {400, 415}, id="chunks in chunks"),
    ],
)
async def test_encoding_hidden_in_chunks_is_refused(
    door: Door, inflated: list[int], lines: bytes, statuses: set[int]
) -> None:
    key = f"Authorization: {BEARER[hdrs.AUTHORIZATION]}\r\n".encode()
    head = b"POST /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + key + lines
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BOMB), BOMB)
    ending = b"\r\n" + chunked if b"chunked" in lines else b"Content-Length: %d\r\n\r\n" % len(BOMB) + BOMB
    reader, _ = await door.opened(head + ending)
    async with asyncio.timeout(5):
        status = int((await reader.readline()).split()[1])

    assert (True, []) == (status in statuses, inflated)


async def test_plain_chunks_are_taken(door: Door) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"["
        yield json.dumps(event()).encode() + b"]"

    url = f"http://127.0.0.1:{door.port}/api/events"
    async with ClientSession() as session:
        answer = await session.post(url, data=parts(), headers={**BEARER, hdrs.CONTENT_TYPE: JSON})

    assert 202 == answer.status
