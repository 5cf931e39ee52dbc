"""Fuzzed requests of the most powerful caller to each route: no answer is a fault of the hub's own."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final
from urllib.parse import quote
from uuid import UUID

import msgspec
import pytest
from aiohttp import hdrs
from multidict import CIMultiDict

from hub.web.requests import shapes_of
from hub.web.routes import ROUTES
from tests.integration.guarded_hub import AT_ONCE, GuardedHub, filled, guarded_hub
from tests.integration.identities import API_KEY, OWN_PAGE, bearer

SEED: Final = 13
EACH: Final = 15
"""Requests for each route."""
WORDS: Final = (
    *("", " ", "\x00", "a\x00b", "\n", "\r\nX: y", "..", "../../etc/passwd", "\u202e", "ñ" * 300, "🜚" * 100),
    *("0", "-1", "1e999", "NaN", "0x10", "9" * 400, str(2**31), str(2**63), str(2**64), "٣", "1_000"),
    *("true", "null", "[]", "{}", "*", "%", "%s%n", "{{7*7}}", "' OR 1=1 --", "\\", "$1", "x" * 9000),
    *("2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-09T25:00:00Z"),
    *("019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10", "{019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10}", str(UUID(int=0))),
    *(
        "owners@copropiedad:",
        "person:\x00",
        "a & " * 60 + "a",
        "(" * 300,
        "everyone" * 80,
        "company",
        "a,b,c",
    ),
)
RAW: Final = (
    "%00",
    "%ff%fe",
    "%ed%a0%80",
    "%c0%af",
    "%",
    "%zz",
    "%2e%2e%2f",
    "%0d%0aX:%20y",
    "+",
    ";",
    "%5B%5D",
)
"""Octets that are no text, as they stand in an address."""
VALUES: Final[tuple[object, ...]] = (
    *(None, True, False, 0, -1, 2**31, 2**63, 2**64, 10**300, 1.5, 1e308, -0.0),
    *([], {}, [[]], [None], [{}], {"": None}, {"$ref": "#"}, ["read", "read"], [1] * 1000),
)
BODIES: Final = (
    *(
        b"",
        b"null",
        b"0",
        b"[]",
        b'""',
        b"{}",
        b"{",
        b"\x00",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b"\xed\xa0\x80",
    ),
    *(b"[" * 50_000, b'{"a":' * 20_000, b"[" * 900 + b"]" * 900, b"1" * 5_000, b"1e400", b"-0", b"NaN"),
    *(
        b'{"a":1,"a":2}',
        b'{"version":1e400}',
        b'{"version":' + b"9" * 5_000 + b"}",
        b'"\\ud800"',
        b'{"\\u0000":1}',
    ),
    *(b'{"limit":"\\ud800"}', b"a=%00&a=%ff", b"a" * 70_000, b"&" * 1_000, b"=" * 500, b"------x\r\n\r\n"),
)
TYPES: Final = (
    *("application/json", "application/cloudevents+json", "application/cloudevents-batch+json"),
    *(
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-7",
        "application/json; charset=nope",
    ),
    *(
        "text/plain",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "",
        "/",
        "a" * 500,
        "application/json;;;",
    ),
)
HEADERS: Final = (
    *((hdrs.COOKIE, value) for value in ("__Host-hub_session=ñ", "=;=;", "__Host-hub_session=" + "x" * 4000)),
    *((hdrs.ORIGIN, value) for value in ("http://[", "null", "http://hub:port", "https://hub.example:99999")),
    *(
        (hdrs.X_FORWARDED_FOR, value)
        for value in ("", ",,,", "::1%eth0", "[", "1.2.3.4:x", "unknown", "9" * 999)
    ),
    *((hdrs.ACCEPT, value) for value in ("text/html", "*/*;q=x", "")),
    *(("X-Forwarded-Proto", "https,"), ("If-None-Match", '"'), ("Range", "bytes=-1"), ("Expect", "nothing")),
    *(("ce-id", "\xff"), ("ce-specversion", "1.0"), ("ce-type", "%"), ("X-Twilio-Signature", "=")),
    *(("X-Hub-Signature-256", "sha256=ñ"), ("X-Signature", "")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thrown:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


@pytest.fixture
async def hub(amqp_url: str, redis_url: str, database: str) -> AsyncIterator[GuardedHub]:
    async with guarded_hub(amqp_url, redis_url, database) as hub:
        yield hub


def word(random: Random) -> str:
    """One word of an address."""
    return random.choice(RAW) if random.random() < 0.2 else quote(random.choice(WORDS), safe="")


def names(shape: type[msgspec.Struct] | None) -> list[str]:
    return [one.encode_name for one in msgspec.structs.fields(shape)] if shape else []


def query(random: Random, known: list[str]) -> str:
    """A query of parameters that there are, most of them with a value that makes no sense."""
    chosen = random.sample(known, random.randint(0, min(3, len(known))))
    odd = [word(random)] if random.random() < 0.1 else []
    return "&".join(f"{name}={word(random)}" for name in [*chosen, *odd])


def body(random: Random, known: list[str]) -> bytes:
    """Octets, or an object with the fields that there are."""
    if not known or random.random() < 0.3:
        return random.choice(BODIES)
    values = {name: random.choice([*VALUES, *WORDS]) for name in known if random.random() < 0.8}
    return json.dumps(values).encode()


def thrown(random: Random, building: str) -> Iterator[Thrown]:
    """Requests of all routes; in a third of them the path leads to something."""
    for route in ROUTES:
        shapes = shapes_of(route.handler)
        queries, bodies = names(shapes.get("query")), names(shapes.get("body") or route.body)
        for _ in range(EACH):
            gaps = [building if random.random() < 0.3 else word(random) for _ in range(3)]
            path = filled(f"{route.method} {route.path}", gaps)
            headers: CIMultiDict[str] = CIMultiDict({**bearer(API_KEY), **OWN_PAGE})
            headers[hdrs.X_FORWARDED_FOR] = f"198.18.{random.randrange(250)}.{random.randrange(250)}"
            content = body(random, bodies) if random.random() < 0.7 else None
            if content is not None:
                headers[hdrs.CONTENT_TYPE] = random.choice(TYPES[:2] if random.random() < 0.7 else TYPES)
            if random.random() < 0.2:
                headers.update([random.choice(HEADERS)])
            yield Thrown(
                method=route.method, path=f"{path}?{query(random, queries)}", headers=headers, body=content
            )


async def test_nothing_that_is_sent_to_a_route_is_a_fault_of_the_hub(hub: GuardedHub) -> None:
    mark = str(next(iter(hub.buildings["alfa"].ids.values())))
    waiting, faults = thrown(Random(SEED), mark), []
    statuses: dict[int, int] = {}

    async def throw() -> None:
        for one in waiting:
            answer = await hub.send(one.method, one.path, one.headers, one.body)
            statuses[answer.status] = statuses.get(answer.status, 0) + 1
            if answer.status >= 500:
                faults.append(
                    (one.method, one.path[:200], dict(one.headers), (one.body or b"")[:200], answer.text)
                )

    await asyncio.gather(*(throw() for _ in range(AT_ONCE)))

    assert [] == faults
    assert {200, 400, 404, 415, 422} <= statuses.keys()
