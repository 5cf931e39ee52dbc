"""A sheet of staff: duties, levels, areas; and a table as CSV that Excel opens as it is meant."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Json
from hub.people.importing import KnownDirectory, Report, entries_of, examine
from hub.people.importing.columns import DUTIES
from hub.people.importing.entries import StoredEntry
from hub.rendering.spreadsheet import sheet

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "examples/personal.csv"
SCHEMA: Final = ROOT / "schemas/directory.membership.upserted.v1.json"
HEADINGS: Final = "nombre;correo;cargo;nivel;área;copropiedad;turno 24/7;dirección"
LAURA: Final = "Laura;laura@b.co;servicio al cliente;1;cartera;empresa;sí;no"


def staff_sheet(*lines: str) -> bytes:
    return "\n".join([HEADINGS, *lines]).encode()


def bad(report: Report) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in report.faults if not fault.warning]


def hashes(document: str) -> list[str]:
    return [f"hash of {document}"]


def memberships(data: bytes, *known: dict[str, Json]) -> dict[str, dict[str, Json]]:
    stored = [StoredEntry(id="m-laura", version=1, removed=False, data=one) for one in known]
    entries = entries_of(examine(data).rows, KnownDirectory(memberships=stored), hashes)
    return {ref: dict(fields) for ref, fields in entries.facts["membership"].items()}


def test_example_sheet_has_no_faults() -> None:
    report = examine(EXAMPLE.read_bytes())

    assert ([], True, 7) == (list(report.faults), report.staff, len(report.rows))
    assert {1, 2, 3, 4, None} == {row.level for row in report.rows}


def test_line_has_the_duty_and_place_of_a_person() -> None:
    company, place = memberships(staff_sheet(LAURA, "Luis;;portería;;;Altos;;")).values()

    assert ("company", "staff", "service", 1, "cartera") == tuple(
        company[name] for name in ("scope", "role", "duty", "level", "service_area")
    )
    assert (True, False) == (company["on_call"], company["direction"])
    assert ("copropiedad:ph-altos", "front_desk", None) == tuple(
        place[name] for name in ("scope", "duty", "level")
    )


@pytest.mark.parametrize(
    ("line", "column", "write"),
    [
        ("Ana;a@b.co;primo;;;empresa;;", "cargo", "servicio al cliente, coordinación"),
        ("Ana;a@b.co;gerenta;;;empresa;;", "cargo", "¿gerente?"),
        ("Ana;a@b.co;;5;;empresa;;", "nivel", "1, 2, 3 o 4"),
        ("Ana;a@b.co;;;;empresa;;", "cargo", "o un nivel de 1 a 4"),
        ("Ana;a@b.co;portería;;;;;", "copropiedad", "«empresa»"),
        (";a@b.co;portería;;;empresa;;", "nombre", "nombres y apellidos"),
        ("Ana;a@b.co;portería;;;empresa;a veces;", "turno", "sí o no"),
        ("Ana;a@b.co;portería;;;empresa;;Calle 1", "direccion", "sí o no"),
        (LAURA, "cargo", "una sola línea"),
    ],
)
def test_bad_cell_is_reported_with_what_to_write(line: str, column: str, write: str) -> None:
    report = examine(staff_sheet(LAURA, line))

    assert [(3, column)] == bad(report)
    assert write in next(fault.write for fault in report.faults if not fault.warning)


def test_person_on_call_needs_a_mobile() -> None:
    report = examine(staff_sheet(LAURA))

    assert [("celular", True)] == [(fault.column, fault.warning) for fault in report.faults]


def test_person_has_several_duties_and_a_corrected_line_keeps_membership() -> None:
    both = memberships(staff_sheet(LAURA, "Laura;laura@b.co;coordinación;2;cartera;empresa;;"))
    corrected = memberships(staff_sheet(LAURA.replace(";1;", ";2;")))

    assert ["service", "coordinator"] == [membership["duty"] for membership in both.values()]
    assert next(iter(both)) == next(iter(corrected))
    assert [2] == [membership["level"] for membership in corrected.values()]


def test_membership_of_another_system_is_found_by_its_duty() -> None:
    [ref] = memberships(staff_sheet(LAURA))
    person = next(iter(memberships(staff_sheet(LAURA)).values()))["person_id"]
    theirs = {"person_id": person, "scope": "company", "role": "staff", "duty": "service", "level": 1}

    found = memberships(staff_sheet(LAURA), {**theirs, "service_area": "cartera"})
    other = memberships(staff_sheet(LAURA), {**theirs, "service_area": "legal"})

    assert (["m-laura"], [ref]) == (list(found), list(other))


def test_every_duty_has_a_word() -> None:
    schema = json.loads(SCHEMA.read_text())
    duties = set(schema["properties"]["duty"]["enum"]) - {None}
    assert duties == set(DUTIES.values())


def read(made: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_accents_separators_and_lines_within_a_cell_come_back() -> None:
    made = sheet(["Persona", "Qué dijo"], [["María Peña", 'Dijo: "sí"; y\nluego no'], [None, 3]])

    assert made.startswith(b"\xef\xbb\xbf")
    assert [["Persona", "Qué dijo"], ["María Peña", 'Dijo: "sí"; y\nluego no'], ["", "3"]] == read(made)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+57", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋57", "－2", "＠SUM(A1)"],
)
def test_text_that_begins_like_a_formula_stays_text(text: str) -> None:
    assert [["x"], [f"'{text}"]] == read(sheet(["x"], [[text]]))


def test_number_with_a_part_is_one_for_excel_in_spanish() -> None:
    assert sheet(["a", "b"], [[0.5, -12.5]]).endswith(b"\r\n0,5;-12,5\r\n")


def test_negative_number_stays_a_number() -> None:
    assert [["x"], ["-40"]] == read(sheet(["x"], [[-40]]))


@given(st.text(max_size=20))
def test_no_cell_of_text_calculates(text: str) -> None:
    [_, *rows] = read(sheet(["x", "y"], [[text, "z"]]))

    assert not any(cell.lstrip().startswith(tuple("=+-@＝＋－＠")) for row in rows for cell in row)
    assert not any(cell.startswith(("\t", "\r", "\n")) for row in rows for cell in row)
