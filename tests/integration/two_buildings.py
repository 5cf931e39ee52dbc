"""Two buildings in a database, in which all that pages show has happened, and everybody's keys."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from hub.access.genuine_codes import GenuineCodes
from hub.access.keyring import KeyRing
from hub.catalog import BY_NAME
from hub.contact_rules.consents import consents_of
from hub.desk.letters import queries as letters
from hub.desk.suppressions.acts import suppressions
from hub.messages.planning.posters import boards_of, posters_of
from hub.model import Grant, InvalidContact, Office, State, UnreachedReason
from hub.model.bulk import BulkKind, BulkRun, BulkState
from hub.model.communications import Communication, CommunicationState, Draft, Origin, Whom
from hub.model.given_files import GivenFile
from hub.model.ids import poster_id, uuid8
from hub.model.pages import PageQuery
from hub.model.registrations import KindWord, Registering, Series
from hub.settings import Secret
from hub.storage import (
    Database,
    PostgresAccounts,
    PostgresBulk,
    PostgresCommunications,
    PostgresKeys,
    PostgresSecondFactors,
    PostgresSessions,
    given_files,
    radicados,
)
from hub.storage.communication_models import CommunicationModel, save_model
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import consent, event, letter, message, now, person, stored, unreached
from tests.integration.identities import SECRET, Identity, Registry, everybody
from tests.integration.town import PHONE, Town
from tests.servers import Servers

MARKS: Final = ("alfa", "beta")
NOWHERE: Final = "nosuch"
LATELY: Final = 180  # seconds
CODES: Final = GenuineCodes(public_url="", ring=KeyRing([Secret(SECRET)]), channels=())


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a database has: two buildings, and everybody's keys, accounts and sessions."""

    buildings: Mapping[str, Building]
    words_of_b: frozenset[str]
    identities: list[Identity]


FILLED: Final[dict[tuple[str, str], Filled]] = {}
"""What the databases have that are filled once: by PostgreSQL, and by their name there."""


def registry_of(database: Database) -> Registry:
    return Registry(
        accounts=PostgresAccounts(database),
        keys=PostgresKeys(database),
        sessions=PostgresSessions(database),
        factors=PostgresSecondFactors(database),
    )


async def fill(database: str) -> Filled:
    buildings, words = await _two_buildings(database)
    async with Database(database) as opened:
        registry = registry_of(opened)
        identities = await everybody(registry)
        for mark in MARKS:
            viewer = Grant(office=Office.VIEWER, copropiedad_id=f"ph-{mark}")
            await registry.account(mark, viewer, is_enrolled=False)
    return Filled(buildings=buildings, words_of_b=words, identities=identities)


@asynccontextmanager
async def filled_lately(servers: Servers) -> AsyncIterator[tuple[str, Filled]]:
    """
    Yield a copy of a database that was filled in these three minutes of the clock, and what it has.

    A copy takes a fifth of the work. No midnight lies between the two, and no session is idle yet.
    """
    name = f"two buildings {datetime.now(UTC).timestamp() // LATELY}"
    key = servers.postgres.url, name

    async def fill_it(database: str) -> None:
        FILLED[key] = await fill(database)

    async with servers.filled_database(name, fill_it) as database:
        yield database, FILLED[key]


async def _two_buildings(database: str) -> tuple[Mapping[str, Building], frozenset[str]]:
    async with open_stores(database) as stores:
        town = Town(stores)
        await town.happen()
        buildings = {}
        for mark, ids in zip(MARKS, (town.a, town.b), strict=True):
            named = {"MESSAGE": ids.message, "CLOCK": ids.clock, "REPLY": ids.reply}
            named |= {"SUPPRESSION": ids.suppression, **await _sent(stores, mark)}
            named |= {"POSTER": await _hang(stores, mark), "DRAFT": await _write(database, mark)}
            named |= {word: await _keep(database, mark, word) for word in ("MODEL", "USED")}
            named["GONE"] = await _survey(stores, mark)
            await _enclose(database, ids.message)
            pdf = GivenFile(name=f"foto-{mark}.pdf", kind="application/pdf", content=f"%PDF-{mark}".encode())
            await given_files.keep(stores.database, ids.reply, [pdf], person=f"p-{mark}")
            batch = await letters.make_batch(
                stores.database, f"ph-{mark}", by="test", size="letter", now=now()
            )
            named["BATCH"] = batch.batch
            named["REGISTERED"] = await _register(stores.database, mark)
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


async def _write(database: str, mark: str) -> UUID:
    """Let somebody have begun a circular to a building."""
    at, place = now(), f"ph-{mark}"
    draft = Communication(
        id=uuid8(at, "communication", mark),
        kind="admin.circular.issued",
        origin=Origin.DESK,
        state=CommunicationState.DRAFT,
        version=1,
        title=f"Agua de {mark}",
        draft=Draft(whom=Whom(to=(f"residents@copropiedad:{place}",))),
        places=[place],
        by="ana",
        person=None,
        made_at=at,
        changed_at=at,
    )
    async with Database(database) as opened:
        await PostgresCommunications(opened).add(draft, f"agua de {mark}")
    return draft.id


async def _register(database: Database, mark: str) -> UUID:
    """Let a package have been registered; its event is published."""
    series = Series(name="PA", copropiedad_id=f"ph-{mark}", year=2026)
    asked = Registering(
        form=uuid4(), series=series, kind=KindWord.PACKAGE, by="account:ana", at=now() - timedelta(minutes=1)
    )
    done = await radicados.register(
        database, asked, lambda _: event("concierge.package.received", data={"unit_id": f"u-{mark}"})
    )
    await radicados.published(database, done.id)
    return done.id


async def _keep(database: str, mark: str, word: str) -> UUID:
    """Let somebody have saved a model of communications for a building."""
    model = CommunicationModel(
        id=uuid8(now(), word, mark),
        name=f"{word} de {mark}",
        kind="admin.circular.issued",
        draft=Draft(),
        places=[f"ph-{mark}"],
        by="ana",
        at=now(),
    )
    async with Database(database) as opened:
        await save_model(opened, model, None)
    return model.id


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
    await stores.apply_directory(person("p-gone"))


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
    dead = letter(body, reason=f"data.{mark}: required", sender=f"publisher-{mark}", received_at=now())
    async with stores.intake.transaction() as transaction:
        await transaction.add_events([of])
        await transaction.add_dead_letters([dead])
        await transaction.add_unreached([unreached(of, UnreachedReason.UNKNOWN_UNIT)])
    await stores.add(*messages.values())
    return {**{word: one.id for word, one in messages.items()}, "DEAD": dead.id}
