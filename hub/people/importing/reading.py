"""A file, examined: the lines that can be used, and everything that is to be mended."""

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
    """What a file says. `rows` are those that can be used, in the order of the file."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    read: int = 0
    """Lines with anything in them, without headings."""

    staff: bool = False
    """True for a file of the company's people, False for one of units and their people."""

    @property
    def bad_lines(self) -> tuple[int, ...]:
        """The lines that are left out, in order; 0 stands for the whole file."""
        return tuple(sorted({fault.line for fault in self.faults if not fault.warning}))


def examine(data: bytes, *, copropiedad: str = "", role: str = "", sheet: str = "") -> Report:
    """
    Examine any file. No bytes make it raise.

    `copropiedad` and `role` stand for empty cells of their columns; `sheet` is the sheet of a book, else
    the first with headings is taken. Raises ValueError for a role that is not known.
    """
    defaults = Defaults(copropiedad=copropiedad, roles=_roles(role))
    try:
        return _examine(list(lines(data, sheet)), defaults)
    except InvalidSheet as exc:
        return _hopeless("archivo", str(exc), "el archivo otra vez, después de arreglarlo")


def _roles(text: str) -> tuple[str, ...]:
    read = cells.roles(text) if text else ()
    if isinstance(read, BadCell):
        raise ValueError(read.write)  # noqa: TRY004 - it is what was written that is wrong
    return read


def _hopeless(column: str, wrong: str, write: str) -> Report:
    return Report(faults=(Fault(line=WHOLE_FILE, column=column, wrong=wrong, write=write),))


def _examine(found: list[Line], defaults: Defaults) -> Report:
    place = max(range(min(len(found), HEADINGS_WITHIN)), key=lambda each: _known(found[each]), default=None)
    if place is None or not _known(found[place]):
        return _hopeless("encabezados", "no hay encabezados que se conozcan", ", ".join(COLUMNS))
    heading, body = found[place], found[place + 1 :]
    form = form_of(heading)
    places = form.places(heading)
    optional = {"rol"} if defaults.roles else set()
    if missing := [column for column in form.required if column not in places.keys() | optional]:
        return _hopeless("encabezados", f"falta {', '.join(missing)}", _MISSING)
    faults = strange(form, heading)
    rows, units = [], []
    for line in body:
        said = {column: text for column in places if (text := _cell(line, places[column]))}
        row, wrong = _read(line, said, form, defaults)
        faults.extend(wrong)
        if row is not None:
            rows.append(row)
        else:
            units.extend(_unit_of(line, said, form, defaults))
    return replace(_together(rows, units, faults, len(body)), staff=form.staff)


_MISSING: Final = "esas columnas; si todos son lo mismo, en vez del rol basta --role propietario"


def _known(line: Line) -> int:
    return len(form_of(line).places(line))


def _unit_of(line: Line, said: Mapping[str, str], form: Form, defaults: Defaults) -> list[Row]:
    """Read of a bad line what it says of its unit: without its share the others would make no whole."""
    of_the_unit = {column: said[column] for column in _SHARE if column in said}
    if not {"unidad", "coeficiente"} <= of_the_unit.keys() or _no_entry(line, said, form):
        return []
    row, _ = read_row(line.number, of_the_unit, form, defaults)
    return [row] if row else []


_SHARE: Final = ("unidad", "coeficiente", "copropiedad", "torre")


def _read(
    line: Line, said: Mapping[str, str], form: Form, defaults: Defaults
) -> tuple[Row | None, list[Fault]]:
    if wrong := _no_entry(line, said, form):
        return None, [wrong]
    return read_row(line.number, said, form, defaults)


def _cell(line: Line, places: Sequence[int]) -> str:
    """Answer what a line says in a column; of several with one meaning all of it."""
    if len(places) == 1:
        [place] = places
        text = line.cells[place] if place < len(line.cells) else ""
        return "" if cells.is_blank(text) else text
    return ";".join(filter(None, (_cell(line, [place]) for place in places)))


def _no_entry(line: Line, said: Mapping[str, str], form: Form) -> Fault | None:
    """Tell the lines of a sheet that are there for whoever reads it: sums, titles, notes, headings again."""
    texts = [text for text in line.cells if text]
    if len(texts) == 1 and cells.is_tower_alone(texts[0]):
        return Fault(line=line.number, column="línea", wrong=_TITLE, write=_TOWERS)
    if not said:
        passed = "no dice nada en las columnas que se leen"
    elif "nombre" not in said and any(_SUM.match(fold(text)) for text in texts):
        passed = "es un total"
    elif all(form.column(text) == column for column, text in said.items()):
        passed = "repite los encabezados"
    else:
        return None
    return Fault(
        line=line.number, column="línea", wrong=f"{passed}: no se lee", write="nada, si sobra", warning=True
    )


_SUM: Final = re.compile(r"(?:sub|gran )?total(?:es)?\b")
_TITLE: Final = "es un título de torre, y las líneas de abajo no la dicen"
_TOWERS: Final = "la torre en cada línea, en su columna; borre el título"


def _together(rows: list[Row], units: list[Row], faults: list[Fault], read: int) -> Report:
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
