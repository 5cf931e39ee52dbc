"""Bytes of a file → lines of text cells. Reads XLSX, and CSV as Excel and others write it."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from hub.errors import InvalidSheet
from hub.people.importing.columns import NAMED, STAFF_NAMED
from hub.people.importing.folding import fold, fold_heading

MAX_ROWS: Final = 200_000
MAX_CELL: Final = 4_000  # characters
MAX_COLUMNS: Final = 60
MAX_BYTES: Final = 64 << 20
HEADINGS_WITHIN: Final = 20
"""Lines within which the headings are; a title, a logo and a date may precede them."""
MAX_UNZIPPED: Final = 256 << 20  # bytes: 200,000 lines are about 150 MB of XML

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_TWICE: Final = "Ã[\u00a1-\u00bf\u2018-\u2122]"
"""A letter with an accent that was made UTF-8 and read as Windows, somewhere before: `Ã±`."""
_OF_A_MAC: Final = "[A-Za-z][‡Ž–—œ]+[a-z]"
"""á, é, ñ, ó and ú of an old Mac, read as Windows, within a word."""
_WRONG_LETTERS: Final = {
    "utf-16": re.compile(_TWICE),
    "utf-8-sig": re.compile(_TWICE),
    "cp1252": re.compile(f"{_TWICE}|{_OF_A_MAC}"),
}
_SEPARATORS: Final = (";", ",", "\t")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty; `number` is its first line in the file, counted from 1 like a spreadsheet."""

    number: int
    cells: tuple[str, ...]


def lines(data: bytes, sheet: str = "") -> Iterator[Line]:
    """
    Read the lines that are not empty; from a book those of `sheet`, by default the first with headings.

    Raises InvalidSheet for a file that is not a table or is too large.
    """
    if len(data) > MAX_BYTES:
        raise InvalidSheet(f"El archivo pesa más de {MAX_BYTES >> 20} MB: divídalo por copropiedad.")
    if data.startswith(_OLD_EXCEL):
        raise InvalidSheet(
            "Es un archivo de Excel antiguo (.xls) o con clave: guárdelo como .xlsx, sin clave."
        )
    rows = _xlsx(data, sheet) if data.startswith(_ZIP) else _csv(_decoded(data))
    for count, (number, cells) in enumerate(row for row in rows if any(row[1])):
        # The heading is also a line.
        if count > MAX_ROWS:
            raise InvalidSheet(f"Tiene más de {MAX_ROWS} filas: divídalo por copropiedad.")
        if any(len(cell) > MAX_CELL for cell in cells):
            raise InvalidSheet(f"La línea {number} tiene una celda de más de {MAX_CELL} letras.")
        yield Line(number, cells)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _WRONG_LETTERS[encoding].search(text):
            raise InvalidSheet(
                "Las tildes y las eñes no se leen bien: guárdelo como «CSV UTF-8» o como .xlsx."
            )
        return text
    raise InvalidSheet("No es texto: guárdelo como «CSV UTF-8» o como .xlsx.")


def _csv(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    begins, reader = 1, csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        for row in reader:
            # Excel names the separator in a first line like this; it is not a heading.
            if begins > 1 or not (row and row[0].startswith("sep=")):
                yield begins, tuple(cell.strip() for cell in row[:MAX_COLUMNS])
            begins = reader.line_num + 1
    except csv.Error as exc:
        raise InvalidSheet(f"Desde la línea {begins} no se puede leer: ¿unas comillas sin cerrar?") from exc


def _separator(text: str) -> str:
    """Choose the separator that gives the most headings in the first lines; on a tie, the first one."""
    first = [line for line in text[: MAX_CELL * 4].splitlines() if line.strip()][:HEADINGS_WITHIN]

    def headings(separator: str) -> int:
        return sum(_is_heading(word) for line in first for word in line.split(separator))

    return max(_SEPARATORS, key=headings)


def _is_heading(word: str) -> bool:
    folded = fold_heading(word)
    return folded in NAMED or folded in STAFF_NAMED


def _xlsx(data: bytes, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - a tenth of a second that a CSV need not wait for

    try:
        _refuse_bomb(data)
        with warnings.catch_warnings():
            # The warnings are about skipped styles and extensions, never about cell values.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheet = _sheet(book, name)
            rows: Iterable[Any] = sheet.iter_rows(max_row=MAX_ROWS * 2, max_col=MAX_COLUMNS)
            for number, row in enumerate(rows, start=1):
                yield number, tuple(_text(cell) for cell in row)
    except InvalidSheet:
        raise
    except Exception as exc:
        # A broken archive raises KeyError, ValueError, BadZipFile, ParseError …
        raise InvalidSheet(
            "No es un libro de Excel que se pueda leer: guárdelo otra vez como .xlsx."
        ) from exc


def _sheet(book: Any, name: str) -> Any:
    for sheet in book.worksheets:
        # The declared size of a sheet may be wrong.
        sheet.reset_dimensions()
    if name:
        named = [sheet for sheet in book.worksheets if fold(sheet.title) == fold(name)]
        if not named:
            raise InvalidSheet("El libro no tiene una hoja con ese nombre.")
        return named[0]
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return next(filter(_has_headings, shown), book.worksheets[0])


def _has_headings(sheet: Any) -> bool:
    top = sheet.iter_rows(max_row=HEADINGS_WITHIN, max_col=MAX_COLUMNS, values_only=True)
    return any(sum(_is_heading(str(value)) for value in row if value) > 1 for row in top)


def _refuse_bomb(data: bytes) -> None:
    """Check the declared sizes: zipfile reads no more of a member than declared."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNZIPPED:
            raise InvalidSheet(
                f"Descomprimido pesa más de {MAX_UNZIPPED >> 20} MB: divídalo por copropiedad."
            )


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, int | float):
        return _number(value, per_cent="%" in (cell.number_format or ""))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    # Anything else, like array formulas and data tables, is computed from other cells.
    return value.isoformat() if isinstance(value, date) else "="


def _number(value: float, *, per_cent: bool) -> str:
    if per_cent:
        return f"{value * 100:.10g}%"
    return str(int(value)) if float(value).is_integer() else repr(value)
