"""A publisher's receiver of webhooks: verifies each call as Standard Webhooks says, and keeps its events."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.providers.http import Behaviour, HttpServer

TOLERANCE = 300  # seconds


@dataclass(frozen=True, kw_only=True)
class Call:
    id: str
    events: list[dict[str, Any]]
    secrets: tuple[str, ...]
    """Those that have signed it."""

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]


class WebhookReceiver(HttpServer):
    """`secrets`: those that it knows. A call that none of them has signed is a violation."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: list[str] = []
        self.calls: list[Call] = []
        self.taken: list[Call] = []
        self.elsewhere = 0
        """Calls that came to where a redirect leads."""

    @property
    def url(self) -> str:
        return f"{self.base}/hub?token=of-theirs"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for call in self.taken for event in call.events]

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/hub", self._receive), web.route("*", "/elsewhere", self._elsewhere)]

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        given = {
            name: request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
        }
        signatures = given["signature"].split()
        signing = tuple(
            secret
            for secret in self.secrets
            if _signature(secret, given["id"], given["timestamp"], body) in signatures
        )
        self.require("a secret of ours has signed it", holds=bool(signing))
        self.require("it is of now", holds=abs(time.time() - int(given["timestamp"])) < TOLERANCE)
        self.require("it is a batch", holds=request.content_type == "application/cloudevents-batch+json")
        self.require("the token of the URL comes along", holds=request.query_string == "token=of-theirs")
        call = Call(id=given["id"], events=json.loads(body), secrets=signing)
        self.calls.append(call)
        if (answer := await self.scripted(request)) is not None:
            return answer
        self.taken.append(call)
        return web.Response(status=204)

    async def _elsewhere(self, request: web.Request) -> web.Response:
        del request
        self.elsewhere += 1
        return web.Response(status=204)


def answering(status: int, **headers: str) -> Behaviour:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=status, headers=headers)

    return answer


async def hang(request: web.Request) -> web.StreamResponse:
    del request
    await asyncio.sleep(60)
    return web.Response(status=204)


def _signature(secret: str, call: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{call}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()
