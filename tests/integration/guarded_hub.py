"""A hub as `hub run` composes it, on real servers and sockets, with two buildings and everybody's keys."""

import json
import re
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import count
from typing import Any, Final

import aio_pika
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, hdrs, web
from yarl import URL

from hub.access.passwords import Passwords
from hub.app import web_role
from hub.app.container import open_parts
from hub.consumers.topology import QUEUES
from hub.settings import Address, load
from hub.storage import Database
from hub.web.application import build, build_metrics
from hub.web.connections import Limits, listening
from hub.web.service_parts import Access
from hub.web.services import SERVICES, Services
from tests.doubled import with_doubles
from tests.integration.access_table import Row
from tests.integration.identities import API_KEY, SECRET, Identity
from tests.integration.town import PHONE
from tests.integration.two_buildings import MARKS, Building, Filled, fill, filled_lately
from tests.providers.aggregator import EXAMPLE
from tests.servers import Servers

INSTANCE: Final = re.compile(r"urn:uuid:[0-9a-f-]{36}")
"""The name of one failure: by chance, so it is left out where two answers must be the same."""
AT_ONCE: Final = 24
ENVIRON: Final = {
    "HUB_API_KEY": API_KEY,
    "HUB_SECRET": SECRET,
    "HUB_MODE": "live",
    "HUB_PUBLIC_URL": "https://hub.example",
    "HUB_TRUSTED_PROXIES": "127.0.0.1",
    "HUB_SMS_URL": f"twilio+https://AC1:token@api.example?from=+15005550006 http+https://u:p@api.example?spec={EXAMPLE}",
    "HUB_WHATSAPP_URL": "whatsapp+https://T@graph.example?phone=1&secret=s&verify=word&rate=20/s",
}
TABLES: Final = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
DIGEST: Final = """
SELECT count(*), md5(string_agg(row, '' ORDER BY row))
FROM (SELECT (to_jsonb(t) - 'seen_at' - 'used_at')::text AS row FROM {table} AS t) AS rows
"""
"""When a key or session was last used may change with any request."""
CONSOLE: Final = "console"
OFTEN: Final = 0.2
"""Seconds between two looks at what open pages show: a test waits for the next one."""
APPLICATIONS: Final[Mapping[str, Callable[[Services], web.Application]]] = {
    "guarded": build,
    CONSOLE: lambda services: build(_with(services, public_url="")),
    "keyless": lambda services: build(_with(services, api_key=None)),
    "metrics": lambda services: build_metrics(Access(settings=services.settings), services.monitoring),
}
PRIVATE: Final = (
    *(f"{mark}@lives.example" for mark in MARKS),
    *(PHONE[mark].removeprefix("+57") for mark in MARKS),
    *(f"comment-{mark}" for mark in MARKS),
)
"""Addresses, numbers and opinions."""
SPOKEN: Final = (
    *(f"Persona {mark}" for mark in MARKS),
    *(f"{kind}-{mark}" for kind in ("words", "text", "html") for mark in MARKS),
)
"""Names, and texts to people and by them."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def gives_cookie(self) -> bool:
        """Whether the browser gets a cookie, and not only loses one."""
        return "Max-Age=0" not in self.headers.get(hdrs.SET_COOKIE, "Max-Age=0")


@dataclass(kw_only=True)
class GuardedHub:
    client: ClientSession
    applications: Mapping[str, web.Application]
    addresses: Mapping[str, Address]
    identities: list[Identity]
    buildings: Mapping[str, Building]
    database: Database
    database_url: str
    amqp_url: str
    words_of_b: frozenset[str]

    def __post_init__(self) -> None:
        self._callers = count(1)

    def routes(self, name: str) -> set[str]:
        """METHOD and path of all that the application's router has; a HEAD is a GET without its body."""
        routes = [one for one in self.applications[name].router.routes() if one.method != hdrs.METH_HEAD]
        return {f"{one.method} {one.resource.canonical if one.resource else one}" for one in routes}

    async def ask(self, route: str, row: Row, who: Identity, mark: str = MARKS[0], *, at: str = "") -> Answer:
        """Ask as this identity, from an address of its own: so nobody is slowed for another's guesses."""
        method, building = route.partition(" ")[0], self.buildings[mark]
        headers = {**who.headers, hdrs.X_FORWARDED_FOR: self._address(who)}
        data = None if row.form is None else building.put_into(row.form)
        if row.form is not None:
            headers[hdrs.CONTENT_TYPE] = "application/x-www-form-urlencoded"
            if not who.is_guarded:
                # A browser on this machine, which has no session, says at least where a form comes from.
                headers.setdefault("Sec-Fetch-Site", "same-origin")
        if row.body is not None:
            data = building.put_into(json.dumps(row.body))
            headers[hdrs.CONTENT_TYPE] = "application/json"
        path = building.put_into(filled(route, row.fill.split()) + row.tail)
        return await self.send(
            method, path, headers, data, at=at or ("guarded" if who.is_guarded else "keyless")
        )

    async def send(
        self, method: str, path: str, headers: Mapping[str, str], data: Any = None, *, at: str = "guarded"
    ) -> Answer:
        url = URL(f"http://{self.addresses[at]}{path}", encoded=True)
        data = BytesIO(data) if isinstance(data, bytes) else data
        async with self.client.request(
            method, url, headers=headers, data=data, allow_redirects=False
        ) as answer:
            text = await answer.text(errors="replace")
            return Answer(answer.status, INSTANCE.sub("urn:uuid:INSTANCE", text), answer.headers)

    async def state(self, *, without: str = "") -> Mapping[str, tuple[object, ...]]:
        """A digest of every table but one, and how many messages wait in RabbitMQ."""
        names = [str(row[0]) for row in await self._rows(TABLES)]
        state = {
            name: tuple((await self._rows(DIGEST.format(table=name)))[0])
            for name in sorted(names)
            if name != without
        }
        return {**state, "RabbitMQ": (await self._waiting(),)}

    async def _rows(self, sql: str) -> list[Any]:
        return list(await self.database.rows(sql))

    async def _waiting(self) -> int:
        async with await aio_pika.connect(self.amqp_url) as connection:
            channel = await connection.channel()
            queues = [await channel.declare_queue(name, passive=True) for name in QUEUES]
            return sum(queue.declaration_result.message_count or 0 for queue in queues)

    def _address(self, who: Identity) -> str:
        number = next(self._callers)
        return f"{'198.18' if who.is_guarded else '127.1'}.{number // 250}.{number % 250}"


def filled(route: str, words: Iterable[str]) -> str:
    """The path of `METHOD /path` with one word in each gap."""
    left = iter(words)
    parts = route.partition(" ")[2].split("/")
    return "/".join(next(left) if part.startswith("{") else part for part in parts)


@asynccontextmanager
async def _hub(
    amqp_url: str, redis_url: str, database: str, has: Filled, doors: Collection[str]
) -> AsyncIterator[GuardedHub]:
    servers = {"HUB_AMQP_URL": amqp_url, "HUB_REDIS_URL": redis_url, "HUB_DATABASE_URL": database}
    settings = load({**ENVIRON, **servers})
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings, "web"))
        services = replace(web_role.services_of(parts), passwords=Passwords(memory=8, rounds=1))
        applications = {door: APPLICATIONS[door](services) for door in doors}
        if CONSOLE in applications:
            applications[CONSOLE][SERVICES].changes.every = OFTEN
        addresses = {
            name: (await stack.enter_async_context(_served(application, settings.trusted_proxies)))
            for name, application in applications.items()
        }
        connector = TCPConnector(limit=AT_ONCE)
        client = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        yield GuardedHub(
            client=await stack.enter_async_context(client),
            applications=applications,
            addresses=addresses,
            identities=has.identities,
            buildings=has.buildings,
            database=parts.database,
            database_url=database,
            amqp_url=amqp_url,
            words_of_b=has.words_of_b,
        )


@asynccontextmanager
async def guarded_hub(amqp_url: str, redis_url: str, database: str) -> AsyncIterator[GuardedHub]:
    """Open the hub on a database that is filled now: a session that waits for its code lasts some minutes."""
    async with _hub(amqp_url, redis_url, database, await fill(database), APPLICATIONS) as hub:
        yield hub


@asynccontextmanager
async def guarded_hub_of(
    amqp_url: str, redis_url: str, database: str, doors: Collection[str] = ("guarded", "keyless")
) -> AsyncIterator[GuardedHub]:
    """Open these applications of the hub on what a test has in its database."""
    has = Filled(buildings={}, words_of_b=frozenset(), identities=[])
    async with _hub(amqp_url, redis_url, database, has, doors) as hub:
        yield hub


@asynccontextmanager
async def guarded_hub_on(
    servers: Servers, doors: Collection[str] = tuple(APPLICATIONS)
) -> AsyncIterator[GuardedHub]:
    """Open these applications of the hub on servers of its own."""
    async with (
        servers.declared_vhost() as amqp_url,
        servers.redis_database() as redis_url,
        filled_lately(servers) as (database, has),
        _hub(amqp_url, redis_url, database, has, doors) as hub,
    ):
        yield hub


def _with(services: Services, **settings: Any) -> Services:
    return with_doubles(services, settings=replace(services.settings, **settings))


@asynccontextmanager
async def _served(application: web.Application, trusted: Any) -> AsyncIterator[Address]:
    # On a busy machine the client, who is in this process, is slower than any client may be.
    patient = Limits(head=60.0, body=60.0, answer=120.0)
    async with listening(application, Address("127.0.0.1", 0), trusted=trusted, limits=patient) as [address]:
        yield address
