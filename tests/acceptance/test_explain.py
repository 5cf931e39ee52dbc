"""Explanations of notices sent or not, by a whole hub: over RabbitMQ, on PostgreSQL, as a command."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from hub.business_time.dates import ZONE
from hub.operations.explain.explain import explain
from hub.operations.explain.verdict import ExplainOutcome
from hub.storage import Database, PostgresAudit, PostgresExplain
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until

NOW: Final = datetime.now(UTC)
WORKS: Final = {
    "copropiedad_id": directory.BUILDING,
    "work_id": "obra-1",
    "starts_at": (NOW + timedelta(days=30)).isoformat(),
    "ends_at": (NOW + timedelta(days=30, hours=5)).isoformat(),
    "affected_services": ["agua"],
    "contact": "Portería",
    "zones": ["tower:3"],
    "description": "Mantenimiento de las bombas.",
}

_EXAMPLE: Final = Path(__file__).parents[2] / "examples/maintenance.request.received.json"
REPAIR: Final = {
    **json.loads(_EXAMPLE.read_text(encoding="utf-8"))["data"],
    "copropiedad_id": directory.BUILDING,
    "requester": {"ref": "p-sin"},
}


async def test_everybody_of_a_building_is_explained(house: House) -> None:
    async with house.running() as publisher, Database(house.database_url) as database:
        store = PostgresExplain(database)
        await directory.publish_all(publisher)
        await _tower_3(publisher)
        await _away(publisher, "p-nivel-1", delegate="p-nivel-2")
        await until(lambda: _away_is_known(database, "p-nivel-1"), "the directory to be taken in")
        works = await publisher.publish("maintenance.scheduled.announced", WORKS)
        pqrs = await publisher.publish("pqrs.received", directory.pqrs(1))
        repair = await publisher.publish("maintenance.request.received", REPAIR)
        await until(lambda: _is(store, works, "p-tres", ExplainOutcome.SENT), "the works to be sent")
        await until(lambda: _is(store, pqrs, "p-nivel-2", ExplainOutcome.PENDING), "the inbox of the staff")
        await until(
            lambda: _is(store, repair, "p-sin", ExplainOutcome.NOT_REACHED), "the repair to be planned"
        )
        await _person(publisher, "p-nueva")
        await _moves_in(publisher, "p-nueva", since=_day_after(2))
        await until(lambda: _is(store, works, "p-nueva", ExplainOutcome.NOT_MEANT), "the news to be taken in")

        sentences = (await explain(store, works, "p-tres")).sentences
        elsewhere = (await explain(store, works, "p-ana")).sentences
        away = (await explain(store, pqrs, "p-nivel-1")).sentences
        unreached = (await explain(store, repair, "p-sin")).sentences
        added = await house.command("explain", works, "p-nueva")
        notes = (await PostgresAudit(database).notes(after=None, limit=10)).items

    assert "Se le envió por correo; no consta que llegara." == sentences[1]
    assert any(re.fullmatch(_MAILED, sentence) for sentence in sentences)
    assert "tres@example.co" not in str(sentences)
    assert "No: fue agregada a la Torre 3 dos días después." == added.splitlines()[1]
    assert (
        "No: es residente de la Torre 1; "
        "el aviso era para residentes y arrendatarios de la Torre 3 de Edificio Prueba."
    ) == elsewhere[1]
    assert "No: estaba en licencia o vacaciones; la reemplazaba p-nivel-2." == away[1]
    assert [
        "No: se le quiso avisar y no se pudo.",
        _NO_CONTACT,
        "Qué hacer: registre un correo o un celular de la persona y pida a operaciones que lo reenvíe.",
    ] == list(unreached[1:4])
    assert ["event.explain"] == [note.action for note in notes]


_MAILED: Final = (
    r"Por correo a t\*\*\*@e\*\*\*\.co: enviado el \w+ \d+ de \w+ de \d{4} a las? \d+:\d\d [ap]\. m\."
)
_NO_CONTACT: Final = (
    "Por notificación al celular: no se envió. "
    "La persona no tiene un dato de contacto que sirva para este canal."
)


def _day_after(days: int) -> str:
    return (datetime.now(ZONE) + timedelta(days=days)).date().isoformat()


async def _tower_3(publisher: Publisher) -> None:
    unit = {"unit_id": "u-301", "version": 1, "copropiedad_id": directory.BUILDING, "label": "Apto 301"}
    await publisher.publish("directory.unit.upserted", {**unit, "tower": "3"})
    await _person(publisher, "p-sin")
    await _person(publisher, "p-tres", {"id": "m", "kind": "email", "value": "tres@example.co"})
    await _moves_in(publisher, "p-tres")


async def _person(publisher: Publisher, ref: str, *points: dict[str, str]) -> None:
    data = {"person_id": ref, "version": 1, "names": "Alguien", "contact_points": list(points)}
    await publisher.publish("directory.person.upserted", data)


async def _moves_in(publisher: Publisher, ref: str, **fields: Any) -> None:
    data = {"membership_id": f"m-{ref}", "version": 1, "person_id": ref, "scope": "unit:u-301"}
    await publisher.publish("directory.membership.upserted", {**data, "role": "resident", **fields})


async def _away(publisher: Publisher, ref: str, *, delegate: str) -> None:
    data = {"leave_id": f"leave-{ref}", "version": 1, "person_id": ref, "delegate_id": delegate}
    term = {"since": _day_after(-1), "until": _day_after(1)}
    await publisher.publish("directory.leave.upserted", {**data, **term})


async def _away_is_known(database: Database, ref: str) -> bool:
    """The leave is published last, and the lane keeps its order."""
    return bool(await database.rows("SELECT FROM leave WHERE person_id = $1", ref))


async def _is(store: PostgresExplain, event: str, person: str, outcome: ExplainOutcome) -> bool:
    return (await explain(store, event, person)).outcome is outcome
