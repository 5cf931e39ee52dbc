"""A spreadsheet of people against a real database: long files, again, corrected, refused in the middle."""

import io
import resource
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from hub.access.keyring import KeyRing
from hub.desk.imports.acts import load
from hub.errors import StorageRefused
from hub.model import Json
from hub.people.audience import Group
from hub.people.erasing import LAST_VERSION
from hub.people.importing import Changes, Report, examine
from hub.people.importing.columns import COLUMNS
from hub.settings import Secret
from hub.storage import Database, PostgresIntake, PostgresTimers
from hub.storage.secrets import PostgresSecrets
from tests.actors import actor
from tests.command_line import hub, printed
from tests.contract.values import copropiedad, membership, person, unit

EXAMPLE: Final = Path(__file__).parents[2] / "examples/personas.csv"
LONG: Final = 4_000
BAD_EVERY: Final = 100
QUICK: Final = LONG * 0.003  # seconds, on a machine that does other things too
NOTHING: Final = {"new": 0, "changed": 0, "foreign": 0}
BAD: Final[Sequence[Mapping[str, str]]] = (
    {"rol": "primo"},
    {"rol": ""},
    {"celular": "7420101"},
    {"celular": "17420101"},
    {"correo": "maria@"},
    {"nombre": ""},
    {"unidad": ""},
    {"piso": "primero"},
    {"coeficiente": "mucho"},
    {"documento": "5,2E+07"},
    {"desde": "31/02/2020"},
    {"hasta": "ayer"},
    {"acceso_digital": "tal vez"},
    {"idioma": "klingon"},
    {"celular": "=A1"},
    {"nombre": "#N/A"},
)


class Importing:
    """Imports into a database of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = database
        self.keys = ["key"]

    def hashes(self, document: str) -> list[str]:
        return KeyRing([Secret(key) for key in self.keys]).document_hashes(document)

    async def apply(self, data: bytes, *, end_missing: bool = False) -> Changes:
        return await self.load(examine(data), end_missing=end_missing)

    async def load(self, report: Report, *, end_missing: bool = False) -> Changes:
        by = actor(now=datetime.now(UTC))
        _, changes = await load(by, self.store, report, self.hashes, end_missing=end_missing)
        return changes

    async def rows(self, statement: str) -> list[Mapping[str, Json]]:
        return [dict(row) for row in await self.database.rows(statement)]

    async def count(self, table: str) -> int:
        [row] = await self.database.rows(f"SELECT count(*) AS n FROM {table}")
        return int(row["n"])

    async def owners(self, unit_id: str) -> list[str]:
        group = Group(unit_id=unit_id, roles=("owner",))
        async with PostgresIntake(self.database).transaction() as transaction:
            return [person.name for person in (await transaction.people([group]))[group]]


@pytest.fixture
async def importing(database: str) -> AsyncIterator[Importing]:
    async with Database(database) as opened:
        yield Importing(opened)


def long_file(*, bad: bool = True) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for number in range(LONG):
        row = {
            "copropiedad": f"Conjunto {number % 20}",
            "torre": str(number % 7),
            "unidad": str(number),
            "coeficiente": "0,1",
            "nombre": f"Persona {number}",
            "documento": str(50_000_000 + number),
            "correo": f"persona{number}@example.com",
            "celular": str(3_000_000_000 + number),
            "rol": "propietario",
            "desde": "01/07/2019",
        }
        if bad and number % BAD_EVERY == 0:
            row |= BAD[number // BAD_EVERY % len(BAD)]
        yield [row.get(column, "") for column in COLUMNS]


def as_csv(rows: Iterator[list[str]]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode("cp1252")


def as_xlsx(rows: Iterator[list[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    page: Any = book.create_sheet()
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.slow
async def test_thousands_of_lines_with_every_kind_of_bad_one_go_in_within_seconds(
    importing: Importing,
) -> None:
    in_csv, csv_took = timed_reading(as_csv(long_file()))
    in_xlsx, xlsx_took = timed_reading(as_xlsx(long_file()))
    began = time.monotonic()
    first = await importing.load(in_csv)
    written = time.monotonic() - began
    again = await importing.load(in_xlsx)

    good = LONG - LONG // BAD_EVERY
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(  # noqa: T201 - a measurement is read by a person
        f"\nread in {csv_took:.1f} s as CSV, in {xlsx_took:.1f} s as XLSX; written in {written:.1f} s,"
        f" never more than {most} MB"
    )
    assert in_csv == in_xlsx
    assert len(in_csv.bad_lines) == LONG // BAD_EVERY
    assert first.counts()["person"] == {"new": good, "changed": 0, "unchanged": 0, "foreign": 0}
    assert [await importing.count(table) for table in ("unit", "person", "membership")] == [good] * 3
    assert again.made == []
    assert again.counts()["membership"] == NOTHING | {"unchanged": good}
    assert max(csv_took, xlsx_took) + written < QUICK


def timed_reading(data: bytes) -> tuple[Report, float]:
    """Return also the seconds of this process's own work: reading waits for nobody."""
    began = time.process_time()
    return examine(data), time.process_time() - began


async def test_a_row_that_the_database_refuses_leaves_nothing_half_imported(importing: Importing) -> None:
    await importing.database.rows("ALTER TABLE membership ADD CONSTRAINT refused CHECK (role <> 'auditor')")
    data = EXAMPLE.read_bytes()

    with pytest.raises(StorageRefused):
        await importing.apply(data)

    tables = ("copropiedad", "unit", "person", "membership", "directory_version")
    assert [await importing.count(table) for table in tables] == [0] * 5


async def test_a_corrected_file_changes_only_what_differs(importing: Importing) -> None:
    before = EXAMPLE.read_text()
    await importing.apply(before.encode())

    changes = await importing.apply(
        before.replace("andres.ruiz@example.com", "andres@example.com").replace("31/01/2027", "").encode()
    )

    assert [(change.noun, change.data["version"]) for change in changes.made] == [
        ("person", 2),
        ("membership", 2),
    ]
    assert changes.missing == []


async def test_one_person_has_several_units_and_roles_and_is_stored_once(importing: Importing) -> None:
    await importing.apply(EXAMPLE.read_bytes())

    assert await importing.count("person") == 5
    maria = await importing.rows("SELECT role FROM member WHERE name LIKE 'María%' ORDER BY role, scope_id")
    assert [row["role"] for row in maria] == ["owner", "owner", "resident"]
    [stored] = await importing.rows("SELECT * FROM person WHERE name LIKE 'María%'")
    assert stored["document_hash"] == KeyRing([Secret("key")]).document_hashes("52000101")[0]
    assert "52000101" not in str(stored)


async def test_a_key_that_is_rotated_makes_no_second_person(importing: Importing) -> None:
    await importing.apply(EXAMPLE.read_bytes())
    importing.keys = ["newer", "key"]

    changes = await importing.apply(EXAMPLE.read_bytes())

    assert await importing.count("person") == 5
    assert changes.counts()["person"] == {"new": 0, "changed": 5, "unchanged": 0, "foreign": 0}


async def test_a_key_that_went_too_early_makes_no_second_person_where_a_contact_identifies(
    importing: Importing,
) -> None:
    await importing.apply(EXAMPLE.read_bytes())
    before = await importing.rows("SELECT id FROM person WHERE contact_points_given <> '[]' ORDER BY id")
    importing.keys = ["newer"]

    changes = await importing.apply(EXAMPLE.read_bytes())

    after = await importing.rows("SELECT id FROM person WHERE contact_points_given <> '[]' ORDER BY id")
    [stored] = await importing.rows("SELECT document_hash FROM person WHERE name LIKE 'María%'")
    assert [dict(row) for row in before] == [dict(row) for row in after]
    assert len(before) > 2
    assert changes.counts()["person"]["changed"] == len(before)
    assert stored["document_hash"] == KeyRing([Secret("newer")]).document_hashes("52000101")[0]


async def test_what_an_older_key_is_still_needed_for_is_counted(importing: Importing) -> None:
    await importing.apply(EXAMPLE.read_bytes())
    secrets = PostgresSecrets(importing.database)
    old, both = KeyRing([Secret("key")]), KeyRing([Secret("newer"), Secret("key")])
    before = await secrets.documents()
    importing.keys = ["newer", "key"]
    await importing.apply(EXAMPLE.read_bytes())

    assert set(before) == set(old.ids)
    assert await secrets.documents() == {both.ids[0]: before[old.ids[0]]}


async def test_devices_and_verified_addresses_stay_when_a_file_comes_again(importing: Importing) -> None:
    await importing.apply(EXAMPLE.read_bytes())
    [andres] = await importing.rows(
        "SELECT id, contact_points_given AS points FROM person WHERE name ~ '^Andr'"
    )
    points = [
        *({**point, "verified": True} for point in andres["points"]),
        {"id": "phone-app", "kind": "push", "value": "token"},
    ]
    async with PostgresIntake(importing.database).transaction() as transaction:
        updated = person(
            andres["id"],
            7,
            names="Andrés Felipe Ruiz",
            contact_points=points,
            document_hash=KeyRing([Secret("key")]).document_hashes("80000102")[0],
            digital_access=True,
        )
        await transaction.apply_directory([updated])

    same = await importing.apply(EXAMPLE.read_bytes())
    moved = await importing.apply(EXAMPLE.read_text().replace("300 000 0102", "300 000 0199").encode())

    assert same.made == []
    [change] = moved.made
    values = {point["value"]: point.get("verified") for point in change.data["contact_points"]}
    assert change.data["version"] == 8
    assert values == {"andres.ruiz@example.com": True, "+573000000199": None, "token": None}


async def test_file_goes_on_from_any_version_and_notifies_whose_contact_it_takes(
    importing: Importing,
) -> None:
    await importing.apply(EXAMPLE.read_bytes())
    text, timers = EXAMPLE.read_text(), PostgresTimers(importing.database)
    today = int(datetime.now(UTC).strftime("%Y%m%d"))
    # Somebody has given the row a version that reads as a day; the file counts on from it.
    await importing.database.rows("UPDATE person SET version = $1 WHERE name ~ '^Andr'", today + 1)
    moved = [await importing.apply(text.replace("300 000 0102", number).encode()) for number in NUMBERS]
    changes = await timers.contact_changes(10)

    assert [[today + 2], [today + 3]] == [
        [change.data["version"] for change in each.made if change.noun == "person"] for each in moved
    ]
    assert ["+573000000102", "+573000000199"] == [change.former[0].value for change in changes]
    assert {"urn:hub:import"} == {change.source for change in changes}


NUMBERS = ("300 000 0199", "300 000 0198")


async def test_whoever_was_erased_is_not_created_again_and_the_others_are_written(
    importing: Importing,
) -> None:
    first = await importing.apply(EXAMPLE.read_bytes())
    ref = next(change.data["person_id"] for change in first.made if change.noun == "person")
    await importing.rows(
        f"UPDATE person SET version = {LAST_VERSION}, removed = true, name = '', contact_points = NULL,"
        f" contact_points_given = NULL, document_hash = NULL WHERE id = '{ref}'"
    )
    await importing.rows("DELETE FROM membership")
    again = await importing.apply(EXAMPLE.read_bytes())
    [erased] = await importing.rows(f"SELECT removed, name FROM person WHERE id = '{ref}'")
    belongs = await importing.rows("SELECT DISTINCT person_id FROM membership")

    assert ([ref], []) == (list(again.erased), again.revived)
    assert {"removed": True, "name": ""} == erased
    assert 4 == len(belongs)
    assert ref not in {row["person_id"] for row in belongs}


async def test_what_another_system_keeps_is_found_and_left_as_it_is(importing: Importing) -> None:
    async with PostgresIntake(importing.database).transaction() as transaction:
        points = [{"id": "e", "kind": "email", "value": "maria.pena@example.com"}]
        await transaction.apply_directory(
            [
                copropiedad("ph-1", name="ALTOS DEL ROSAL"),
                unit("u-101", "ph-1", tower="Torre 1", label="Apartamento 101"),
                person("p-maria", names="Maria Fernanda Peña", contact_points=points),
                membership("p-maria", "unit:u-101", "owner"),
            ]
        )

    changes = await importing.apply(EXAMPLE.read_bytes())

    assert {noun: row["foreign"] for noun, row in changes.counts().items()} == {
        "copropiedad": 1,
        "unit": 1,
        "person": 1,
        "membership": 1,
    }
    assert await importing.owners("u-101") == ["Maria Fernanda Peña"]
    assert await importing.count("person") == 5


async def test_the_command_looks_first_and_writes_on_command(environ: dict[str, str], tmp_path: Path) -> None:
    keyed = environ | {"HUB_SECRET": "a secret of at least thirty-two letters"}
    file = tmp_path / "malo.csv"
    total = "Altos del Rosal;;;;100;TOTAL;;;;;;;;\n"
    file.write_text(
        f"{EXAMPLE.read_text()}Altos del Rosal;1;3;301;;Ana Mesa;;;742 0101;propietario;;;;\n{total}"
    )

    looked, dry, _ = await hub(keyed, "people", "import", str(file))
    refused, kept, _ = await hub(keyed, "people", "import", str(file), "--apply")
    screen, _ = await printed(keyed, "people", "import", str(file), "--apply")
    written, done, _ = await hub(keyed, "people", "import", str(file), "--apply", "--skip-bad")
    again, same, _ = await hub(keyed, "people", "import", str(EXAMPLE), "--apply")
    _, noted, _ = await hub(keyed, "audit")
    unkeyed, _, err = await hub(environ, "people", "import", str(EXAMPLE))
    unsure, _, why = await hub(
        keyed, "people", "import", str(file), "--apply", "--skip-bad", "--remove-missing"
    )

    assert (looked, refused, written, again, unkeyed, unsure) == (1, 1, 0, 0, 1, 1)
    assert [answer["applied"] for answer in (dry, kept, done, same)] == [False, False, True, True]
    assert (dry["lines"], dry["bad"], dry["skipped"]) == (9, 1, [10])
    assert "9 líneas leídas, 1 malas, 1 pasadas por alto (línea 10)." in screen
    assert "línea 9 · celular · MAL: es un fijo de 7 dígitos" in screen
    assert "No se escribió nada: arregle las malas" in screen
    assert same["counts"]["person"] == NOTHING | {"unchanged": 5}
    assert [row["action"] for row in noted["items"]] == ["people.import", "people.import"]
    assert "HUB_SECRET" in err
    assert "--remove-missing" in why
