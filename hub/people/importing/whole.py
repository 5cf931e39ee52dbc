"""Checks across lines: same person, repeated lines, contradictions, shares that do not sum to the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from hub.people.importing.faults import Fault
from hub.people.importing.folding import fold, fold_tower, fold_unit
from hub.people.importing.rows import Row

DOCUMENT: Final = "documento"


def person_keys(rows: Iterable[Row]) -> dict[int, Hashable]:
    """
    Return line → the key of its person within the file; lines without a person have none.

    A line without a document belongs to the document with the same address and name, if there is exactly
    one.
    """
    people = [row for row in rows if row.name is not None]
    documents: dict[Hashable, set[str]] = {}
    for row in people:
        for way in ways(row):
            if row.document:
                documents.setdefault(way, set()).add(row.document)
    return {row.line: _key(row, documents) for row in people}


def ways(row: Row) -> Iterator[tuple[str, ...]]:
    """Yield the keys that identify a person without a document, the surest first."""
    name = fold(row.name or "")
    yield from (("correo", email.casefold(), name) for email in row.emails)
    yield from (("celular", phone, name) for phone in row.phones)
    if not (row.emails or row.phones):
        yield "unidad", *unit_key(row), name


def _key(row: Row, documents: dict[Hashable, set[str]]) -> Hashable:
    if row.document:
        return DOCUMENT, row.document
    matches = {document for way in ways(row) for document in documents.get(way, ())}
    return (DOCUMENT, matches.pop()) if len(matches) == 1 else next(ways(row))


UnitKey = tuple[str, str, str]


def unit_key(row: Row) -> UnitKey:
    return fold(row.copropiedad), fold_tower(row.tower), fold_unit(row.unit or "")


def contradictions(rows: Sequence[Row]) -> Iterator[Fault]:
    """Report contradictions, each on the later of two lines."""
    keys = person_keys(rows)
    yield from _repeated(rows, keys)
    for key_of, column, value, wrong in _ALIKE:
        yield from _differing(rows, key_of, column, value, wrong)
    for column, value, wrong in _OF_A_PERSON:
        yield from _differing(rows, lambda row: keys.get(row.line), column, value, wrong)
    yield from _owners(rows, keys)
    yield from _unreachable(rows, keys)
    yield from _namesakes(rows)


def _unit_of(row: Row) -> Hashable:
    return unit_key(row) if row.unit else None


_Read = Callable[[Row], Hashable]
_ALIKE: Final[tuple[tuple[_Read, str, _Read, str], ...]] = (
    (_unit_of, "piso", attrgetter("floor"), "esta unidad tiene otro piso"),
    (_unit_of, "coeficiente", attrgetter("coefficient"), "esta unidad tiene otro coeficiente"),
    (
        attrgetter("document"),
        "nombre",
        lambda row: row.name and frozenset(fold(row.name).split()),
        "este documento tiene otro nombre",
    ),
)
_OF_A_PERSON: Final[tuple[tuple[str, _Read, str], ...]] = (
    ("idioma", attrgetter("locale"), "esta persona tiene otro idioma"),
    ("letra_grande", attrgetter("large_print"), "esta persona tiene otra letra"),
    ("acceso_digital", attrgetter("digital_access"), "esta persona tiene otro acceso digital"),
)


def _differing(rows: Iterable[Row], key_of: _Read, column: str, value: _Read, wrong: str) -> Iterator[Fault]:
    """Report lines whose `value` differs from the first line with the same key."""
    first: dict[Hashable, tuple[Any, int]] = {}
    for row in rows:
        key, stated = key_of(row), value(row)
        if key is None or stated is None:
            continue
        before, line = first.setdefault(key, (stated, row.line))
        if before != stated:
            yield Fault(row.line, column, f"{wrong} en la línea {line}", "lo mismo en las dos líneas")


def _repeated(rows: Iterable[Row], keys: dict[int, Hashable]) -> Iterator[Fault]:
    first: dict[Hashable, int] = {}
    for row in rows:
        for role in row.roles:
            what = role, row.company, row.duty, row.level, row.service_area
            line = first.setdefault((keys[row.line], unit_key(row), what), row.line)
            if line != row.line:
                column, same = ("cargo", "cargo") if row.staff else ("rol", "rol y unidad")
                wrong = f"la misma persona con el mismo {same} está en la línea {line}"
                yield Fault(row.line, column, wrong, "una sola línea; los demás datos de la persona, en esa")
                break


def _unreachable(rows: Iterable[Row], keys: dict[int, Hashable]) -> Iterator[Fault]:
    """Warn about people without a contact point in any line."""
    first: dict[Hashable, int] = {}
    reached: set[Hashable] = set()
    for row in rows:
        if row.name and not row.staff:
            first.setdefault(keys[row.line], row.line)
            if row.emails or row.phones or row.digital_access is False:
                reached.add(keys[row.line])
    for key, line in first.items():
        if key not in reached:
            wrong = "sin correo ni celular: solo se le escribe en papel"
            write = "un correo o un celular; o el documento, si es quien está en otra línea"
            yield Fault(line, "correo", wrong, write, warning=True)


def _namesakes(rows: Sequence[Row]) -> Iterator[Fault]:
    """Warn about people with only a name and unit if another line has the same name and more data."""
    known: dict[str, int] = {}
    for row in rows:
        if row.name and (row.document or row.emails or row.phones):
            known.setdefault(fold(row.name), row.line)
    for row in rows:
        bare = row.name and not (row.document or row.emails or row.phones)
        if bare and (line := known.get(fold(row.name or ""))):
            wrong = f"se llama como la persona de la línea {line}; así son dos personas"
            write = "si es la misma, el mismo documento (o correo) en las dos líneas"
            yield Fault(row.line, "documento", wrong, write, warning=True)


def _owners(rows: Iterable[Row], keys: dict[int, Hashable]) -> Iterator[Fault]:
    owners: dict[UnitKey, list[Row]] = defaultdict(list)
    tenants: dict[tuple[UnitKey, Hashable], Row] = {}
    for row in rows:
        if "owner" in row.roles and row.unit:
            owners[unit_key(row)].append(row)
        if "tenant" in row.roles:
            tenants[unit_key(row), keys[row.line]] = row
    for unit, several in owners.items():
        for owner in several:
            tenant = tenants.get((unit, keys[owner.line]))
            if tenant is not None and _overlap(owner, tenant):
                wrong = "la misma persona es propietaria y arrendataria de la unidad"
                write = "propietario, o arrendatario con las fechas en que lo fue"
                yield Fault(max(owner.line, tenant.line), "rol", wrong, write)
        yield from _sold(several)


def _sold(owners: Sequence[Row]) -> Iterator[Fault]:
    """Warn about owners with different start dates and no end: was the unit sold?"""
    open_ended = sorted(
        (owner for owner in owners if owner.since and not owner.until), key=lambda row: row.since or row.line
    )
    if len({owner.since for owner in open_ended}) > 1:
        first, last = open_ended[0], open_ended[-1]
        wrong = f"el propietario de la línea {last.line} empezó después y este no termina: ¿se vendió?"
        write = "la fecha de la venta; nada, si los dos son dueños"
        yield Fault(first.line, "hasta", wrong, write, warning=True)


def _overlap(first: Row, second: Row) -> bool:
    first_ends_before = first.until and second.since and first.until <= second.since
    second_ends_before = second.until and first.since and second.until <= first.since
    return not (first_ends_before or second_ends_before)


_WHOLE: Final = 100.0
_TOLERANCE: Final = 0.0005
"""Relative to the whole: a thousand shares rounded to four places differ by less."""


def shares(rows: Iterable[Row]) -> tuple[Mapping[int, float], list[Fault]]:
    """Return line → share in per cent, and a warning for each copropiedad with another sum than the whole."""
    by_place: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.coefficient is not None:
            by_place[fold(row.copropiedad)].append(row)
    per_line: dict[int, float] = {}
    doubts = []
    for place_rows in by_place.values():
        total = sum({unit_key(row): row.coefficient or 0.0 for row in place_rows}.values())
        # Read shares as parts of 1 only if they sum to 1: 0,8 may be per cent.
        scale = (
            _WHOLE if abs(total - 1) <= _TOLERANCE and not any(row.per_cent for row in place_rows) else 1.0
        )
        per_line.update(
            (row.line, min(round((row.coefficient or 0.0) * scale, 10), _WHOLE)) for row in place_rows
        )
        if abs(total * scale - _WHOLE) > _WHOLE * _TOLERANCE:
            doubts.append(_doubt(place_rows[0].line, total))
    return per_line, doubts


def _doubt(line: int, total: float) -> Fault:
    wrong = f"los de esta copropiedad suman {total:.4f}, no 100 % ni 1".replace(".", ",")
    write = "los coeficientes del reglamento, uno por unidad; se leen como por ciento"
    return Fault(line, "coeficiente", wrong, write, warning=True)
