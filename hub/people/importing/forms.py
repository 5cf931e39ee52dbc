"""The kinds of files: units with their people, or staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hub.people.importing import cells
from hub.people.importing.columns import NAMED, REQUIRED, ROLES, SEVERAL, STAFF_NAMED, STAFF_REQUIRED
from hub.people.importing.faults import Fault
from hub.people.importing.folding import fold_heading
from hub.people.importing.sheets import Line

READERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
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
    "cargo": ("duty", cells.duty),
    "nivel": ("level", cells.level),
    "area": ("service_area", cells.label),
    "turno": ("on_call", cells.yes_no),
    "direccion": ("direction", cells.yes_no),
    "desde": ("since", cells.day),
    "hasta": ("until", cells.day),
    "acceso_digital": ("digital_access", cells.yes_no),
    "letra_grande": ("large_print", cells.yes_no),
    "idioma": ("locale", cells.locale),
}
"""Column → the field of Row, and its reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    named: Mapping[str, str]
    """Heading → the column."""
    required: Sequence[str]
    staff: bool

    def column(self, word: str) -> str | None:
        """Return the column of a heading; `Celular 2` is a repeated column."""
        folded = fold_heading(word)
        bare = self.named.get(folded.rstrip("0123456789 "))
        return self.named.get(folded) or (bare if bare in SEVERAL else None)

    def places(self, heading: Line) -> dict[str, list[int]]:
        """Return column → positions; only the first of two equal ones, unless it may be repeated."""
        places: dict[str, list[int]] = {}
        others = self.others(heading)
        for index, word in enumerate(heading.cells):
            if column := self.column(word):
                positions = places.setdefault(column, [])
                if not positions or (column in SEVERAL and index < others):
                    positions.append(index)
        return places

    def others(self, heading: Line) -> int:
        """Return where the columns of a second person in the line begin; the line's length if nowhere."""
        named = False
        for index, word in enumerate(heading.cells):
            column = self.column(word)
            names_a_role = any(part in ROLES for part in fold_heading(word).split())
            if named and (column == "nombre" or (column is None and names_a_role)):
                return index
            named = named or column == "nombre"
        return len(heading.cells)


PEOPLE: Final = Form(named=NAMED, required=REQUIRED, staff=False)
STAFF: Final = Form(named=STAFF_NAMED, required=STAFF_REQUIRED, staff=True)


def form_of(heading: Line) -> Form:
    """Choose the form: a file without units and with duties is of staff."""
    people, staff = PEOPLE.places(heading), STAFF.places(heading)
    return STAFF if "unidad" not in people and "cargo" in staff else PEOPLE


def strange(form: Form, heading: Line) -> list[Fault]:
    """Report the headings that are not read, and why."""
    known = {index for positions in form.places(heading).values() for index in positions}
    others = form.others(heading)
    faults = []
    for index, word in enumerate(heading.cells):
        if word and index not in known:
            wrong, write, warning = _why(form.column(word), other=index == others)
            faults.append(Fault(heading.number, word[:40], wrong, write, warning=warning))
    return faults


def _why(column: str | None, *, other: bool) -> tuple[str, str, bool]:
    if other:
        wrong = "desde aquí hay otra persona en la misma línea: no se lee"
        return wrong, "una línea por persona: pásela abajo, con su unidad y su rol", False
    if column:
        return f"repite la columna {column}", "una sola columna con todos los valores, separados por ;", False
    return "no se conoce esta columna: no se lee", "nada, si sobra", True
