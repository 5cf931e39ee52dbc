"""A line of the file as what it says of a person in a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hub.importing import cells
from hub.importing.columns import OF_THE_WHOLE
from hub.importing.faults import Fault, Wrong
from hub.importing.sheets import Line
from hub.phones import can_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line, read. Without a name it speaks of its unit alone."""

    line: int
    copropiedad: str = ""
    tower: str | None = None
    floor: int | None = None
    unit: str | None = None
    coefficient: float | None = None
    per_cent: bool = False
    """True when the coefficient says itself that it is per cent."""
    name: str | None = None
    document: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    digital_access: bool | None = None
    locale: str | None = None


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
    "desde": ("since", cells.day),
    "hasta": ("until", cells.day),
    "acceso_digital": ("digital_access", cells.yes_no),
    "idioma": ("locale", cells.locale),
}
"""Column → the field of Row, and what reads it."""

_OF_A_PERSON: Final = frozenset({"document", "emails", "phones", "roles"})


def read_row(line: Line, places: Mapping[str, int], copropiedad: str) -> tuple[Row | None, list[Fault]]:
    """
    Read a line; None for one that cannot be used, with at least one fault that is no warning.

    `places` is column → index of its cell, `copropiedad` what an empty cell stands for.
    """
    given: dict[str, Any] = {"copropiedad": copropiedad}
    faults: list[Fault] = []
    for column, place in places.items():
        text = line.cells[place] if place < len(line.cells) else ""
        if not text:
            continue
        field, read = READERS[column]
        value = cells.spoilt(text) or read(text)
        if isinstance(value, Wrong):
            faults.append(Fault(line=line.number, column=column, wrong=value.wrong, write=value.write))
        else:
            given[field] = value
        if column == "coeficiente":
            given["per_cent"] = text.endswith("%")
    if faults:
        return None, faults
    row = Row(line=line.number, **given)
    faults = [*_lacking(row, given), *_doubtful(row)]
    return (row if all(fault.warning for fault in faults) else None), faults


def _lacking(row: Row, given: Mapping[str, Any]) -> list[Fault]:
    """Tell which cells a line cannot do without."""
    lacks: list[tuple[str, str, str]] = []
    if not row.copropiedad:
        lacks.append(("copropiedad", "falta", "el nombre de la copropiedad, o use --copropiedad"))
    if row.name is None and given.keys() & _OF_A_PERSON:
        lacks.append(("nombre", "falta", "nombres y apellidos de la persona"))
    if row.name is not None and not row.roles:
        lacks.append(
            ("rol", "falta", "propietario, residente, arrendatario, pagador, consejo, revisor o apoderado")
        )
    if row.unit is None and not (row.roles and OF_THE_WHOLE.issuperset(row.roles)):
        lacks.append(("unidad", "falta", "la unidad, como 101 o Casa 7"))
    if row.since and row.until and row.until <= row.since:
        lacks.append(("hasta", "no es después de «desde»", "la fecha en que terminó, o deje la celda vacía"))
    return [Fault(line=row.line, column=column, wrong=wrong, write=write) for column, wrong, write in lacks]


def _doubtful(row: Row) -> list[Fault]:
    landlines = any(not can_text(number) for number in row.phones)
    reachable = row.emails or row.phones or row.name is None or row.digital_access is False
    found = []
    if landlines:
        found.append(("celular", "es un fijo: no recibe SMS ni WhatsApp", "un celular, si lo hay"))
    if not reachable:
        found.append(
            ("correo", "sin correo ni celular: solo se le escribe en papel", "un correo o un celular")
        )
    return [
        Fault(line=row.line, column=column, wrong=wrong, write=write, warning=True)
        for column, wrong, write in found
    ]
