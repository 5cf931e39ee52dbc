"""Sheets of real administrators: titles, sums, towers in the unit, two owners in a cell."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any, Final

import openpyxl
import pytest

from hub.people.importing import Report, examine
from hub.people.importing.cells import document, emails, is_blank, phones, roles, split_tower
from hub.people.importing.faults import BadCell

HEADINGS: Final = ("UNIDAD", "NOMBRE", "CORREO", "CELULAR", "TIPO")
PLACE: Final = "Mirador"


def csv(*lines: str, headings: tuple[str, ...] = HEADINGS) -> bytes:
    return "\n".join([";".join(headings), *lines]).encode()


def notes(report: Report, *, warning: bool) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in report.faults if fault.warning is warning]


def test_real_sheet_has_no_faults() -> None:
    book = openpyxl.Workbook()
    page: Any = book.active
    page["A1"] = "CONJUNTO RESIDENCIAL MIRADOR P.H."
    page.merge_cells("A1:I1")
    page["A2"] = "NIT 900.555.123-4"
    headings = ("No.", "TORRE Y APTO", "COEFICIENTE", "NOMBRE PROPIETARIO", "C.C. / NIT")
    page.append([*headings, "CORREO ELECTRÓNICO", "CELULAR", None, "TIPO", "FECHA ESCRITURA"])
    ana = ["Ana Núñez", "C.C. 52.000.001", "ana@example.com / a.nunez@example.com", "300-555-0001"]
    page.append([1, "APTO 101 T1", "0,4975", *ana, None, "Propietario Residente", datetime(2019, 7, 1)])  # noqa: DTZ001 - as Excel says it
    page.append([2, "T2 - 101", "0,4975", "INVERSIONES ZULUAGA S.A.S.", "900.111.222-3", "N/A", 3005550002])
    page["I5"] = "PROP."
    page.append([3, "PARQUEADERO 7", "0,005", "Ana Núñez", "52000001", "-", "no tiene", None, "Propietario"])
    page.append([None, "TOTAL", "1,0000"])
    page.append(["Elaboró: Administración"])
    file = io.BytesIO()
    book.save(file)

    report = examine(file.getvalue(), copropiedad=PLACE)

    assert [] == notes(report, warning=False)
    assert [(3, "No."), (7, "línea"), (8, "línea")] == notes(report, warning=True)
    first, second, parking = report.rows
    assert ("1", "APTO 101", 49.75) == (first.tower, first.unit, first.coefficient)
    assert (("owner", "resident"), date(2019, 7, 1)) == (first.roles, first.since)
    assert ("ana@example.com", "a.nunez@example.com") == first.emails
    assert ("2", "101", "900111222") == (second.tower, second.unit, second.document)
    assert (None, "PARQUEADERO 7", "52000001", ()) == (
        parking.tower,
        parking.unit,
        parking.document,
        parking.emails,
    )


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("APTO 101 T1", ("APTO 101", "1")),
        ("Apto. 101 - Torre 1", ("Apto. 101", "1")),
        ("101 (T 2)", ("101", "2")),
        ("TORRE A 301", ("301", "A")),
        ("T1-101", ("101", "1")),
        ("Bloque 3 Apto 12B", ("Apto 12B", "3")),
        ("Int. 2 Casa 5", ("Casa 5", "2")),
        ("CASA 7", ("CASA 7", None)),
        ("PARQUEADERO 12", ("PARQUEADERO 12", None)),
        ("LOCAL T2", ("LOCAL T2", None)),
        ("1-101", ("1-101", None)),
    ],
)
def test_a_unit_may_name_its_tower(unit: str, expected: tuple[str, str | None]) -> None:
    assert expected == split_tower(unit)


def test_a_unit_and_its_column_name_one_tower() -> None:
    headings = ("TORRE", "UNIDAD", "NOMBRE", "CORREO", "TIPO")
    report = examine(
        csv("1;APTO 101 T1;Ana;a@b.co;prop", "1;APTO 102 T2;Luis;l@b.co;prop", headings=headings),
        copropiedad=PLACE,
    )

    assert [(3, "unidad")] == notes(report, warning=False)
    assert [("1", "APTO 101")] == [(row.tower, row.unit) for row in report.rows]


@pytest.mark.parametrize("name", ["Juan Pérez y/o María Gómez", "Juan Pérez / María Gómez", "Ana; Luis"])
def test_two_owners_in_a_cell_are_a_fault(name: str) -> None:
    report = examine(csv(f'101;"{name}";a@b.co;;prop'), copropiedad=PLACE)

    [fault] = [note for note in report.faults if not note.warning]
    assert (2, "nombre", "son dos personas en una celda") == (fault.line, fault.column, fault.wrong)
    assert "una línea por persona" in fault.write


@pytest.mark.parametrize(
    ("name", "doubted"),
    [
        ("Juan y María Gómez", True),
        ("Ana Ruiz (Inmobiliaria Norte)", True),
        ("Pérez y Cía. Ltda.", False),
        ("Ruiz y Mesa S.A.S.", False),
        ("Yolanda Ayala", False),
    ],
)
def test_possible_two_names_in_a_cell_are_a_warning(name: str, doubted: bool) -> None:
    report = examine(csv(f"101;{name};a@b.co;;prop"), copropiedad=PLACE)

    assert ([(2, "nombre")] if doubted else []) == notes(report, warning=True)
    assert 1 == len(report.rows)


def test_same_name_without_contacts_is_a_warning() -> None:
    report = examine(csv("101;Ana Mesa;a@b.co;;prop", "DEPÓSITO 3;Ana Mesa;;;prop"), copropiedad=PLACE)

    assert [(3, "correo"), (3, "documento")] == notes(report, warning=True)


@pytest.mark.parametrize("text", ["", "N/A", "n.a.", "-", "NO TIENE", "No aplica", "sin correo", "—"])
def test_cell_can_state_that_it_is_empty(text: str) -> None:
    assert is_blank(text)
    assert () == examine(csv(f"101;Ana;{text};3005550001;prop"), copropiedad=PLACE).rows[0].emails


def test_cells_are_read_as_people_write_them() -> None:
    assert ("ana@example.com",) == emails("ana @example.com")
    assert ("ana@example.com",) == emails("ana@example.com / -")
    assert ("+573005550001", "+573005550002") == phones("300.555.00.01 / 57 300 555 0002")
    assert ("owner", "resident") == roles("PROPIETARIO RESIDENTE")
    assert ("auditor",) == roles("Revisor Fiscal")
    assert isinstance(roles("propietario ausente"), BadCell)
    assert "900123456" == document("NIT 900.123.456-7") == document("900123456")


def test_columns_of_one_meaning_are_read_together() -> None:
    headings = ("UNIDAD", "NOMBRE", "CELULAR 1", "CELULAR 2", "TELÉFONO", "TIPO")
    report = examine(csv("101;Ana;3005550001;N/A;3005550002;prop", headings=headings), copropiedad=PLACE)

    assert [] == list(report.faults)
    assert ("+573005550001", "+573005550002") == report.rows[0].phones


def test_the_contacts_of_another_person_in_the_line_are_never_the_first_ones() -> None:
    headings = ("UNIDAD", "NOMBRE", "CELULAR", "TIPO", "ARRENDATARIO", "CELULAR")
    report = examine(csv("101;Ana;3005550001;prop;Luis;3005550002", headings=headings), copropiedad=PLACE)

    assert ("+573005550001",) == report.rows[0].phones
    assert [(1, "ARRENDATARIO"), (1, "CELULAR")] == notes(report, warning=False)


def test_a_sheet_of_owners_alone_needs_no_role_in_each_line() -> None:
    data = csv("101;Ana;a@b.co", "102;;", headings=("APTO", "NOMBRE DEL PROPIETARIO", "E-MAIL"))

    report = examine(data, copropiedad=PLACE, role="propietario")

    assert [] == notes(report, warning=False)
    assert [("owner",), ()] == [row.roles for row in report.rows]
    assert "--role" in examine(data, copropiedad=PLACE).faults[0].write
    with pytest.raises(ValueError, match="propietario"):
        examine(data, role="primo")


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("TOTAL;;;;", False),
        ("SUBTOTAL TORRE 1;;;;", False),
        ("UNIDAD;NOMBRE;CORREO;CELULAR;TIPO", False),
        ("N/A;;-;;", False),
        ("TORRE 2;;;;", True),
    ],
)
def test_lines_for_human_readers_are_skipped(line: str, bad: bool) -> None:
    report = examine(csv("101;Ana;a@b.co;;prop", line), copropiedad=PLACE)

    assert [(3, "línea")] == notes(report, warning=not bad)
    assert 1 == len(report.rows)


def test_shares_are_of_one_also_when_a_line_is_bad() -> None:
    headings = ("UNIDAD", "COEFICIENTE", "NOMBRE", "CORREO", "TIPO")
    data = csv("101;0,25;Ana;a@b.co;prop", "102;0,75;Luis;luis@;prop", headings=headings)

    report = examine(data, copropiedad=PLACE)

    assert ([(3, "correo")], []) == (notes(report, warning=False), notes(report, warning=True))
    assert [25.0] == [row.coefficient for row in report.rows]


def test_workbook_sheet_is_the_named_one_or_the_first_with_headings() -> None:
    book = openpyxl.Workbook()
    for title, row in (("Portada", ["Base de datos 2026"]), ("Base", HEADINGS), ("Otra", HEADINGS)):
        page: Any = book.create_sheet(title)
        page.append(list(row))
        page.append(["101", title, "a@b.co", None, "propietario"])
    del book["Sheet"]
    file = io.BytesIO()
    book.save(file)

    names = [
        [row.name for row in examine(file.getvalue(), copropiedad=PLACE, sheet=name).rows]
        for name in ("", "OTRA")
    ]
    [fault] = examine(file.getvalue(), sheet="nadie").faults

    assert [["Base"], ["Otra"]] == names
    assert "no tiene una hoja" in fault.wrong
