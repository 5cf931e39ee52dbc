"""A file, examined: the lines that can be used, and everything that is to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hub.errors import InvalidSheet
from hub.importing.columns import COLUMNS, NAMED, REQUIRED
from hub.importing.faults import WHOLE_FILE, Fault
from hub.importing.folding import fold
from hub.importing.rows import Row, read_row
from hub.importing.shares import shares
from hub.importing.sheets import Line, lines
from hub.importing.whole import contradictions

_HEADINGS_WITHIN = 20
"""Lines that may stand above the headings: a title, a logo's place, a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a file says. `rows` are those that can be used, in the order of the file."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    read: int = 0
    """Lines with anything in them, without headings."""

    @property
    def bad_lines(self) -> tuple[int, ...]:
        """The lines that are left out, in order; 0 stands for the whole file."""
        return tuple(sorted({fault.line for fault in self.faults if not fault.warning}))


def examine(data: bytes, *, copropiedad: str = "") -> Report:
    """Examine any file; `copropiedad` stands for empty cells of that column. No bytes make it raise."""
    try:
        return _examine(list(lines(data)), copropiedad)
    except InvalidSheet as exc:
        return _hopeless("archivo", str(exc), "el archivo otra vez, después de arreglarlo")


def _hopeless(column: str, wrong: str, write: str) -> Report:
    return Report(faults=(Fault(line=WHOLE_FILE, column=column, wrong=wrong, write=write),))


def _examine(found: list[Line], copropiedad: str) -> Report:
    place = max(
        range(min(len(found), _HEADINGS_WITHIN)), key=lambda each: len(_places(found[each])), default=None
    )
    if place is None or not _places(found[place]):
        return _hopeless("encabezados", "no hay encabezados que se conozcan", ", ".join(COLUMNS))
    heading, body = found[place], found[place + 1 :]
    places = _places(heading)
    if missing := [column for column in REQUIRED if column not in places]:
        return _hopeless("encabezados", f"falta {', '.join(missing)}", "esas columnas en la primera línea")
    faults = _strange(heading, places)
    rows = []
    for line in body:
        row, wrong = read_row(line, places, copropiedad)
        faults.extend(wrong)
        if row is not None:
            rows.append(row)
    return _together(rows, faults, len(body))


def _together(rows: list[Row], faults: list[Fault], read: int) -> Report:
    faults = [*faults, *contradictions(rows)]
    bad = {fault.line for fault in faults if not fault.warning}
    shared, doubts = shares([row for row in rows if row.line not in bad])
    ordered = sorted([*faults, *doubts], key=lambda fault: (fault.line, fault.warning))
    kept = tuple(
        replace(row, coefficient=shared.get(row.line)) if row.coefficient is not None else row
        for row in rows
        if row.line not in bad
    )
    return Report(rows=kept, faults=tuple(ordered), read=read)


def _places(heading: Line) -> dict[str, int]:
    """Answer column → index; of two with the same meaning the first."""
    places: dict[str, int] = {}
    for index, word in enumerate(heading.cells):
        if column := NAMED.get(fold(word)):
            places.setdefault(column, index)
    return places


def _strange(heading: Line, places: Mapping[str, int]) -> list[Fault]:
    known = set(places.values())
    found = []
    for index, word in enumerate(heading.cells):
        if word and index not in known:
            again = NAMED.get(fold(word))
            found.append(
                Fault(
                    line=heading.number,
                    column=word[:40],
                    wrong=f"repite la columna {again}" if again else "no se conoce esta columna: no se lee",
                    write="una sola columna con todos los valores, separados por ;"
                    if again
                    else "nada, si sobra",
                    warning=again is None,
                )
            )
    return found
