"""One client's requests in work have a limit, also behind a proxy: others are answered meanwhile."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, hdrs
from prometheus_client import REGISTRY

from hub.model.message_rows import ListedMessage
from hub.model.pages import Rows
from hub.ports import MessageFilter
from hub.web.application import REASON
from hub.web.auth.refusals import METRIC
from hub.web.connections import Limits
from tests.acceptance.harness import until
from tests.integration.test_web_access import BEARER, GUARDED
from tests.integration.test_web_connections import META, Door, Opened, serving
from tests.integration.web_doubles import MemoryLog, World, event

MALLORY, ANA = "203.0.113.66", "198.51.100.1"
BEHIND = {"HUB_TRUSTED_PROXIES": "127.0.0.1"}
MOST = 3


class SlowLog(MemoryLog):
    """A log that answers lists of messages when `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.waiting = 0

    async def messages(
        self, narrowed: MessageFilter, *, after: str | None, limit: int
    ) -> Rows[ListedMessage]:
        self.waiting += 1
        await self.go.wait()
        return await super().messages(narrowed, after=after, limit=limit)


def counted() -> float:
    return REGISTRY.get_sample_value(METRIC, {"door": "api", "reason": REASON}) or 0.0


def head(address: str, request: str, *more: str) -> bytes:
    key = f"Authorization: {BEARER[hdrs.AUTHORIZATION]}"
    lines = [f"{request} HTTP/1.1", "Host: 127.0.0.1", key, f"X-Forwarded-For: {address}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


def slow_body(address: str) -> bytes:
    """Return a request whose body never comes whole."""
    length = "Content-Length: 1000"
    return head(address, "POST /api/events", "Content-Type: application/json", length) + b"["


async def asked(
    door: Door, address: str, path: str, method: str = "GET", **more: Any
) -> tuple[int, str, str]:
    headers = {**BEARER, hdrs.X_FORWARDED_FOR: address, **more.pop("headers", {})}
    url = f"http://127.0.0.1:{door.port}{path}"
    async with (
        ClientSession(timeout=ClientTimeout(total=5)) as session,
        session.request(method, url, headers=headers, **more) as answer,
    ):
        return answer.status, answer.headers.get(hdrs.RETRY_AFTER, ""), await answer.text()


async def status_of(opened: Opened) -> int:
    async with asyncio.timeout(5):
        return int((await opened[0].readline()).split()[1])


@pytest.fixture
def world() -> World:
    return World(environ={**GUARDED, **META, **BEHIND})


async def test_client_that_holds_its_places_with_slow_bodies_keeps_nobody_else_out(world: World) -> None:
    before = counted()
    async with serving(world, requests_of_one=MOST) as door:
        held = [await door.opened(slow_body(MALLORY)) for _ in range(MOST)]

        async def is_full() -> bool:
            return (await asked(door, MALLORY, "/api/messages"))[0] == 429

        await until(is_full, "the places of the address to be taken")
        refused = await asked(door, MALLORY, "/api/messages")
        page = await asked(door, MALLORY, "/account", headers={hdrs.ACCEPT: "text/html"})
        ana = await asked(door, ANA, "/api/events", "POST", json=[event()])
        for _, writer in held:
            writer.transport.abort()

        async def is_free() -> bool:
            return (await asked(door, MALLORY, "/api/messages"))[0] == 200

        await until(is_free, "the places to be free again")

    assert (429, "1", True) == (*refused[:2], "from this address" in refused[2])
    assert (429, "1", True) == (*page[:2], "Vuelva a cargar la página en 1 segundo." in page[2])
    assert 202 == ana[0]
    assert counted() >= before + 2


async def test_client_behind_a_proxy_cannot_take_all_the_places_that_work() -> None:
    world, log = World(environ={**GUARDED, **BEHIND}), SlowLog()
    world.log = log
    async with serving(world, most=2 * MOST, requests_of_one=MOST) as door:
        dear = [await door.opened(head(MALLORY, "GET /api/messages")) for _ in range(MOST)]
        await until(lambda: log.waiting == MOST, "the requests to be in work")
        more = [await door.opened(head(MALLORY, "GET /api/messages")) for _ in range(MOST)]
        assert [429] * MOST == [await status_of(opened) for opened in more]
        assert 200 == (await asked(door, ANA, "/api/clocks"))[0]
        log.go.set()

        assert [200] * MOST == [await status_of(opened) for opened in dear]


async def test_providers_and_health_have_no_such_limit(world: World) -> None:
    async with serving(world, requests_of_one=0) as door:
        paths = ("/health/live", "/health/ready")
        health = [(await asked(door, MALLORY, path))[0] for path in paths]
        hook = (await asked(door, MALLORY, "/hooks/whatsapp", "POST", data=b"{}"))[0]

        assert ([200, 200], 403) == (health, hook)
        assert 429 == (await asked(door, MALLORY, "/api/messages"))[0]


@pytest.mark.parametrize(
    ("environ", "other", "status"),
    [
        (BEHIND, "2001:db8:0:1::2", 429),
        (BEHIND, "2001:db8:0:2::1", 200),
        ({}, "198.51.100.1", 429),
    ],
    ids=["of one line", "of another line", "an address that nobody has to believe"],
)
async def test_requests_count_together_by_network(environ: dict[str, str], other: str, status: int) -> None:
    world = World(environ={**GUARDED, **environ})
    async with serving(world, requests_of_one=1) as door:
        await door.opened(slow_body("2001:db8:0:1::1"))

        async def is_taken() -> bool:
            return (await asked(door, "2001:db8:0:1::1", "/api/clocks"))[0] == 429

        await until(is_taken, "the place to be taken")

        assert status == (await asked(door, other, "/api/clocks"))[0]


def test_one_client_has_a_quarter_of_the_places() -> None:
    assert Limits().requests_of_one == Limits().most // 4
