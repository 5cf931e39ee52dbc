"""A hub with two people in its directory, and a portal that has a key of scope `inbox`."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiohttp import ClientResponse, DummyCookieJar, hdrs, web
from aiohttp.test_utils import TestClient, TestServer

from hub.access import api_keys
from hub.model import RECALL, Message, Recall, Rendered, Scope, State
from hub.storage import Database
from hub.web.application import build
from hub.web.inbox_streams import InboxStreams
from hub.web.services import Services
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import NOON, event, message, person, stored
from tests.doubled import with_doubles
from tests.integration.web_doubles import World
from tests.providers.samples import outgoing

SECRET: Final = "a secret of the tests that is long enough to sign"
ENVIRON: Final = {"HUB_API_KEY": "a key that nobody guesses, long enough", "HUB_SECRET": SECRET}
MARIA, PEDRO = "p-maria", "p-pedro"
Client = TestClient[web.Request, web.Application]


@dataclass
class Answer:
    status: int
    json: Any


class Portal(World):
    """A hub with Maria and Pedro in its directory; `later` moves its clock."""

    def __init__(self, stores: RealStores, database: Database) -> None:
        super().__init__(environ=dict(ENVIRON), database=database)
        self.stores = stores
        self.inbox = stores.inbox
        self.later = timedelta(0)
        self.client: Client
        self.key = ""

    def services(self) -> Services:
        services = super().services()
        hooks = replace(services.hooks, receipts=self.stores.receipts)
        made = with_doubles(
            services,
            inbox=self.inbox,
            cases=self.stores.cases,
            hooks=hooks,
            now=lambda: datetime.now(UTC) + self.later,
        )
        vars(made)["streams"] = InboxStreams(self.inbox, every=0.05)
        return made

    async def ask(
        self, path: str, method: str = "GET", *, token: str, body: object = None, **headers: str
    ) -> Answer:
        sent = {hdrs.AUTHORIZATION: f"Bearer {token}", hdrs.CONTENT_TYPE: "application/json", **headers}
        data = None if body is None else json.dumps(body)
        async with self.client.request(method, path, headers=sent, data=data) as answer:
            return Answer(answer.status, await answer.json())

    async def token(self, of: str = MARIA) -> str:
        made = await self.ask("/api/inbox/tokens", "POST", token=self.key, body={"person": of})
        assert made.status == 201
        token: str = made.json["token"]
        return token

    async def receives(
        self, who: str = MARIA, *, minutes: int = 0, name: str = "pqrs.received", **fields: Any
    ) -> Message:
        """Put an entry into somebody's inbox, as the channel does; its message waits."""
        of = stored(event(name, id=f"event-{who}-{minutes}"), case="pqrs_id:PQ-1")
        await self.stores.add_events(of)
        made = NOON + timedelta(minutes=minutes)
        values = {"channel": "inbox", "contact_id": "inbox", "state": State.WAITING, "created_at": made}
        sent = message(of, person=who, **{**values, **fields})
        await self.stores.add(sent)
        words = Rendered(subject=f"Aviso {minutes}", text="Hola", html="<p>Hola</p>")
        await self.inbox.add([outgoing("inbox", "", id=sent.id, person=who, created_at=made, rendered=words)])
        return sent

    async def takes_back(self, sent: Message) -> None:
        """Recall the event of an entry."""
        by = stored(event(RECALL))
        async with self.stores.intake.transaction() as transaction:
            await transaction.recall([Recall(source="urn:crm", event_id=sent.event_id, by=by.key)])

    @asynccontextmanager
    async def stream(self, token: str, **headers: str) -> AsyncIterator[ClientResponse]:
        sent = {hdrs.AUTHORIZATION: f"Bearer {token}", **headers}
        async with self.client.get("/api/inbox/stream", headers=sent) as answer:
            yield answer


@asynccontextmanager
async def open_portal(database: str) -> AsyncIterator[Portal]:
    """Serve the hub, and give the portal its key."""
    async with open_stores(database) as stores, Database(database) as opened:
        portal = Portal(stores, opened)
        await stores.apply_directory(person(MARIA), person(PEDRO))
        key, portal.key = api_keys.issue(
            "portal", scopes={Scope.INBOX}, known_types=(), by="test", now=datetime.now(UTC)
        )
        await portal.keys.add(key)
        server = TestServer(build(portal.services()), host="127.0.0.1")
        async with TestClient(server, cookie_jar=DummyCookieJar()) as portal.client:
            yield portal
