"""A local aggregator as in examples/sms-provider.toml, strict about its input."""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientSession, web

from tests.providers.http import HttpServer, hang

EXAMPLE: Final = Path(__file__).parents[2] / "examples/sms-provider.toml"
USER: Final = "copro servicios"
PASSWORD: Final = "s3cret:/&?"
SENDER: Final = "890123"
BALANCE: Final = "75000.50"

_DIGITS: Final = re.compile(r"57[36]\d{9}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A text message that was accepted."""

    to: str
    text: str
    ref: str
    callback: str | None
    id: str


class Aggregator(HttpServer):
    """`repeats` allows the same message again, because its first answer was withheld."""

    def __init__(self, *, repeats: bool = False, delay: float = 0) -> None:
        super().__init__()
        self.taken: list[Taken] = []
        self.repeats = repeats
        self.delay = delay

    def url(self, spec: Path = EXAMPLE, **more: str) -> str:
        """The value for HUB_SMS_URL."""
        query = "".join(f"&{name}={value}" for name, value in more.items())
        account = "copro%20servicios:s3cret%3A%2F%26%3F"
        return f"http+http://{account}@127.0.0.1:{self.port}?spec={spec}&from={SENDER}{query}"

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/v2/sms", self._create), web.get("/v2/balance", self._balance)]

    async def _create(self, request: web.Request) -> web.StreamResponse:
        self._authorized(request)
        taken = self._judged(request.content_type, await request.text())
        scripted = await self.scripted(request)
        if scripted is not None:
            return scripted
        await asyncio.sleep(self.delay)
        if taken is None:
            return web.json_response({"error": "invalid"}, status=400)
        self._keep(taken, answered=True)
        return answer_of("queued", taken.id)

    async def accept_then_hang(self, request: web.Request) -> web.StreamResponse:
        """Accept the text and never answer; for the script."""
        taken = self._judged(request.content_type, await request.text())
        if taken is not None:
            self._keep(taken, answered=False)
        return await hang(request)

    async def _balance(self, request: web.Request) -> web.StreamResponse:
        self._authorized(request)
        scripted = await self.scripted(request)
        return scripted or web.json_response({"account": {"available": BALANCE}})

    def _authorized(self, request: web.Request) -> None:
        right = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.require("the account", holds=request.headers.get("Authorization") == right)

    def _judged(self, content_type: str, body: str) -> Taken | None:
        data = json.loads(body)
        (message,) = data["messages"]
        fine = [
            self.require("the body is not JSON", holds=content_type == "application/json"),
            self.require("the fields", holds=set(data) == {"sender", "messages"}),
            self.require("the sender", holds=data["sender"] == SENDER),
            self.require("more fields", holds=set(message) <= {"to", "text", "ref", "dlr"}),
            self.require("to is not in digits", holds=bool(_DIGITS.fullmatch(message["to"]))),
            self.require("the text", holds=1 <= len(message["text"]) <= 1600),
            self.require("the reference", holds=bool(_UUID.fullmatch(message["ref"]))),
            self.require("dlr is not a URL", holds=_is_url(message.get("dlr"))),
        ]
        if not all(fine):
            return None
        return Taken(
            to=message["to"],
            text=message["text"],
            ref=message["ref"],
            callback=message.get("dlr"),
            id=f"m-{len(self.taken) + 1}",
        )

    def _keep(self, taken: Taken, *, answered: bool) -> None:
        known = [text.ref for text in self.taken]
        self.require("one message, one call", holds=self.repeats or taken.ref not in known)
        self.taken.append(taken)
        if self.journal is not None:
            self.journal.accepted("sms", f"+{taken.to}", taken.ref, answered=answered)

    async def report(self, taken: Taken, state: str, **more: str) -> int:
        """Call the message's receipt URL; return the HTTP status."""
        assert taken.callback is not None
        return await post(taken.callback, form={"id": taken.id, "estado": state, **more})


def answer_of(status: str, message_id: str = "m-1", http: int = 200) -> web.Response:
    return web.json_response({"messages": [{"id": message_id, "status": status}]}, status=http)


async def post(url: str, *, form: Mapping[str, str] | None = None, json_body: Any = None) -> int:
    async with ClientSession() as session, session.post(url, data=form, json=json_body) as answer:
        return answer.status


def _is_url(text: str | None) -> bool:
    return text is None or (urlsplit(text).scheme in {"http", "https"} and bool(urlsplit(text).hostname))
