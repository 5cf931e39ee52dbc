"""A hub as `hub run` composes it, on real servers and sockets, with two buildings and everybody's keys."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import aio_pika
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, hdrs, web
from yarl import URL

from hub.access.genuine_codes import GenuineCodes
from hub.access.keyring import KeyRing
from hub.access.passwords import Passwords
from hub.app import web_role
from hub.app.container import open_parts
from hub.catalog import BY_NAME
from hub.consumers.topology import QUEUES
from hub.contact_rules.consents import consents_of
from hub.desk.letters import queries as letters
from hub.desk.suppressions.queries import suppressions
from hub.messages.planning.posters import boards_of, posters_of
from hub.model import Grant, InvalidContact, Office, State, UnreachedReason
from hub.model.bulk import BulkKind, BulkRun, BulkState
from hub.model.ids import poster_id, uuid8
from hub.model.pages import PageQuery
from hub.settings import Address, Secret, load
from hub.storage import (
    Database,
    PostgresAccounts,
    PostgresBulk,
    PostgresKeys,
    PostgresSecondFactors,
    PostgresSessions,
)
from hub.web.application import build, build_metrics
from hub.web.connections import Limits, listening
from hub.web.service_parts import Access
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import consent, event, letter, message, now, person, stored, unreached
from tests.doubled import with_doubles
from tests.integration.access_table import Row
from tests.integration.identities import (
    API_KEY,
    SECRET,
    Identity,
    Registry,
    everybody,
)
from tests.integration.town import PHONE, Town
from tests.providers.aggregator import EXAMPLE
from tests.servers import Servers

INSTANCE: Final = re.compile(r"urn:uuid:[0-9a-f-]{36}")
"""The name of one failure: by chance, so it is left out where two answers must be the same."""
MARKS: Final = ("alfa", "beta")
NOWHERE: Final = "nosuch"
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
CODES: Final = GenuineCodes(public_url="", ring=KeyRing([Secret(SECRET)]), channels=())
PERSONAL: Final = (
    *(f"Persona {mark}" for mark in MARKS),
    *(f"{mark}@lives.example" for mark in MARKS),
    *(PHONE[mark].removeprefix("+57") for mark in MARKS),
    *(f"{kind}-{mark}" for kind in ("words", "text", "html", "comment") for mark in MARKS),
)
"""Names, addresses, numbers, and texts to people and by them."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def gives_cookie(self) -> bool:
        """Whether the browser gets a cookie, and not only loses one."""
        return "Max-Age=0" not in self.headers.get(hdrs.SET_COOKIE, "Max-Age=0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """The ids to ask for; `nosuch` has none."""

    mark: str
    ids: Mapping[str, UUID]
    signs: str
    """The code of a message that has left."""

    def put_into(self, text: str) -> str:
        for word, value in self.ids.items():
            text = text.replace(word, str(value))
        return text.replace("SIGNS", self.signs).replace("MARK", self.mark)

    def taken_from(self, text: str) -> str:
        """Remove from an answer what the question named."""
        for word, value in self.ids.items():
            text = text.replace(str(value), word)
        return text.replace(self.signs, "SIGNS").replace(self.mark, "MARK")


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
async def guarded_hub(amqp_url: str, redis_url: str, database: str) -> AsyncIterator[GuardedHub]:
    servers = {"HUB_AMQP_URL": amqp_url, "HUB_REDIS_URL": redis_url, "HUB_DATABASE_URL": database}
    settings = load({**ENVIRON, **servers})
    async with AsyncExitStack() as stack:
        buildings, words = await _two_buildings(database)
        parts = await stack.enter_async_context(open_parts(settings, "web"))
        await parts.publisher.ping()
        services = replace(web_role.services_of(parts), passwords=Passwords(memory=8, rounds=1))
        registry = Registry(
            accounts=PostgresAccounts(parts.database),
            keys=PostgresKeys(parts.database),
            sessions=PostgresSessions(parts.database),
            factors=PostgresSecondFactors(parts.database),
        )
        identities = await everybody(registry)
        for mark in MARKS:
            viewer = Grant(office=Office.VIEWER, copropiedad_id=f"ph-{mark}")
            await registry.account(mark, viewer, is_enrolled=False)
        applications = {
            "guarded": build(services),
            "console": build(with_doubles(services, settings=replace(settings, public_url=""))),
            "keyless": build(with_doubles(services, settings=replace(settings, api_key=None))),
            "metrics": build_metrics(Access(settings=settings), services.monitoring),
        }
        applications["console"].on_response_prepare.append(_let_files_be_kept)
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
            identities=identities,
            buildings=buildings,
            database=parts.database,
            database_url=database,
            amqp_url=amqp_url,
            words_of_b=words,
        )


@asynccontextmanager
async def guarded_hub_on(servers: Servers) -> AsyncIterator[GuardedHub]:
    """Open the hub on servers of its own."""
    async with (
        servers.declared_vhost() as amqp_url,
        servers.redis_database() as redis_url,
        servers.database() as database,
        guarded_hub(amqp_url, redis_url, database) as hub,
    ):
        yield hub


async def _let_files_be_kept(request: web.Request, response: web.StreamResponse) -> None:
    """Let browsers keep styles and scripts: loading them is a quarter of the cost of each page."""
    if request.path.startswith("/static/"):
        response.headers[hdrs.CACHE_CONTROL] = "private, max-age=600"


@asynccontextmanager
async def _served(application: web.Application, trusted: Any) -> AsyncIterator[Address]:
    # On a busy machine the client, who is in this process, is slower than any client may be.
    patient = Limits(head=60.0, body=60.0, answer=120.0)
    async with listening(application, Address("127.0.0.1", 0), trusted=trusted, limits=patient) as [address]:
        yield address


async def _two_buildings(database: str) -> tuple[Mapping[str, Building], frozenset[str]]:
    async with open_stores(database) as stores:
        town = Town(stores)
        await town.happen()
        buildings = {}
        for mark, ids in zip(MARKS, (town.a, town.b), strict=True):
            named = {"MESSAGE": ids.message, "CLOCK": ids.clock, "REPLY": ids.reply}
            named |= {"SUPPRESSION": ids.suppression, **await _sent(stores, mark)}
            named |= {"POSTER": await _hang(stores, mark)}
            named["GONE"] = await _survey(stores, mark)
            await _enclose(database, ids.message)
            batch = await letters.make_batch(
                stores.database, f"ph-{mark}", by="test", size="letter", now=now()
            )
            named["BATCH"] = batch.batch
            named["RUN"] = await _start_run(database, mark, ids.message)
            signs = await _leave(database, named["TEXT"])
            buildings[mark] = Building(mark=mark, ids=named, signs=signs)
        await _without_roles(stores)
        nobodys = {word: uuid4() for word in named}
        signs = CODES.code(uuid8(now(), "nobody"))
        buildings[NOWHERE] = Building(mark=NOWHERE, ids=nobodys, signs=signs)
        return buildings, frozenset(town.b.words)


async def _leave(database: str, text: UUID) -> str:
    """Let a provider have accepted this text; return its code."""
    async with Database(database) as opened:
        await opened.rows(
            "INSERT INTO attempt (message_id, at, took, outcome, provider, code)"
            " VALUES ($1, now(), '1s', 'accepted', 'twilio', '201')",
            text,
        )
    return CODES.code(text)


async def _start_run(database: str, mark: str, letter_id: UUID) -> UUID:
    """Let somebody have started a bulk action in a building; no timers work on it here."""
    at = now()
    run = BulkRun(
        id=uuid8(at, "bulk_run", mark),
        made_at=at,
        kind=BulkKind.RESEND,
        state=BulkState.RUNNING,
        by="ana",
        reason=f"falla-{mark}",
        asked={"copropiedad": f"ph-{mark}"},
        places=[f"ph-{mark}"],
        chosen=1,
    )
    async with Database(database) as opened:
        await PostgresBulk(opened).start(run, [letter_id])
    return run.id


async def _enclose(database: str, letter_id: UUID) -> None:
    """Let a document belong to this letter."""
    async with Database(database) as opened:
        await opened.rows(
            """
            WITH document AS (
                INSERT INTO document (sha256, kind, size, content) VALUES ('a', 'application/pdf', 5, '%PDF-')
                ON CONFLICT DO NOTHING
            )
            INSERT INTO document_request (event_key, url, name, attach, wait_until, state, sha256)
            SELECT event_key, 'https://portal.example/r.pdf', 'r', true, now(), 'stored', 'a'
            FROM message WHERE id = $1
            ON CONFLICT DO NOTHING
            """,
            letter_id,
        )


async def _hang(stores: RealStores, mark: str) -> UUID:
    """Announce works in a building; return the id of the poster."""
    data = {
        "copropiedad_id": f"ph-{mark}",
        "work_id": f"obra-{mark}",
        "starts_at": "2036-03-12T08:00:00-05:00",
        "ends_at": "2036-03-12T13:00:00-05:00",
        "affected_services": ["agua"],
        "contact": "la portería",
    }
    of = stored(
        event("maintenance.scheduled.announced", id=f"works-{mark}", data=data, time=now()),
        copropiedad_id=f"ph-{mark}",
        case=f"work_id:obra-{mark}",
    )
    [poster] = posters_of(of, BY_NAME[of.event.name], boards_of(BY_NAME)[of.event.type], now=now())
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.ask_posters([poster])
    return poster_id(of.key, poster.audience, f"ph-{mark}")


async def _survey(stores: RealStores, mark: str) -> UUID:
    """
    Ask somebody of a building for an opinion, and let an answer come; consents are proved.

    The person's address is gone since: return the id of its suppression.
    """
    named = {"survey_id": f"enc-{mark}", "kind": "post_servicio", "service_area": "mantenimiento"}
    asking = {**named, "respondent": {"ref": f"p-{mark}"}}
    answer = {**named, "score": 4, "comment": f"comment-{mark}", "person_id": f"p-{mark}"}
    where: dict[str, Any] = {"copropiedad_id": f"ph-{mark}", "case": f"survey_id:enc-{mark}"}
    asked = stored(event("survey.requested", id=f"enc-{mark}", data=asking, time=now()), **where)
    answered = stored(event("survey.answered", id=f"answer-{mark}", data=answer, time=now()), **where)
    said = consent(f"p-{mark}", "survey", method="paper", text_version="2026-1")
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([asked, answered])
        await transaction.add_consents(consents_of(said, uuid8(now(), "consent", mark)))
    address = f"{mark}@lives.example"
    sent = message(
        asked, channel="email", person=f"p-{mark}", address=address, state=State.SENT, created_at=now()
    )
    await stores.add(sent)
    gone = InvalidContact(message_id=sent.id, at=now(), reason="gone", provider="mail", code="550")
    await stores.delivery.suppress([gone])
    rows = (await suppressions(stores.database, PageQuery())).items
    return next(row.id for row in rows if row.message_id == sent.id)


async def _without_roles(stores: RealStores) -> None:
    """Let somebody have left: no duty keeps their data."""
    async with stores.intake.transaction() as transaction:
        await transaction.apply_directory([person("p-gone")])


async def _sent(stores: RealStores, mark: str) -> Mapping[str, UUID]:
    """Add messages of a building that did not reach all, and a dead letter that names somebody of it."""
    of = stored(event(id=f"sent-{mark}"), copropiedad_id=f"ph-{mark}", unit_id=f"u-{mark}", case=None)
    channels = {"MAIL": "email", "TEXT": "sms", "NOTE": "whatsapp"}
    address = f"{mark}@lives.example"
    messages = {
        word: message(
            of, channel=channel, person=f"p-{mark}", address=address, state=State.SENT, created_at=now()
        )
        for word, channel in channels.items()
    }
    body = json.dumps({"names": f"Persona {mark}", "phone": PHONE[mark]}).encode()
    dead = letter(body, reason=f"data.{mark}: required", received_at=now())
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.add_dead_letters([dead])
        await transaction.add_unreached([unreached(of, UnreachedReason.UNKNOWN_UNIT)])
    await stores.add(*messages.values())
    return {**{word: one.id for word, one in messages.items()}, "DEAD": dead.id}
