"""A petition with all that belongs to it, and its constancia opened."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec.structs import replace

from hub.inbound.replies import read
from hub.model import Event, Reply, own_event
from hub.operations.cases import lookup
from hub.operations.constancia import verificar
from hub.operations.constancia.make import Asked, Constancia, Constancias
from hub.parts.company import CompanyRules
from hub.parts.stores import constancias_of
from hub.settings import load
from hub.storage import Database, PostgresCases, PostgresReplies, PostgresSeals
from tests.integration.test_evidence import ENVIRON, Office
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, email, event, home, member, mobile, somebody

NUMBER: Final = "PQ-2026-000901"
CASE: Final = "pqrs_id:pqrs-901"
ASKED_AT: Final = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
TAMPER: Final = "UPDATE attempt SET outcome = 'delivered' WHERE message_id = $1 AND outcome = 'accepted'"
PETITION: Final = {
    "pqrs_id": "pqrs-901",
    "radicado": NUMBER,
    "copropiedad_id": PLACE,
    "unit_id": "101",
    "petitioner": {"ref": "p-maria"},
    "subject": "Ruido del 301 #strong[todas] las noches 🙂",
}


def petition(name: str, *, minutes: int, **data: Any) -> Event:
    at = MONDAY + minutes * MINUTE
    made = event(name, {**PETITION, **data}, at=at, id=f"{name}-901")
    allowed = event(name).data.keys() | data.keys() | {"pqrs_id", "radicado", "copropiedad_id", "petitioner"}
    return replace(made, data={key: value for key, value in made.data.items() if key in allowed})


async def happen(database: Database) -> Office:
    """Let a petition be received, acknowledged, escalated, answered; she replies and has consented."""
    office = Office(database)
    await office.take_in(*town(), home("102", copropiedad=PLACE))
    await office.take_in(
        somebody("p-luis", email("luis@example.com"), mobile("+573001112233")),
        member("p-luis", "unit:102", "owner"),
        event(
            "privacy.consent.granted",
            {"subject_id": "p-maria", "purposes": ["data_treatment", "commercial"], "channels": ["email"]},
            at=MONDAY - 10 * MINUTE,
        ),
    )
    await office.take_in(petition("pqrs.received", minutes=0))
    await office.deliver()
    [clock] = await database.rows("SELECT id, case_key FROM clock WHERE name = 'first_reply'")
    warned = {
        **event("sla.at_risk").data,
        "clock_id": str(clock["id"]),
        "case": CASE,
        "copropiedad_id": PLACE,
        "started_at": MONDAY.isoformat(),
        "due_at": (MONDAY + 60 * MINUTE).isoformat(),
    }
    office.clock.advance(30 * MINUTE)
    await office.take_in(
        own_event("sla.at_risk", f"{clock['id']}:at_risk:1", warned, time=MONDAY + 30 * MINUTE)
    )
    await office.deliver()
    await _she_replies(database)
    office.clock.advance(20 * MINUTE)
    await office.take_in(petition("pqrs.responded", minutes=50))
    await office.deliver()
    return office


async def _she_replies(database: Database) -> None:
    [first] = await database.rows(
        "SELECT id FROM message WHERE person = 'p-maria' AND event = 'pqrs.received' AND channel = 'email'"
    )
    replies = PostgresReplies(database)
    reply = Reply(
        channel="email",
        provider="mail",
        reference="r-1",
        address="maria@example.com",
        text="¿Para cuándo? 🙂",
        at=MONDAY + 40 * MINUTE,
        message_id=first["id"],
    )
    await replies.add(read(reply, await replies.about(reply), now=MONDAY + 40 * MINUTE))


async def seal_all(database: Database) -> None:
    """Seal everything that is recorded so far."""
    await database.rows("UPDATE attempt SET recorded_at = recorded_at - interval '5 minutes'")
    await database.rows("UPDATE ending SET recorded_at = recorded_at - interval '5 minutes'")
    while await PostgresSeals(database).seal_next(datetime.now(UTC)) is not None:
        pass


def makers(database: Database) -> Constancias:
    return constancias_of(database, CompanyRules(load(dict(ENVIRON))))


async def made(database: Database, key: str = NUMBER, at: datetime = ASKED_AT) -> Constancia:
    [case] = await lookup.find(PostgresCases(database), key)
    return await makers(database).of_case(case, Asked(by="ana", at=at))


def checked(constancia: Constancia) -> verificar.Report:
    """Verify it as its reader does; the signature is valid."""
    fingerprint, report = verificar.verify(constancia.content)
    assert fingerprint == constancia.facts.key
    return report


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def facts_of(content: bytes) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(opened(content)[verificar.FACTS])
    return facts
