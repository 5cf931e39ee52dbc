"""A line of the file → a person in a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hub.people.importing import cells
from hub.people.importing.columns import COMPANY, DUTY_WORDS, OF_THE_WHOLE, ROLE_CHOICES
from hub.people.importing.faults import BadCell, Fault
from hub.people.importing.folding import fold, fold_tower
from hub.people.importing.forms import READERS, Form
from hub.phones import can_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One parsed line. Without a name it describes only a unit; a line of staff has no unit."""

    line: int
    copropiedad: str = ""
    tower: str | None = None
    floor: int | None = None
    unit: str | None = None
    coefficient: float | None = None
    per_cent: bool = False
    """True if the coefficient has a `%`."""
    name: str | None = None
    document: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    digital_access: bool | None = None
    large_print: bool | None = None
    locale: str | None = None
    staff: bool = False
    company: bool = False
    """True for a person who works for all copropiedades."""
    duty: str | None = None
    level: int | None = None
    service_area: str | None = None
    on_call: bool | None = None
    direction: bool | None = None


_OF_A_PERSON: Final = frozenset({"document", "emails", "phones", "roles"})
_COMPANY_NAME: Final = re.compile(
    r"\b(?:s\.?a\.?(?:s\.?)?|ltda|cia|banco|fiduciaria|fundacion|leasing|constructora|inversiones)(?:\b|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Defaults for the empty cells of two columns."""

    copropiedad: str = ""
    roles: tuple[str, ...] = ()


def read_row(
    line: int, texts: Mapping[str, str], form: Form, defaults: Defaults
) -> tuple[Row | None, list[Fault]]:
    """
    Read the cells of a line by column; the row is None if the line is unusable.

    Then at least one fault is not a warning.
    """
    given: dict[str, Any] = {}
    faults: list[Fault] = []
    for column, text in texts.items():
        field, read = READERS[column]
        value = cells.spoilt(text) or read(text)
        if isinstance(value, BadCell):
            faults.append(Fault(line, column, value.wrong, value.write))
        else:
            given[field] = value
        if column == "coeficiente":
            given["per_cent"] = text.endswith("%")
    if not faults:
        given, faults = _completed(given, form, defaults, line)
    if faults:
        return None, faults
    row = Row(line=line, **given)
    faults = [*_of(row, _missing(row, given), warning=False), *_of(row, _doubtful(row), warning=True)]
    return (row if all(fault.warning for fault in faults) else None), faults


def _completed(
    given: dict[str, Any], form: Form, defaults: Defaults, line: int
) -> tuple[dict[str, Any], list[Fault]]:
    """Add values that follow from other cells and from the options."""
    complete = {"copropiedad": defaults.copropiedad, **given}
    if form.staff:
        company = fold(complete["copropiedad"]) in COMPANY
        complete |= {"staff": True, "roles": ("staff",), "company": company}
        return (complete | {"copropiedad": ""} if company else complete), []
    if "name" in complete and defaults.roles:
        complete.setdefault("roles", defaults.roles)
    if "unit" not in complete:
        return complete, []
    unit, tower = cells.split_tower(complete["unit"])
    if tower and fold_tower(complete.get("tower", tower)) != fold_tower(tower):
        wrong = "dice otra torre que la columna torre"
        return {}, [Fault(line, "unidad", wrong, "la unidad sin su torre, como 101")]
    return {"tower": tower, **complete, "unit": unit}, []


_Check = tuple[object, str, str, str]
"""A condition that finds a fault, then its column, the fault and the correction to write."""


def _of(row: Row, checks: Iterable[_Check], *, warning: bool) -> list[Fault]:
    return [Fault(row.line, *rest, warning=warning) for is_wrong, *rest in checks if is_wrong]


def _missing(row: Row, given: Mapping[str, Any]) -> Iterator[_Check]:
    no_place = not row.copropiedad and not row.company
    yield no_place, "copropiedad", "falta", _WHICH_PLACE[row.staff]
    no_name = row.name is None and (row.staff or given.keys() & _OF_A_PERSON)
    yield no_name, "nombre", "falta", "nombres y apellidos de la persona"
    yield row.name is not None and not row.roles, "rol", "falta", ROLE_CHOICES
    no_unit = row.unit is None and not (row.roles and OF_THE_WHOLE.issuperset(row.roles))
    yield no_unit, "unidad", "falta", "la unidad, como 101 o Casa 7"
    no_duty = row.staff and row.duty is None and row.level is None
    yield no_duty, "cargo", "falta", f"{DUTY_WORDS}; o un nivel de 1 a 4"
    backwards = row.since and row.until and row.until <= row.since
    yield backwards, "hasta", "no es después de «desde»", "la fecha en que terminó, o deje la celda vacía"


_WHICH_PLACE: Final = {
    False: "el nombre de la copropiedad, o use --copropiedad",
    True: "el nombre de la copropiedad, o «empresa» para todas",
}


def _doubtful(row: Row) -> Iterator[_Check]:
    name = fold(row.name or "")
    landline = not all(map(can_text, row.phones))
    yield landline, "celular", "es un fijo: no recibe SMS ni WhatsApp", "un celular, si lo hay"
    on_call = row.staff and (row.on_call or row.duty == "on_call")
    unreachable = on_call and not any(map(can_text, row.phones))
    yield unreachable, "celular", "está de turno y no tiene celular", "el celular que contesta a toda hora"
    couple = " y " in name and not _COMPANY_NAME.search(name)
    yield couple, "nombre", "¿son dos personas?", "una línea por persona; nada, si es una"
    yield "(" in name, "nombre", "tiene algo entre paréntesis, y así se le saluda", "solo el nombre"
