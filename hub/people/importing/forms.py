"""Which kind of table a file is: of units and their people, or of the company's own people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hub.people.importing import cells
from hub.people.importing.columns import (
    COLUMNS,
    NAMED,
    REQUIRED,
    ROLES,
    SEVERAL,
    STAFF_COLUMNS,
    STAFF_NAMED,
    STAFF_REQUIRED,
)
from hub.people.importing.faults import Fault
from hub.people.importing.folding import fold_heading
from hub.people.importing.sheets import Line

ColumnPositions = Mapping[str, Sequence[int]]
"""Column → where its cells are: one place, or several of those that may be repeated."""
Readers = Mapping[str, tuple[str, Callable[[str], Any]]]
"""Column → the field of Row, and what reads it."""

READERS: Final[Readers] = {
    "copropiedad": ("copropiedad", cells.label),
    "torre": ("tower", cells.label),
    "piso": ("floor", cells.floor),
    "unidad": ("unit", cells.label),
    "coeficiente": ("coefficient", cells.coefficient),
    "nombre": ("name", cells.name),
    "documento": ("document", cells.document),
    "correo": ("emails", cells.emails),
    "celular": ("phones", cells.phones),
    "rol": ("roles", cells.roles),
    "desde": ("since", cells.day),
    "hasta": ("until", cells.day),
    "acceso_digital": ("digital_access", cells.yes_no),
    "idioma": ("locale", cells.locale),
}
STAFF_READERS: Final[Readers] = {
    **{column: READERS[column] for column in STAFF_COLUMNS if column in READERS},
    "cargo": ("duty", cells.duty),
    "nivel": ("level", cells.level),
    "area": ("service_area", cells.label),
    "turno": ("on_call", cells.yes_no),
    "direccion": ("direction", cells.yes_no),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A kind of table."""

    columns: Sequence[str]
    named: Mapping[str, str]
    """The words of headings → the column."""
    required: Sequence[str]
    readers: Readers
    staff: bool

    def column(self, word: str) -> str | None:
        """Answer the column that a heading names; `Celular 2` is one of those that may be repeated."""
        folded = fold_heading(word)
        bare = self.named.get(folded.rstrip("0123456789 "))
        return self.named.get(folded) or (bare if bare in SEVERAL else None)

    def places(self, heading: Line) -> dict[str, list[int]]:
        """Answer where the columns are; of two with the same meaning the first, unless it may be repeated."""
        places: dict[str, list[int]] = {}
        others = self.others(heading)
        for index, word in enumerate(heading.cells):
            if column := self.column(word):
                again = places.setdefault(column, [])
                if not again or (column in SEVERAL and index < others):
                    again.append(index)
        return places

    def others(self, heading: Line) -> int:
        """Answer where the columns of another person in the same line begin; their number for nowhere."""
        named = False
        for index, word in enumerate(heading.cells):
            column = self.column(word)
            if named and (column == "nombre" or (column is None and _speaks_of_a_role(word))):
                return index
            named = named or column == "nombre"
        return len(heading.cells)


PEOPLE: Final = Form(columns=tuple(COLUMNS), named=NAMED, required=REQUIRED, readers=READERS, staff=False)
STAFF: Final = Form(
    columns=tuple(STAFF_COLUMNS),
    named=STAFF_NAMED,
    required=STAFF_REQUIRED,
    readers=STAFF_READERS,
    staff=True,
)


def form_of(heading: Line) -> Form:
    """Choose: a file without units and with duties is of the staff."""
    people, staff = PEOPLE.places(heading), STAFF.places(heading)
    return STAFF if "unidad" not in people and "cargo" in staff else PEOPLE


def strange(form: Form, heading: Line) -> list[Fault]:
    """Tell which headings are not read, and why."""
    known = {index for some in form.places(heading).values() for index in some}
    others = form.others(heading)
    found = []
    for index, word in enumerate(heading.cells):
        if word and index not in known:
            wrong, write, warning = _why(form.column(word), other=index == others)
            found.append(
                Fault(line=heading.number, column=word[:40], wrong=wrong, write=write, warning=warning)
            )
    return found


def _why(column: str | None, *, other: bool) -> tuple[str, str, bool]:
    if other:
        wrong = "desde aquí hay otra persona en la misma línea: no se lee"
        return wrong, "una línea por persona: pásela abajo, con su unidad y su rol", False
    if column:
        return f"repite la columna {column}", "una sola columna con todos los valores, separados por ;", False
    return "no se conoce esta columna: no se lee", "nada, si sobra", True


def _speaks_of_a_role(word: str) -> bool:
    return any(part in ROLES for part in fold_heading(word).split())
