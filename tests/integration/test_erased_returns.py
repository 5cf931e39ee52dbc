"""An erased person comes back under a new reference: nothing leaves until operations lifts the mark."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.desk.rights.erasing import EVENTS
from hub.storage import Database, PostgresErasures
from tests.command_line import hub
from tests.integration.test_evidence import Office
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, email, event, member, somebody

NOW = datetime.now(UTC)

ADDRESS = "Rosa.Vuelve@Example.com"


async def test_mark_of_who_comes_back_is_lifted_by_the_address(environ: dict[str, str]) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        office = Office(database)
        await office.take_in(*town(), somebody("p-rosa", email(ADDRESS)))
        erased, _, _ = await hub(environ, "person", "erase", "p-rosa", "--reason", "reclamo 14", "--yes")
        await office.take_in(
            somebody("p-rosa-2", email(ADDRESS.lower())), member("p-rosa-2", "unit:101", "tenant")
        )
        before = await _asks(office, "1")
        rows = await database.rows("SELECT DISTINCT reason FROM message WHERE state = 'suppressed'")
        lifted, done, _ = await hub(environ, "suppressions", "lift", ADDRESS.lower())
        after = await _asks(office, "2")

    assert (0, 0) == (erased, lifted)
    assert done["lifted"] > 0
    assert ("suppressed", ["erased"]) == (before, [row["reason"] for row in rows])
    assert "sent" == after


async def test_events_of_a_person_who_came_back_are_kept(environ: dict[str, str]) -> None:
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        office = Office(database)
        await office.take_in(*town(), somebody("p-rosa", email(ADDRESS)))
        await hub(environ, "person", "erase", "p-rosa", "--reason", "reclamo 14", "--yes")
        await PostgresErasures(database).sweep(EVENTS, NOW)
        await office.take_in(somebody("p-rosa-2", email(ADDRESS)), member("p-rosa-2", "unit:101", "tenant"))
        await hub(environ, "suppressions", "lift", ADDRESS)
        inline = {"petitioner": {"name": "Rosa Vuelve", "email": ADDRESS}}
        await office.take_in(event("pqrs.received", {**inline, "pqrs_id": "9"}, at=MONDAY, id="pqrs-9"))
        await PostgresErasures(database).sweep(EVENTS, NOW)
        rows = await database.rows("SELECT data FROM event WHERE id = 'pqrs-9'")
        versions = await database.rows("SELECT data FROM directory_version WHERE id = 'p-rosa-2'")

    assert inline["petitioner"] == rows[0]["data"]["petitioner"]
    assert ADDRESS.lower() in str(versions[0]["data"]).lower()


async def _asks(office: Office, number: str) -> str:
    data = {
        "pqrs_id": number,
        "radicado": f"PQ-{number}",
        "copropiedad_id": PLACE,
        "unit_id": "101",
        "petitioner": {"ref": "p-rosa-2"},
    }
    await office.take_in(event("pqrs.received", data, at=MONDAY, id=f"pqrs-{number}"))
    await office.deliver()
    [row] = await office.database.rows(
        "SELECT state FROM message WHERE person = 'p-rosa-2' AND channel = 'email' AND event_id = $1",
        f"pqrs-{number}",
    )
    return str(row["state"])
