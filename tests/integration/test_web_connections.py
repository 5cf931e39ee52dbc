"""Slow and idle clients on real sockets: they are ended, and keep nobody else from being answered."""

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, TCPConnector, hdrs
from prometheus_client import REGISTRY

from hub.settings import Address, load
from hub.web.connections import METRIC, Limits, listening
from hub.web.responses import HEADERS
from tests.acceptance.harness import until
from tests.integration.test_web_access import BEARER, GUARDED
from tests.integration.web_doubles import World, event

META = {
    "HUB_WHATSAPP_URL": "whatsapp+https://t@graph.facebook.com?phone=1&secret=s&verify=word",
    "HUB_MODE": "live",
}
HEAD = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
HOOK = (
    b"POST /hooks/whatsapp HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
)
WHOLE = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
WAITING = b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
FILES = 1024
"""The number of files that a process may open where nobody has set more."""
HOLD = """
import resource, socket, sys
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
held = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) for _ in range(int(sys.argv[2]))]
print("open", flush=True)
sys.stdin.read()
"""

Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Patient(World):
    """A world of which readiness takes until `go`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.go = asyncio.Event()
        self.asked = 0

    async def ready(self) -> Mapping[str, bool]:
        self.asked += 1
        await self.go.wait()
        return await super().ready()


@dataclass
class Door:
    """A listener, and the clients that are ended with it."""

    port: int
    stack: AsyncExitStack

    async def opened(self, *sent: bytes, limit: int = 1 << 16) -> Opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=limit)
        self.stack.callback(abort, writer)
        writer.writelines(sent)
        return reader, writer


def abort(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@asynccontextmanager
async def serving(world: World, **limits: Any) -> AsyncIterator[Door]:
    trusted = load(world.environ).trusted_proxies
    listener = listening(world.build(), Address("127.0.0.1", 0), trusted=trusted, limits=Limits(**limits))
    async with listener as [address], AsyncExitStack() as stack:
        yield Door(address.port, stack)


async def is_cut(connection: Opened) -> bool:
    """Read until the hub ends the connection."""
    with suppress(ConnectionError):
        async with asyncio.timeout(10):
            while await connection[0].read(1000):
                pass
    return True


async def is_open(connection: Opened) -> bool:
    """Return whether a whole request is answered on it."""
    connection[1].write(WHOLE)
    try:
        return (await connection[0].readline()).startswith(b"HTTP/1.1 200")
    except ConnectionError:
        return False


async def drip(connection: Opened) -> None:
    """Send an octet at a time, for ever."""
    with suppress(ConnectionError):
        while not connection[1].is_closing():
            connection[1].write(b"x")
            await connection[1].drain()
            await asyncio.sleep(0.05)  # the attack itself


async def asked(port: int, path: str, **request: Any) -> int:
    """Ask over a new connection, and return the status; a second is all that it may take."""
    session = ClientSession(connector=TCPConnector(force_close=True), timeout=ClientTimeout(total=1))
    async with session, session.request(url=f"http://127.0.0.1:{port}{path}", **request) as answer:
        return answer.status


async def everything_answers(port: int) -> None:
    assert await asked(port, "/health/live", method="GET") == 200
    assert await asked(port, "/", method="GET") == 401
    assert await asked(port, "/api/messages", method="GET", headers=BEARER) == 200
    assert await asked(port, "/api/events", method="POST", json=[event()], headers=BEARER) == 202
    assert await asked(port, "/hooks/whatsapp", method="POST", data=b"{}") == 403


@pytest.fixture
def world() -> World:
    return World(environ={**GUARDED, **META})


@pytest.fixture
def few_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_files")
async def test_eleven_hundred_idle_sockets_keep_nobody_from_being_answered(world: World) -> None:
    async with serving(world) as door:
        idle = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", HOLD, str(door.port), "1100"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert idle.stdout is not None
        assert await asyncio.wait_for(idle.stdout.readline(), 30) == b"open\n"
        await everything_answers(door.port)
        await idle.communicate(b"")


@pytest.mark.parametrize("sent", [HEAD, HOOK], ids=["head", "body of a hook"])
async def test_dripping_request_is_cut_and_others_are_answered_meanwhile(world: World, sent: bytes) -> None:
    async with serving(world, head=1.0, body=1.0) as door:
        slow = [await door.opened(sent) for _ in range(50)]
        dripping = [asyncio.create_task(drip(connection)) for connection in slow]
        await everything_answers(door.port)

        assert all(await asyncio.gather(*map(is_cut, slow)))
        await asyncio.gather(*dripping)


async def test_silent_connection_is_cut_before_and_after_a_request(world: World) -> None:
    async with serving(world, head=0.3, idle=0.3) as door:
        silent, answered = await door.opened(), await door.opened(WHOLE)

        assert await is_cut(silent)
        assert (await answered[0].readline()).startswith(b"HTTP/1.1 200")
        assert await is_cut(answered)


async def test_second_request_of_a_connection_has_a_time_out_of_its_own(world: World) -> None:
    async with serving(world, head=0.5) as door:
        connection = await door.opened()
        assert await is_open(connection)
        connection[1].write(HEAD)

        assert await is_cut(connection)


async def test_answer_that_nobody_reads_is_cut() -> None:
    world = World(environ=GUARDED)
    many = b"GET /openapi.json HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n\r\n" % (
        BEARER[hdrs.AUTHORIZATION].encode()
    )
    before = cut_for_its_answer()
    async with serving(world, answer=0.3) as door:
        await door.opened(many * 200, limit=1)

        await until(lambda: cut_for_its_answer() > before, "the connection to be cut")


def cut_for_its_answer() -> float:
    return REGISTRY.get_sample_value(METRIC, {"waited_for": "answer"}) or 0.0


async def test_new_connection_takes_the_place_of_the_one_that_waited_longest(world: World) -> None:
    async with serving(world, most=3) as door:
        first, *others = [await door.opened() for _ in range(3)]
        late = await door.opened()

        assert await is_open(late)
        assert [await is_open(connection) for connection in others] == [True, True]
        assert await is_cut(first)


async def test_connection_that_is_used_is_not_the_one_that_waited_longest(world: World) -> None:
    async with serving(world, most=2) as door:
        used, idle = await door.opened(), await door.opened()
        assert await is_open(used)
        late = await door.opened()

        assert await is_open(late)
        assert await is_cut(idle)


async def test_one_address_has_a_share_and_a_trusted_proxy_all() -> None:
    async with serving(World(), most_of_one=1) as door:
        first, second = await door.opened(), await door.opened()
        assert await is_open(second)
        assert await is_cut(first)
    async with serving(World(environ={"HUB_TRUSTED_PROXIES": "127.0.0.1"}), most_of_one=1) as door:
        both = [await door.opened() for _ in range(2)]
        assert [await is_open(connection) for connection in both] == [True, True]


async def test_request_at_work_is_never_ended_for_another() -> None:
    world = Patient()
    async with serving(world, most=2, head=0.2, body=0.2) as door:
        working = [await door.opened(WAITING) for _ in range(2)]
        await until(lambda: world.asked == 2, "the requests to be in work")
        assert await is_cut(await door.opened(WHOLE))
        world.go.set()

        for reader, _ in working:
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")


async def test_body_of_a_refused_request_holds_no_place(world: World) -> None:
    """A request that is refused before its body came is no work any more."""
    async with serving(world, most=1) as door:
        refused = await door.opened(HOOK.replace(b"/hooks/whatsapp", b"/api/events"))
        assert (await refused[0].readline()).startswith(b"HTTP/1.1 401")
        late = await door.opened()

        assert await is_open(late)


def test_an_idle_connection_outlives_those_of_proxies() -> None:
    assert Limits().idle > 60


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE-ana@example.co\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
        WHOLE.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: ana@example.co\r\nContent-Length: 3\r\n\r\nabc"),
        WHOLE.replace(b"live", b"live" + b"x" * 20_000),
    ],
    ids=["no method", "TLS", "two lengths", "a long path"],
)
async def test_what_is_no_http_is_answered_like_all_else_without_version_or_echo(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(World()) as door:
        reader, _ = await door.opened(sent)
        async with asyncio.timeout(10):
            head, _, body = (await reader.read()).decode().partition("\r\n\r\n")

    given = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    assert head.startswith("HTTP/1.0 400 ")
    assert HEADERS.items() <= given.items()
    assert "The request cannot be read." in body
    assert not any(word in head + body for word in ("aiohttp", "Python", "ana@example.co"))
    assert caplog.records == []
