"""Spreadsheets of people: the usable lines, and the faults of each line."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.people.importing import Fault, Report, examine
from hub.people.importing import sheets as sheets_module
from hub.people.importing.cells import day, phones
from hub.people.importing.columns import COLUMNS, NAMED, ROLE_WORDS, ROLES, STAFF_COLUMNS
from hub.people.importing.entries import places_of
from hub.people.importing.faults import BadCell
from hub.people.importing.forms import READERS
from hub.people.importing.rows import Row
from hub.people.importing.sheets import lines

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "examples/personas.csv"
PHONES: Final = json.loads((ROOT / "tests/vectors/phone_co.json").read_text())["rows"]
MARIA: Final = {
    "copropiedad": "Altos",
    "torre": "1",
    "unidad": "101",
    "nombre": "María Peña",
    "correo": "maria@example.com",
    "rol": "propietario",
}


def sheet(*people: dict[str, str], separator: str = ";") -> bytes:
    rows = [list(COLUMNS), *([person.get(column, "") for column in COLUMNS] for person in people)]
    return "\n".join(separator.join(row) for row in rows).encode()


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    page: Any = book.active
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bad(report: Report) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in report.faults if not fault.warning]


def warnings(report: Report) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in report.faults if fault.warning]


@pytest.mark.parametrize(
    ("column", "cell", "wrong", "write"),
    [
        ("rol", "propetario", "no se conoce ese rol", "¿propietario?"),
        ("rol", "primo", "no se conoce ese rol", "propietario, residente"),
        ("rol", "", "falta", "propietario, residente"),
        ("rol", ";", "no se conoce ese rol", "propietario, residente"),
        ("celular", "7420101", "fijo de 7 dígitos", "1 Bogotá"),
        ("celular", "742 01 01", "fijo de 7 dígitos", "60 y el dígito de la ciudad"),
        ("celular", "17420101", "indicativo viejo", "4 Medellín"),
        ("celular", "300123456", "le falta un dígito", "10 dígitos"),
        ("celular", "3,00E+09", "Excel abrevió", "formato Texto"),
        ("celular", "llamar al vecino", "no es un teléfono", "celular de 10 dígitos"),
        ("celular", "300 123 4567; 12", "no es un teléfono", "celular de 10 dígitos"),
        ("correo", "maria@", "no es un correo", "nombre@dominio.co"),
        ("correo", "a@example.com / b", "no es un correo", "separadas por ;"),
        ("nombre", "", "falta", "nombres y apellidos"),
        ("nombre", "maria@example.com", "no es un nombre", "nombres y apellidos"),
        ("nombre", "n" * 201, "más de 200 letras", "más corto"),
        ("unidad", "", "falta", "101 o Casa 7"),
        ("copropiedad", "", "falta", "--copropiedad"),
        ("piso", "primero", "no es un piso", "número entero"),
        ("piso", "5000", "no es un piso", "-1 para el primer sótano"),
        ("coeficiente", "mucho", "no es un coeficiente", "4,1666"),
        ("coeficiente", "101", "no es un coeficiente", "entre 0 y 100"),
        ("documento", "sin", "no es un documento", "52123456"),
        ("documento", "5,2E+07", "Excel abrevió", "formato Texto"),
        ("desde", "31/02/2020", "no es una fecha", "dd/mm/aaaa"),
        ("desde", "12/31/2020", "no es una fecha", "aaaa-mm-dd"),
        ("hasta", "ayer", "no es una fecha", "dd/mm/aaaa"),
        ("acceso_digital", "tal vez", "no es sí ni no", "sí o no"),
        ("idioma", "klingon", "no se conoce ese idioma", "español"),
        ("correo", '=HYPERLINK("mailto:x")', "es una fórmula", "solo valores"),
        ("celular", "#N/A", "error de la hoja", "deje la celda vacía"),
        ("nombre", "Ma\0ría", "caracteres que no se ven", "a mano"),
    ],
)
def test_bad_cell_is_reported_with_what_to_write(column: str, cell: str, wrong: str, write: str) -> None:
    report = examine(sheet(MARIA | {column: cell.replace(";", ",").replace('"', "")}))

    assert bad(report) == [(2, column)]
    [fault] = [note for note in report.faults if not note.warning]
    assert wrong in fault.wrong
    assert write in fault.write
    assert report.rows == ()


@pytest.mark.parametrize(
    ("second", "column"),
    [
        ({"torre": "Torre 1", "unidad": "Apto. 101"}, "rol"),
        ({"unidad": "102", "documento": "52123456", "nombre": "Otra Persona"}, "nombre"),
        ({"rol": "arrendatario"}, "rol"),
        ({"nombre": "Ana Mesa", "correo": "ana@example.com", "piso": "9"}, "piso"),
        ({"nombre": "Ana Mesa", "correo": "ana@example.com", "coeficiente": "50"}, "coeficiente"),
        ({"unidad": "102", "acceso_digital": "no"}, "acceso_digital"),
        ({"unidad": "102", "letra_grande": "no"}, "letra_grande"),
        ({"unidad": "102", "idioma": "inglés"}, "idioma"),
        ({"unidad": "102", "desde": "2020-01-01", "hasta": "2019-01-01"}, "hasta"),
    ],
)
def test_the_later_of_two_lines_that_contradict_each_other_is_bad(
    second: dict[str, str], column: str
) -> None:
    first = MARIA | {
        "documento": "52.123.456",
        "piso": "1",
        "coeficiente": "100",
        "acceso_digital": "sí",
        "letra_grande": "sí",
        "idioma": "es",
    }
    document = {} if second.get("nombre") else {"documento": "52123456"}

    report = examine(sheet(first, MARIA | document | second))

    assert bad(report) == [(3, column)]
    assert [row.line for row in report.rows] == [2]


def test_an_owner_who_becomes_tenant_of_the_unit_is_no_contradiction() -> None:
    sold = MARIA | {"hasta": "01/01/2024"}
    rented = MARIA | {"rol": "arrendatario", "desde": "01/01/2024"}

    assert bad(examine(sheet(sold, rented))) == []


@pytest.mark.parametrize(
    ("people", "column"),
    [
        ([MARIA | {"celular": "601 742 0101"}], "celular"),
        ([MARIA | {"correo": ""}], "correo"),
        ([MARIA | {"coeficiente": "40"}], "coeficiente"),
        (
            [
                MARIA | {"desde": "2010-01-01"},
                MARIA | {"nombre": "Ana", "correo": "a@b.co", "desde": "2020-01-01"},
            ],
            "hasta",
        ),
    ],
)
def test_warning_blocks_nothing(people: list[dict[str, str]], column: str) -> None:
    report = examine(sheet(*people))

    assert bad(report) == []
    assert warnings(report) == [(2, column)]
    assert len(report.rows) == len(people)


@pytest.mark.parametrize(
    ("cells", "shares"),
    [
        (("0,25", "0.75"), [25.0, 75.0]),
        (("25", "75"), [25.0, 75.0]),
        (("25 %", "75%"), [25.0, 75.0]),
        (("0,25%", "0,75%"), [0.25, 0.75]),
        (("0,8", "0,9"), [0.8, 0.9]),
    ],
)
def test_coefficients_are_per_cent_or_of_one(cells: tuple[str, str], shares: list[float]) -> None:
    people = [MARIA | {"unidad": str(number), "coeficiente": cell} for number, cell in enumerate(cells)]

    assert [row.coefficient for row in examine(sheet(*people)).rows] == shares


@pytest.mark.parametrize("row", PHONES, ids=lambda row: row["input"])
def test_numbers_match_the_independent_rule(row: dict[str, Any]) -> None:
    read = phones(row["input"])

    if row["independent_rule"] is not None and not isinstance(read, BadCell):
        assert read == (row["independent_rule"],)
    if not row.get("valid") and row["independent_rule"] is None:
        assert isinstance(read, BadCell)


@pytest.mark.parametrize("text", ["01/07/2019", "1-7-2019", "2019-07-01", "2019-07-01T00:00:00", "43647"])
def test_day_is_read_in_every_notation(text: str) -> None:
    assert day(text) == date(2019, 7, 1)


@pytest.mark.parametrize(
    "content",
    [
        "copropiedad;unidad;nombre;rol\nAltos;1;Íñigo Muñoz;residente\n".encode("mac-roman"),
        "copropiedad;unidad;nombre;rol\nAltos;1;José Núñez;residente\n".encode("mac-roman"),
        "copropiedad;unidad;nombre;rol\nAltos;1;Ana Muñoz;residente\n".encode().decode("cp1252").encode(),
        "copropiedad;unidad;nombre;rol\nAltos;1;Ana Muñoz;".encode() + "Peñón\n".encode("cp1252"),
    ],
    ids=["of a Mac", "of a Mac too", "made twice", "of two kinds"],
)
def test_letters_of_another_encoding_are_refused_before_they_are_names(content: bytes) -> None:
    [fault] = examine(content).faults

    assert ("archivo", False) == (fault.column, fault.warning)
    assert "tildes" in fault.wrong


def test_letters_that_only_look_foreign_are_names() -> None:
    names = "JOÃO SÃO–PAULO", "Tom D’Arcy", "“Ñoño” Díaz", "Ana – María"
    table = "".join(f"Altos;{n};{name};residente\n" for n, name in enumerate(names))
    for encoding in ("utf-8", "cp1252"):
        report = examine(f"copropiedad;unidad;nombre;rol\n{table}".encode(encoding))
        assert [*names] == [row.name for row in report.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_encoding_and_separator_reads_the_same(encoding: str, separator: str) -> None:
    data = sheet(MARIA, separator=separator).decode().encode(encoding)

    [row] = examine(data).rows
    assert (row.name, row.unit, row.emails) == ("María Peña", "101", ("maria@example.com",))


def test_headings_have_aliases_and_can_follow_a_title() -> None:
    data = "Altos\n\n CORREO ELECTRÓNICO ;Apto;Nombres y Apellidos;Calidad;Color\nm@x.co;101;Ana;Dueña;rojo\n"

    report = examine(data.encode(), copropiedad="ph-altos")

    [row] = report.rows
    assert (row.line, row.copropiedad, row.roles, row.emails) == (4, "ph-altos", ("owner",), ("m@x.co",))
    assert warnings(report) == [(3, "Color")]


@pytest.mark.parametrize(
    "total",
    [
        {"unidad": "TOTAL", "coeficiente": "100"},
        {"unidad": "TOTAL", "nombre": "311"},
        {"nombre": "TOTAL"},
        {"nombre": "Total general:", "coeficiente": "100"},
        {"nombre": "TOTALES", "unidad": "24"},
        {"nombre": "Total torre 2: 24 unidades"},
        {"nombre": "Gran total", "documento": "311", "correo": "250"},
        {"nombre": "T O T A L"},
        {"nombre": "Suma", "coeficiente": "100,00 %"},
        dict.fromkeys(("unidad", "nombre", "documento", "correo", "celular", "rol"), "total"),
    ],
    ids=str,
)
@pytest.mark.parametrize("role", ["", "propietario"])
def test_a_total_row_is_skipped_and_named(total: dict[str, str], role: str) -> None:
    report = examine(sheet(MARIA, total), role=role)

    assert [MARIA["nombre"]] == [row.name for row in report.rows]
    assert ((3,), ()) == (report.skipped_lines, report.bad_lines)


@pytest.mark.parametrize(
    "person",
    [
        {"nombre": "Total", "unidad": "102", "rol": "residente"},
        {"nombre": "Total", "unidad": "102", "documento": "79123456"},
        {"nombre": "Total", "unidad": "102", "correo": "total@example.com"},
        {"nombre": "Total Pérez", "unidad": "102"},
        {"nombre": "Inversiones Total S.A.S.", "unidad": "102"},
    ],
    ids=str,
)
def test_somebody_who_is_called_total_is_read(person: dict[str, str]) -> None:
    report = examine(sheet(MARIA, {"copropiedad": "Altos", **person}), role="propietario")

    assert [MARIA["nombre"], person["nombre"]] == [row.name for row in report.rows]
    assert () == report.skipped_lines


def test_workbook_is_read_like_text() -> None:
    data = workbook(
        ["Unidad", "Nombre", "Rol", "Celular", "Desde", "Coeficiente", "Acceso digital"],
        [101, "Ana Mesa", "residente", 3001234567, datetime(2019, 7, 1), 100.0, True],  # noqa: DTZ001 - as Excel says it
        [102, "Luis Mesa", "residente", "=A1", 43647, None, False],
    )

    report = examine(data, copropiedad="ph-1")

    [row] = report.rows
    assert (row.unit, row.phones, row.since) == ("101", ("+573001234567",), date(2019, 7, 1))
    assert (row.coefficient, row.digital_access) == (100.0, True)
    assert bad(report) == [(3, "celular")]


def test_example_sheet_has_no_faults() -> None:
    report = examine(EXAMPLE.read_bytes())

    assert bad(report) == []
    assert [fault.wrong for fault in report.faults] == ["es un fijo: no recibe SMS ni WhatsApp"]
    assert len(report.rows) == report.read == 7


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "no hay encabezados"),
        (b"hola\n", "no hay encabezados"),
        (b"unidad;rol\n101;propietario\n", "falta nombre"),
        (b"\xd0\xcf\x11\xe0 an old book", "Excel antiguo"),
        (b"PK\x03\x04 no archive", "no es un libro"),
        (b"nombre\x81\x81\n", "No es texto"),
        (b'unidad;nombre;rol\n"' + b"a\n" * 100_000, "comillas sin cerrar"),
        (b"unidad;nombre;rol\n" + b"a" * 4_001, "más de 4000 letras"),
        (b"unidad;nombre;rol\n" + b"1;Ana;residente\n" * 200_001, "más de 200000 filas"),
    ],
)
def test_file_without_a_table_is_one_fault_of_the_whole_file(data: bytes, wrong: str) -> None:
    [fault] = examine(data).faults

    assert fault.line == 0
    assert wrong.casefold() in fault.wrong.casefold()


def test_zip_bomb_is_not_unzipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets_module, "MAX_UNZIPPED", 1 << 20)

    [fault] = examine(bomb()).faults

    assert "Descomprimido" in fault.wrong


@given(st.binary(max_size=400))
def test_any_bytes_make_a_report(data: bytes) -> None:
    assert examine(data).faults


@given(
    st.lists(
        st.lists(
            st.text(max_size=20) | st.sampled_from(sorted([*NAMED, *ROLES, "=1", "101", '"'])), max_size=6
        ),
        max_size=6,
    )
)
def test_any_cells_make_a_report(rows: list[list[str]]) -> None:
    text = "unidad;nombre;rol;correo;celular;desde\n" + "\n".join(";".join(row) for row in rows)

    report = examine(text.encode("utf-8", "replace"), copropiedad="ph-1")

    used = {row.line for row in report.rows}
    assert used.isdisjoint(report.bad_lines)
    assert len(used) == len(report.rows)


@given(st.binary(max_size=200), st.integers(0, 3_000))
def test_a_damaged_book_makes_a_report(noise: bytes, place: int) -> None:
    whole = workbook(["unidad", "nombre", "rol"], ["101", "Ana", "residente"])
    cut = place % len(whole)

    examine(whole[:cut] + noise + whole[cut + len(noise) :])


def test_no_fault_quotes_a_cell() -> None:
    cells = dict.fromkeys(COLUMNS, "=secreto")

    faults = examine(sheet(cells)).faults

    assert len(faults) == len(COLUMNS)
    assert "secreto" not in json.dumps([_shown(fault) for fault in faults])


def _shown(fault: Fault) -> list[str]:
    return [fault.column, fault.wrong, fault.write]


def test_every_column_is_read_and_every_role_has_a_word() -> None:
    assert {*COLUMNS, *STAFF_COLUMNS} == set(READERS)
    assert set(ROLE_WORDS) == set(ROLES.values())
    assert [line.number for line in lines(b"unidad\n\n\n101\n")] == [1, 4]


def test_a_copropiedad_is_known_by_id_and_name_or_gets_an_id_that_can_be_read() -> None:
    named = {"ph-1": "Altos del Rosal", "ph-rio": "Casas del Río"}
    texts = ("ph-1", "ALTOS DEL ROSAL", "Río", "Torres de Niza", "ph-niza")
    rows = [Row(line=line, copropiedad=text) for line, text in enumerate(texts)]

    assert list(places_of(rows, named).values()) == ["ph-1", "ph-1", "ph-rio", "ph-torres-de-niza", "ph-niza"]
