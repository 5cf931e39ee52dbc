"""A hub with two copropiedades, A and B, whose callers reach one of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, cast
from uuid import UUID, uuid4

from aiohttp import hdrs, web
from aiohttp.test_utils import TestClient, TestServer

from hub.desk.suppressions.acts import suppressions
from hub.inbound.replies import read
from hub.model import (
    Account,
    Event,
    Grant,
    InvalidContact,
    Message,
    Office,
    Reach,
    Rendered,
    Reply,
    Scope,
    State,
)
from hub.model.pages import PageQuery
from hub.ports import KeyStore
from hub.web.auth.api_key_cache import Caller, Keyring
from hub.web.monitoring.remembered import Counted
from hub.web.services import Services
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import (
    NOON,
    clock,
    copropiedad,
    event,
    letter,
    membership,
    message,
    now,
    person,
    rota,
    stored,
    unit,
)
from tests.doubled import with_doubles
from tests.integration.web_doubles import World
from tests.providers.samples import outgoing

A: Final = "ph-alfa"
B: Final = "ph-beta"
SHOWN: Final = {hdrs.AUTHORIZATION: "Bearer of the caller", hdrs.CONTENT_TYPE: "application/json"}
PHONE: Final = {"alfa": "+573001111111", "beta": "+573002222222"}


def everything_in(*places: str) -> Reach:
    """Return the reach of an operator who may do everything there."""
    return {scope: frozenset(places) for scope in Scope}


class OneCaller(Keyring):
    """A keyring whose every token is one caller's: no key reaches less than everywhere yet."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(cast(KeyStore, None))
        self._caller = caller

    async def caller(self, token: str) -> Caller | None:  # noqa: ARG002 - the same for every caller
        return self._caller


@dataclass(kw_only=True)
class Ids:
    """The ids of one copropiedad, and the words that must not be seen from the other."""

    message: UUID
    clock: UUID
    reply: UUID
    suppression: UUID
    words: frozenset[str]


class Town(World):
    """A world over the stores of one hub, in which something has happened in A, in B and in neither."""

    def __init__(self, stores: RealStores) -> None:
        super().__init__(environ={"HUB_API_KEY": "a key that nobody guesses, long enough"})
        self.stores = stores
        self.boards.away = True
        self.caller = Caller(who="ana", reach={})
        self.a: Ids
        self.b: Ids
        self.dead = letter(b"{", reason="not JSON in ph-beta")

    def services(self) -> Services:
        services, stores = super().services(), self.stores
        return with_doubles(
            services,
            audit=stores.audit,
            cases=stores.cases,
            casework=stores.casework,
            contacts=stores.contacts,
            database=stores.database,
            directory=stores.roster,
            explain=stores.explaining,
            log=stores.log,
            mail_reports=stores.mail_reports,
            keyring=OneCaller(self.caller),
            monitoring=replace(services.monitoring, counts=Counted(stores.log)),
        )

    @asynccontextmanager
    async def seen_by(self, reach: Reach) -> AsyncIterator[TestClient[web.Request, web.Application]]:
        """Serve it to a caller of this reach."""
        self.caller = Caller(who="ana", reach=reach)
        async with TestClient(TestServer(self.build(), host="127.0.0.1"), headers=SHOWN) as client:
            yield client

    async def happen(self) -> None:
        """Fill the stores. `p-two` owns in A and is of the council of B."""
        self.a, self.b = await self._in(A, "alfa"), await self._in(B, "beta")
        async with self.stores.intake.transaction() as transaction:
            await transaction.apply_directory(
                [
                    person("p-two"),
                    membership("p-two", "unit:u-alfa", "owner"),
                    membership("p-two", f"copropiedad:{B}", "council"),
                    person("p-company"),
                    membership("p-company", "company", "staff"),
                ]
            )
            await transaction.add_dead_letters([self.dead])
        await self.accounts.add(
            Account(
                id=uuid4(),
                name="beta",
                display_name="Cuenta beta",
                password_hash="",
                grants=(Grant(office=Office.VIEWER, copropiedad_id=B),),
                must_change=False,
                created_at=NOON,
                created_by="test",
            )
        )

    async def _in(self, place: str, mark: str) -> Ids:
        of = stored(event(id=f"event-{mark}"), copropiedad_id=place, case=f"pqrs_id:CASE-{mark}")
        sent = message(
            of,
            person=f"p-{mark}",
            name=f"Persona {mark}",
            address=f"{mark}@lives.example",
            channel="print",
            contact_id=mark,
            state=State.FAILED,
            reason=f"reason-{mark}",
            created_at=now(),
        )
        running = clock(
            f"pqrs_id:CASE-{mark}", context={"copropiedad_id": place}, due_at=NOON + _LONG, level=2
        )
        async with self.stores.intake.transaction() as transaction:
            await transaction.add_events([of])
            await transaction.save_clocks([running])
            await transaction.apply_directory(_directory(place, mark))
        await self.stores.add(sent)
        words = Rendered(subject=f"letter-{mark}", text=f"text-{mark}", html=f"<p>html-{mark}</p>")
        await self.stores.letters.add(
            [outgoing("print", sent.address, id=sent.id, person=sent.person, name=sent.name, rendered=words)]
        )
        reply = await self._answered(sent, mark)
        suppression = await self._gone(sent)
        ids = {"message": sent.id, "clock": running.id, "reply": reply, "suppression": suppression}
        return Ids(**ids, words=frozenset({mark, PHONE[mark], *map(str, ids.values())}))

    async def _answered(self, sent: Message, mark: str) -> UUID:
        reply = Reply(
            channel="email",
            provider="mail",
            reference=f"reference-{mark}",
            address=f"{mark}@lives.example",
            text=f"words-{mark}",
            at=NOON,
            subject=f"subject-{mark}",
            message_id=sent.id,
        )
        about = await self.stores.replies.about(reply)
        return (await self.stores.replies.add(read(reply, about, now=now()))).id

    async def _gone(self, sent: Message) -> UUID:
        gone = InvalidContact(
            message_id=sent.id, at=now(), reason="gone", provider=f"post-{sent.contact_id}", code="1"
        )
        before = {row.id for row in (await suppressions(self.stores.database, PageQuery())).items}
        await self.stores.delivery.suppress([gone])
        rows = (await suppressions(self.stores.database, PageQuery())).items
        (row_id,) = {row.id for row in rows} - before
        return row_id


_LONG: Final = timedelta(days=36500)


def _directory(place: str, mark: str) -> list[Event]:
    points = [
        {"id": f"mail-{mark}", "kind": "email", "value": f"{mark}@lives.example"},
        {"id": f"phone-{mark}", "kind": "phone", "value": PHONE[mark]},
    ]
    return [
        copropiedad(place),
        unit(f"u-{mark}", place),
        person(f"p-{mark}", names=f"Persona {mark}", contact_points=points),
        membership(f"p-{mark}", f"unit:u-{mark}", "owner", membership_id=f"m-{mark}"),
        rota(f"r-{mark}", f"copropiedad:{place}"),
    ]


@asynccontextmanager
async def open_town(database: str) -> AsyncIterator[Town]:
    """Yield a town where all that it has has happened."""
    async with open_stores(database) as stores:
        town = Town(stores)
        await town.happen()
        yield town
