"""Sheets of people in the browser: looked at, written whole or not at all, and taken back."""

from typing import Final

import pytest

from hub.desk.imports import acts
from hub.desk.imports.rows import ApplyBody, SheetBody
from hub.desk.people import corrections
from hub.desk.people.rows import PersonCorrection
from hub.doors.operator import Operator
from hub.errors import InvalidSheet, TooLate
from hub.model.sheet_imports import ImportState, SheetImport
from hub.storage import Database, PostgresSheetImports
from tests.integration.test_people_by_hand import desk

HEAD: Final = "Copropiedad;Torre;Unidad;Nombre;Documento;Correo;Celular;Rol\n"
INES: Final = "Altos;1;302;Inés Ávila;52000302;ines@example.com;3001234567;propietario\n"
HUGO: Final = "Altos;1;303;Hugo Mesa;52000303;hugo@example.com;;residente\n"


async def given(by: Operator, *lines: str) -> SheetImport:
    return await acts.look_at_sheet(by, SheetBody(file="".join((HEAD, *lines)).encode()))


async def applied(by: Operator, *lines: str, **how: bool) -> SheetImport:
    sheet = await given(by, *lines)
    await acts.apply_import(by, sheet.id, ApplyBody(**how))
    await worked(by.db)
    return await acts.show_import(by, sheet.id)


async def worked(database: Database) -> None:
    while await PostgresSheetImports(database).work():
        pass


async def people(database: Database) -> dict[str, str]:
    rows = await database.rows(
        "SELECT name, contact_points -> -1 ->> 'value' AS last FROM person WHERE NOT removed ORDER BY name"
    )
    return {row["name"]: row["last"] for row in rows}


async def test_look_writes_nothing_and_says_what_would_change(opened: Database) -> None:
    by, world = desk(opened)
    sheet = await given(by, INES, HUGO, "Altos;1;304;;;;;\n", "Altos;1;305;Ana;;ana@;;propietario\n")

    assert {} == await people(opened)
    assert ("copropiedad", "torre", "unidad", "nombre", "documento", "correo", "celular", "rol") == tuple(
        sheet.report.columns
    )
    assert (2, 1) == (sheet.report.counts["person"]["new"], sheet.report.bad)
    assert ["Inés Ávila", "Hugo Mesa"] == [one.who for one in sheet.shown]
    assert "52000302" not in str(await opened.rows("SELECT content FROM sheet_import"))
    assert ["people.import.look"] == [note.action for note in world.audit.rows]
    with pytest.raises(TooLate):
        await acts.apply_import(by, sheet.id, ApplyBody())
    with pytest.raises(InvalidSheet):
        await acts.look_at_sheet(by, SheetBody(file=b"nada"))


async def test_sheet_is_written_and_a_later_one_is_taken_back(opened: Database) -> None:
    by, _ = desk(opened)
    first = await applied(by, INES, HUGO)
    later = await applied(by, INES.replace("3001234567", "3009876543"), end_missing=True)
    now = await people(opened)
    held = await opened.rows("SELECT DISTINCT role FROM member")
    [row] = await opened.rows("SELECT content FROM sheet_import WHERE id = $1", later.id)
    await acts.undo_import(by, later.id)
    await worked(opened)
    undone = await acts.show_import(by, later.id)

    assert (ImportState.DONE, 7, 7) == (first.state, first.done, first.total)
    said = "contactos: +57 *** *** 4567 → +57 *** *** 6543"
    assert [("changed", said), ("gone", "residente de Torre 1 303")] == [
        (one.kind, one.what) for one in (await given(by, INES.replace("3001234567", "3009876543"))).shown
    ]
    assert ({"Hugo Mesa": "hugo@example.com", "Inés Ávila": "+573009876543"}, ["owner"], None) == (
        now,
        [one["role"] for one in held],
        row["content"],
    )
    assert (ImportState.UNDONE, 0) == (undone.state, undone.left_as_is)
    assert "+573001234567" == (await people(opened))["Inés Ávila"]


async def test_way_back_takes_new_people_out_and_leaves_what_staff_has_corrected(opened: Database) -> None:
    by, _ = desk(opened)
    sheet = await applied(by, INES, HUGO)
    [row] = await opened.rows("SELECT id FROM person WHERE name = 'Hugo Mesa'")
    await corrections.correct_person(by, row["id"], PersonCorrection(seen=1, name="Hugo Mesa Rey"))
    again = await given(by, INES, HUGO)
    await acts.undo_import(by, sheet.id)
    await worked(opened)

    said = "nombre: Hugo Mesa Rey → Hugo Mesa"
    assert [("Hugo Mesa", said, True)] == [(one.who, one.what, one.by_hand) for one in again.shown]
    assert ["Hugo Mesa Rey"] == list(await people(opened))
    # The building and two units stay, and whom staff has corrected.
    assert 4 == (await acts.show_import(by, sheet.id)).left_as_is


async def test_writing_begins_again_after_a_death_and_is_done_once(opened: Database) -> None:
    by, _ = desk(opened)
    sheet = await given(by, INES)
    await acts.apply_import(by, sheet.id, ApplyBody())
    again = await acts.apply_import(by, sheet.id, ApplyBody())
    # What a process had written when it died was rolled back; its progress is still there.
    await opened.rows("UPDATE sheet_import SET done = 2, total = 3")
    await worked(opened)

    assert not again.changed
    assert ImportState.DONE == (await acts.show_import(by, sheet.id)).state
    assert [(1,)] == [tuple(row) for row in await opened.rows("SELECT version FROM person")]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((), "debajo de los encabezados"),
        ((INES.replace("Inés Ávila", ""),), "Línea 2, nombre: falta."),
        ((INES.replace("ines@example.com", "no es"),), "Línea 2, correo: no es un correo."),
    ],
    ids=["no line", "no name", "no address"],
)
async def test_sheet_without_a_good_line_says_where_and_why(
    opened: Database, lines: tuple[str, ...], says: str
) -> None:
    by, _ = desk(opened)
    with pytest.raises(InvalidSheet, match=says):
        await given(by, *lines)
