"""Stand-ins of a mail server, Twilio and FCM, which note when they accept a message."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.timed_sink import LOOK, TimedSink
from hub.errors import Unavailable
from hub.local.loopback import ADDRESS

ACCOUNT: Final = "AC" + "0" * 32
PROJECT: Final = "banco"
_ANSWERS: Final[Mapping[bytes, bytes]] = {
    b"/token": b'{"access_token":"ya29.banco","expires_in":3599,"token_type":"Bearer"}',
    b"/v1/projects/banco/messages:send": b'{"name":"projects/banco/messages/1"}',
    b"/2010-04-01/Accounts/" + ACCOUNT.encode() + b"/Messages.json": b'{"sid":"SM1","status":"queued"}',
    b"/2010-04-01/Accounts/" + ACCOUNT.encode() + b"/Balance.json": b'{"balance":"100.00","currency":"USD"}',
}
_MESSAGES: Final = (b"messages:send", b"/Messages.json")
"""How paths end at which a message is accepted."""


class TimedHttp:
    """`arrived` has the monotonic times at which messages were accepted."""

    def __init__(self) -> None:
        self.arrived: list[float] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Conversation(self), ADDRESS, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def reaches(self, count: int, within: float) -> None:
        """Wait for this many messages. Raises Unavailable."""
        deadline = time.monotonic() + within
        while (arrived := len(self.arrived)) < count:
            if time.monotonic() > deadline:
                raise Unavailable(f"only {arrived} of {count} messages came within {within:.0f} s")
            await asyncio.sleep(LOOK)


class _Conversation(asyncio.Protocol):
    """HTTP/1.1 with bodies of a declared length, as the hub's client sends them."""

    def __init__(self, server: TimedHttp) -> None:
        self._server = server
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (request := self._next()) is not None:
            self._transport.write(self._answer(request))

    def _next(self) -> bytes | None:
        """Take the path of a request that is there as a whole."""
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        length = _length(head)
        if not found or len(rest) < length:
            return None
        self._buffer = rest[length:]
        return head.split(b" ", 2)[1]

    def _answer(self, path: bytes) -> bytes:
        body = _ANSWERS.get(path)
        if body is None:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if path.endswith(_MESSAGES):
            self._server.arrived.append(time.monotonic())
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return head % len(body) + body


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """All three, and the settings of a hub that uses them."""

    mail: TimedSink
    sms: TimedHttp
    push: TimedHttp
    credentials: Path

    @classmethod
    @asynccontextmanager
    async def started(cls, folder: Path) -> AsyncIterator[Self]:
        mail, sms, push = TimedSink(), TimedHttp(), TimedHttp()
        servers = (mail, sms, push)
        try:
            for server in servers:
                await server.start()
            credentials = _service_account(folder, push.port)
            yield cls(mail=mail, sms=sms, push=push, credentials=credentials)
        finally:
            for server in servers:
                await server.stop()

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "HUB_EMAIL_URL": f"smtp://{ADDRESS}:{self.mail.port}",
            "HUB_SMS_URL": f"twilio+http://{ACCOUNT}:token@{ADDRESS}:{self.sms.port}?from=+15005550006",
            "HUB_PUSH_URL": f"fcm+http://{ADDRESS}:{self.push.port}?credentials={self.credentials}",
        }


def _service_account(folder: Path, port: int) -> Path:
    """Write a file as Google issues it, with a key that is made here."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    account = {
        "project_id": PROJECT,
        "private_key": pem.decode(),
        "client_email": f"hub@{PROJECT}.example",
        "token_uri": f"http://{ADDRESS}:{port}/token",
    }
    path = folder / "service-account.json"
    path.write_text(json.dumps(account))
    return path
