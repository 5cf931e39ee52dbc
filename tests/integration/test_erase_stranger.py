"""A stranger who wrote without being in the directory is erased by the contacts that they left."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from hub.desk.rights.erasing import EVENTS, erase, strangers_of
from hub.errors import HubError, KeptByDuty, UnknownName
from hub.storage import Database, PostgresErasures
from tests.actors import actor
from tests.command_line import hub
from tests.integration.test_erasures import MAIL, NAME, NOW, WORDS, Rights, about
from tests.integration.test_evidence import Office
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import MONDAY, email, event, home, member, somebody

PHONE = "301 999 8877"
LEFT = {"name": NAME, "email": MAIL, "phone": PHONE}
BOTH = [MAIL, PHONE]


async def written(database: Database) -> Rights:
    """Return an office to which a stranger has written, leaving a mail address and a number."""
    office = Office(database)
    await office.take_in(*town(), home("102", copropiedad=PLACE))
    case = {"pqrs_id": "pqrs-77", "radicado": "PQ-77", "copropiedad_id": PLACE, "unit_id": "102"}
    await office.take_in(
        about("pqrs.received", 0, **case, petitioner=LEFT, subject=f"Una {WORDS['petition']}")
    )
    await office.deliver()
    return Rights(office)


async def end(rights: Rights) -> None:
    await rights.database.rows("UPDATE clock SET ended_at = now(), step_at = '{}' WHERE ended_at IS NULL")


async def test_nothing_of_a_stranger_is_left_after_the_erasure(opened: Database) -> None:
    rights = await written(opened)
    before = await rights.seen()
    await end(rights)
    [ref] = await strangers_of(opened, BOTH)
    await erase(actor(), PostgresErasures(opened), ref, reason="reclamo 15", legal_since=NOW)
    await rights.store.sweep(1000, NOW)

    assert {("message", "name"), ("message", "address"), ("event", "data")} <= before
    assert set() == await rights.seen()


@pytest.mark.parametrize("given", [[MAIL], ["+57 301 999 88 77"], BOTH])
async def test_open_case_of_a_stranger_is_answered_first(opened: Database, given: Sequence[str]) -> None:
    await written(opened)

    with pytest.raises(KeptByDuty, match="tiene un caso abierto"):
        await strangers_of(opened, given)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ([MAIL], UnknownName, "dé los dos"),
        (["nadie@example.com"], UnknownName, "No hay mensajes"),
        (["no sé"], HubError, "ni un celular"),
    ],
)
async def test_addresses_of_nobody_alone_say_what_to_give(
    opened: Database, given: Sequence[str], error: type[Exception], words: str
) -> None:
    await end(await written(opened))

    with pytest.raises(error, match=words):
        await strangers_of(opened, given)


async def test_command_erases_by_address_and_asks_for_one_of_both(environ: dict[str, str]) -> None:
    reason = ("--reason", "reclamo 15")
    async with Database(environ["HUB_DATABASE_URL"]) as opened:
        await end(await written(opened))
        addresses = ("--address", MAIL, "--address", PHONE)
        looked, shown, _ = await hub(environ, "person", "erase", *addresses, *reason, "--dry-run")
        done, _, _ = await hub(environ, "person", "erase", *addresses, *reason, "--yes")
        [left] = await opened.rows("SELECT count(*) AS n FROM message WHERE address = $1", MAIL)
    neither, _, words = await hub(environ, "person", "erase", *reason)

    assert (0, 0, 0) == (looked, done, left["n"])
    [report] = shown["items"]
    assert report["person"].startswith("inline:")
    assert report["counts"]["messages"] > 0
    assert 2 == neither
    assert "--address" in words


LATER = datetime.now(UTC)

ADDRESS = "Rosa.Vuelve@Example.com"


async def test_mark_of_who_comes_back_is_lifted_by_the_address(
    environ: dict[str, str], opened: Database
) -> None:
    office = Office(opened)
    await office.take_in(*town(), somebody("p-rosa", email(ADDRESS)))
    erased, _, _ = await hub(environ, "person", "erase", "p-rosa", "--reason", "reclamo 14", "--yes")
    await office.take_in(
        somebody("p-rosa-2", email(ADDRESS.lower())), member("p-rosa-2", "unit:101", "tenant")
    )
    before = await _asks(office, "1")
    rows = await opened.rows("SELECT DISTINCT reason FROM message WHERE state = 'suppressed'")
    lifted, done, _ = await hub(environ, "suppressions", "lift", ADDRESS.lower())
    after = await _asks(office, "2")

    assert (0, 0) == (erased, lifted)
    assert done["lifted"] > 0
    assert ("suppressed", ["erased"]) == (before, [row["reason"] for row in rows])
    assert "sent" == after


async def test_events_of_a_person_who_came_back_are_kept(environ: dict[str, str], opened: Database) -> None:
    office = Office(opened)
    await office.take_in(*town(), somebody("p-rosa", email(ADDRESS)))
    await hub(environ, "person", "erase", "p-rosa", "--reason", "reclamo 14", "--yes")
    await PostgresErasures(opened).sweep(EVENTS, LATER)
    await office.take_in(somebody("p-rosa-2", email(ADDRESS)), member("p-rosa-2", "unit:101", "tenant"))
    await hub(environ, "suppressions", "lift", ADDRESS)
    inline = {"petitioner": {"name": "Rosa Vuelve", "email": ADDRESS}}
    await office.take_in(event("pqrs.received", {**inline, "pqrs_id": "9"}, at=MONDAY, id="pqrs-9"))
    await PostgresErasures(opened).sweep(EVENTS, LATER)
    rows = await opened.rows("SELECT data FROM event WHERE id = 'pqrs-9'")
    versions = await opened.rows("SELECT data FROM directory_version WHERE id = 'p-rosa-2'")

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
