"""Examine a file: its usable lines, and everything to correct."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hub.errors import InvalidSheet
from hub.people.importing import cells
from hub.people.importing.columns import COLUMNS
from hub.people.importing.faults import WHOLE_FILE, BadCell, Fault
from hub.people.importing.folding import fold
from hub.people.importing.forms import Form, form_of, strange
from hub.people.importing.rows import Defaults, Row, read_row
from hub.people.importing.sheets import HEADINGS_WITHIN, Line, lines
from hub.people.importing.whole import contradictions, shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of reading a file. `rows` are the usable ones, in the order of the file."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    read: int = 0
    """Lines that are not empty, without headings."""

    columns: tuple[str, ...] = ()
    """The columns that were recognised, in the order of the file."""
    staff: bool = False
    """True for a file of staff, False for one of units and their people."""

    @property
    def bad_lines(self) -> tuple[int, ...]:
        """The lines left out, in order; 0 means the whole file."""
        return tuple(sorted({fault.line for fault in self.faults if not fault.warning}))

    @property
    def skipped_lines(self) -> tuple[int, ...]:
        """The lines that are for human readers only, in order: sums, notes, repeated headings."""
        return tuple(fault.line for fault in self.faults if fault.warning and fault.column == _LINE)


def examine(data: bytes, *, copropiedad: str = "", role: str = "", sheet: str = "") -> Report:
    """
    Examine any file. No content makes it raise.

    `copropiedad` and `role` are defaults for empty cells of their columns; `sheet` is the sheet of a book, by
    default the first with headings. Raises ValueError for an unknown role.
    """
    defaults = Defaults(copropiedad=copropiedad, roles=_roles(role))
    try:
        return _examine(list(lines(data, sheet)), defaults)
    except InvalidSheet as exc:
        return _rejected("archivo", str(exc), "el archivo otra vez, después de arreglarlo")


def _roles(text: str) -> tuple[str, ...]:
    read = cells.roles(text) if text else ()
    if isinstance(read, BadCell):
        raise ValueError(read.write)  # noqa: TRY004 - it is what was written that is wrong
    return read


def _rejected(column: str, wrong: str, write: str) -> Report:
    return Report(faults=(Fault(WHOLE_FILE, column, wrong, write),))


def _examine(table: list[Line], defaults: Defaults) -> Report:
    top = max(
        range(min(len(table), HEADINGS_WITHIN)), key=lambda index: _known_columns(table[index]), default=None
    )
    if top is None or not _known_columns(table[top]):
        return _rejected("encabezados", "no hay encabezados que se conozcan", ", ".join(COLUMNS))
    heading, body = table[top], table[top + 1 :]
    form = form_of(heading)
    places = form.places(heading)
    optional = {"rol"} if defaults.roles else set()
    if missing := [column for column in form.required if column not in places.keys() | optional]:
        return _rejected("encabezados", f"falta {', '.join(missing)}", _MISSING)
    faults = strange(form, heading)
    rows, units = [], []
    for line in body:
        texts = {column: text for column in places if (text := _cell(line, places[column]))}
        row, wrong = _read(line, texts, form, defaults)
        faults.extend(wrong)
        if row is not None:
            rows.append(row)
        else:
            units.extend(_unit_of(line, texts, form, defaults))
    return replace(_report(rows, units, faults, len(body)), staff=form.staff, columns=tuple(places))


_MISSING: Final = "esas columnas; si todos son lo mismo, en vez del rol basta --role propietario"


def _known_columns(line: Line) -> int:
    return len(form_of(line).places(line))


def _unit_of(line: Line, texts: Mapping[str, str], form: Form, defaults: Defaults) -> list[Row]:
    """Read the unit of a bad line: without its share the others would not sum to the whole."""
    of_the_unit = {column: texts[column] for column in _SHARE if column in texts}
    if not {"unidad", "coeficiente"} <= of_the_unit.keys() or _no_entry(line, texts, form):
        return []
    row, _ = read_row(line.number, of_the_unit, form, defaults)
    return [row] if row else []


_SHARE: Final = ("unidad", "coeficiente", "copropiedad", "torre")


def _read(
    line: Line, texts: Mapping[str, str], form: Form, defaults: Defaults
) -> tuple[Row | None, list[Fault]]:
    if wrong := _no_entry(line, texts, form):
        return None, [wrong]
    return read_row(line.number, texts, form, defaults)


def _cell(line: Line, places: Sequence[int]) -> str:
    """Return the cell of a line in a column; the joined cells of a repeated column."""
    if len(places) == 1:
        [place] = places
        text = line.cells[place] if place < len(line.cells) else ""
        return "" if cells.is_blank(text) else text
    return ";".join(filter(None, (_cell(line, [place]) for place in places)))


def _no_entry(line: Line, by_column: Mapping[str, str], form: Form) -> Fault | None:
    """Find lines that are only for human readers: sums, titles, notes, repeated headings."""
    texts = [text for text in line.cells if text]
    if len(texts) == 1 and cells.is_tower_alone(texts[0]):
        return Fault(line.number, _LINE, _TITLE, _TOWERS)
    if not by_column:
        reason = "no dice nada en las columnas que se leen"
    elif _is_sum(texts, by_column):
        reason = "es un total, y no dice de nadie el documento, el contacto ni el rol"
    elif all(form.column(text) == column for column, text in by_column.items()):
        reason = "repite los encabezados"
    else:
        return None
    return Fault(line.number, _LINE, f"{reason}: no se lee", "nada, si sobra", warning=True)


def _is_sum(texts: Sequence[str], by_column: Mapping[str, str]) -> bool:
    """
    Return whether a line has a word for a sum, and says of nobody who it is.

    Without a role, a document or a contact, `Total` in the column of names is nobody's name.
    """
    name = by_column.get("nombre")
    if name is None:
        return any(_SUM.match(_closed(text)) for text in texts)
    if any(_says_who(column, by_column[column]) for column in _IDENTITY if column in by_column):
        return False
    return _is_sum_cell(name) or (bool(_COUNT.fullmatch(name)) and any(map(_is_sum_cell, texts)))


def _says_who(column: str, text: str) -> bool:
    """Return whether a cell says who a person is: a count at the foot of a column does not."""
    counts = _is_sum_cell(text) or (
        _COUNT.fullmatch(text) and (column != "documento" or len(text) < _DOCUMENT)
    )
    return not counts


def _is_sum_cell(text: str) -> bool:
    return _SUM_ALONE.fullmatch(_closed(text)) is not None


def _closed(text: str) -> str:
    """Fold a cell, and close what is written apart: `T O T A L` → `total`."""
    folded = fold(text)
    return folded.replace(" ", "") if _APART.fullmatch(folded) else folded


_LINE: Final = "línea"
"""The column of a fault that is the whole line's."""
_IDENTITY: Final = ("documento", "correo", "celular", "rol", "cargo")
_DOCUMENT: Final = 5
"""Digits from which a number may be a document."""
_COUNT: Final = re.compile(r"[\d.,\s%$]+")
_APART: Final = re.compile(r"[a-z](?: [a-z])+")
_SUM: Final = re.compile(r"(?:(?:sub|gran |suma )?total(?:es)?|sumas?(?: iguales)?$|sumatoria)\b")
_SUM_ALONE: Final = re.compile(
    rf"{_SUM.pattern}(?:[\s:=.,%$\d-]|\b(?:general(?:es)?|copropiedad|conjunto|edificio|torres?|bloques?|etapa|unidad(?:es)?"
    r"|apto?s?|apartamentos?|casas?|locales|parqueaderos?|depositos?|inmuebles|coeficientes?|personas?"
    r"|propietarios?|residentes?|arrendatarios?|empleados?|del?|las?|los|por|y|[a-z])\b)*"
)
"""A sum and nothing else: `Total general`, `Total torre 2: 24`; not `Total Pérez`."""
_TITLE: Final = "es un título de torre, y las líneas de abajo no la dicen"
_TOWERS: Final = "la torre en cada línea, en su columna; borre el título"


def _report(rows: list[Row], units: list[Row], faults: list[Fault], read: int) -> Report:
    faults = [*faults, *contradictions(rows)]
    bad = {fault.line for fault in faults if not fault.warning}
    shared, doubts = shares([*rows, *units])
    ordered = sorted([*faults, *doubts], key=lambda fault: (fault.line, fault.warning))
    kept = tuple(
        replace(row, coefficient=shared.get(row.line)) if row.coefficient is not None else row
        for row in rows
        if row.line not in bad
    )
    return Report(rows=kept, faults=tuple(ordered), read=read)
