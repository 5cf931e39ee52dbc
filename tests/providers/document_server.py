"""A publisher's server of documents: checks each request, and sends the answer of the test."""

import asyncio
import gzip
from collections.abc import Mapping, Sequence

from aiohttp import web

from tests.providers.http import Behaviour, HttpServer

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + bytes(2000) + b"\xff\xd9"


class DocumentServer(HttpServer):
    """`files` by name. A question that tells more than it must is a violation."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {"respuesta.pdf": PDF}
        self.asked: list[str] = []
        self.elsewhere = 0
        """Questions that came to where a redirect leads."""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, name: str = "respuesta.pdf") -> str:
        return f"{self.base}/files/{name}"

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get("/files/{name}", self._send), web.route("*", "/elsewhere", self._elsewhere)]

    async def _send(self, request: web.Request) -> web.StreamResponse:
        given = request.headers
        self.require("nothing compressed is asked for", holds=given.get("Accept-Encoding") == "identity")
        for name in ("Cookie", "Authorization", "Referer", "X-Forwarded-For"):
            self.require(f"{name} is not sent", holds=name not in given)
        self.asked.append(request.match_info["name"])
        if (answer := await self.scripted(request)) is not None:
            return answer
        content = self.files.get(request.match_info["name"])
        if content is None:
            return web.Response(status=404)
        # The bytes count, not the type that it states.
        return web.Response(body=content, content_type="text/html", headers={"Set-Cookie": "who=hub"})

    async def _elsewhere(self, request: web.Request) -> web.Response:
        del request
        self.elsewhere += 1
        return web.Response(body=PDF)


def sending(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Behaviour:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers=headers)

    return answer


def cut_off(body: bytes, *headers: bytes) -> Behaviour:
    """Answer with these bytes and close, whatever the headers say about their end."""

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        lines = (b"HTTP/1.1 200 OK", b"Connection: close", *headers, b"", body)
        request.transport.write(b"\r\n".join(lines))
        request.transport.close()
        return web.Response()

    return answer


async def endless(request: web.Request) -> web.StreamResponse:
    """Never end, and say nothing of a length."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"%PDF-1.7\n")
    while True:
        await response.write(b"x" * 65_536)


async def drip(request: web.Request) -> web.StreamResponse:
    """Send a byte at a time, for ever."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"%PDF-1.7\n")
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.05)


async def bomb(_request: web.Request) -> web.StreamResponse:
    """A hundred megabytes in a hundred kilobytes: members of one megabyte each, quick to make."""
    body = gzip.compress(b"%PDF-1.7\n") + 100 * gzip.compress(bytes(1_000_000))
    return web.Response(body=body, headers={"Content-Encoding": "gzip"})
