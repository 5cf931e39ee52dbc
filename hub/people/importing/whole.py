"""What no line shows alone: who is one person, repeated lines, contradictions, shares that make no whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hub.people.importing.faults import Fault
from hub.people.importing.folding import fold, fold_tower, fold_unit
from hub.people.importing.rows import Row

DOCUMENT: Final = "documento"


def person_keys(rows: Iterable[Row]) -> dict[int, Hashable]:
    """
    Answer line → what names its person within the file; nothing for lines without one.

    A line without a document is the person of the document that comes with the same address and name,
    if there is one only.
    """
    people = [row for row in rows if row.name is not None]
    documents: dict[Hashable, set[str]] = {}
    for row in people:
        for way in ways(row):
            if row.document:
                documents.setdefault(way, set()).add(row.document)
    return {row.line: _key(row, documents) for row in people}


def ways(row: Row) -> Iterator[tuple[str, ...]]:
    """Answer what a person is recognised by without a document, the surest first."""
    name = fold(row.name or "")
    yield from (("correo", email.casefold(), name) for email in row.emails)
    yield from (("celular", phone, name) for phone in row.phones)
    if not (row.emails or row.phones):
        yield "unidad", fold(row.copropiedad), fold_tower(row.tower), fold_unit(row.unit or ""), name


def _key(row: Row, documents: dict[Hashable, set[str]]) -> Hashable:
    if row.document:
        return DOCUMENT, row.document
    found = {each for way in ways(row) for each in documents.get(way, ())}
    return (DOCUMENT, found.pop()) if len(found) == 1 else next(ways(row))


UnitKey = tuple[str, str, str]


def unit_key(row: Row) -> UnitKey:
    """Make what names a unit in a file, however it is written."""
    return fold(row.copropiedad), fold_tower(row.tower), fold_unit(row.unit or "")


def contradictions(rows: Sequence[Row]) -> Iterator[Fault]:
    """Tell what the later of two lines is to mend."""
    keys = person_keys(rows)
    yield from _repeated(rows, keys)
    yield from _one_value(rows, _by_unit, "piso", lambda row: row.floor, "esta unidad tiene otro piso")
    yield from _one_value(
        rows, _by_unit, "coeficiente", lambda row: row.coefficient, "esta unidad tiene otro coeficiente"
    )
    yield from _one_value(
        rows,
        lambda row: row.document,
        "nombre",
        lambda row: row.name and frozenset(fold(row.name).split()),
        "este documento tiene otro nombre",
    )
    for column, value, wrong in _OF_A_PERSON:
        yield from _one_value(rows, lambda row: keys.get(row.line), column, value, wrong)
    yield from _owners(rows, keys)
    yield from _unreachable(rows, keys)
    yield from _namesakes(rows)


_OF_A_PERSON: Final[tuple[tuple[str, Callable[[Row], Any], str], ...]] = (
    ("idioma", lambda row: row.locale, "esta persona tiene otro idioma"),
    ("acceso_digital", lambda row: row.digital_access, "esta persona tiene otro acceso digital"),
)


def _by_unit(row: Row) -> Hashable:
    return unit_key(row) if row.unit else None


def _one_value(
    rows: Iterable[Row],
    of: Callable[[Row], Hashable],
    column: str,
    value: Callable[[Row], Any],
    wrong: str,
) -> Iterator[Fault]:
    """Tell which lines say another `value` of the same thing than the first that says one."""
    first: dict[Hashable, tuple[Any, int]] = {}
    for row in rows:
        key, said = of(row), value(row)
        if key is None or said is None:
            continue
        before, line = first.setdefault(key, (said, row.line))
        if before != said:
            yield Fault(
                line=row.line,
                column=column,
                wrong=f"{wrong} en la línea {line}",
                write="lo mismo en las dos líneas",
            )


def _repeated(rows: Iterable[Row], keys: dict[int, Hashable]) -> Iterator[Fault]:
    first: dict[Hashable, int] = {}
    for row in rows:
        for role in row.roles:
            what = role, row.company, row.duty, row.level, row.service_area
            line = first.setdefault((keys[row.line], unit_key(row), what), row.line)
            if line != row.line:
                column, same = ("cargo", "cargo") if row.staff else ("rol", "rol y unidad")
                yield Fault(
                    line=row.line,
                    column=column,
                    wrong=f"la misma persona con el mismo {same} está en la línea {line}",
                    write="una sola línea; los demás datos de la persona, en esa",
                )
                break


def _unreachable(rows: Iterable[Row], keys: dict[int, Hashable]) -> Iterator[Fault]:
    """Doubt people who have an address in none of their lines."""
    first: dict[Hashable, int] = {}
    reached: set[Hashable] = set()
    for row in rows:
        if row.name and not row.staff:
            first.setdefault(keys[row.line], row.line)
            if row.emails or row.phones or row.digital_access is False:
                reached.add(keys[row.line])
    for key, line in first.items():
        if key not in reached:
            yield Fault(
                line=line,
                column="correo",
                wrong="sin correo ni celular: solo se le escribe en papel",
                write="un correo o un celular; o el documento, si es quien está en otra línea",
                warning=True,
            )


def _namesakes(rows: Sequence[Row]) -> Iterator[Fault]:
    """Doubt people who are known by their name and unit alone, where another line has more of that name."""
    known: dict[str, int] = {}
    for row in rows:
        if row.name and (row.document or row.emails or row.phones):
            known.setdefault(fold(row.name), row.line)
    for row in rows:
        bare = row.name and not (row.document or row.emails or row.phones)
        if bare and (line := known.get(fold(row.name or ""))):
            yield Fault(
                line=row.line,
                column="documento",
                wrong=f"se llama como la persona de la línea {line}; así son dos personas",
                write="si es la misma, el mismo documento (o correo) en las dos líneas",
                warning=True,
            )


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
            if tenant is not None and _at_once(owner, tenant):
                yield Fault(
                    line=max(owner.line, tenant.line),
                    column="rol",
                    wrong="la misma persona es propietaria y arrendataria de la unidad",
                    write="propietario, o arrendatario con las fechas en que lo fue",
                )
        yield from _sold(several)


def _sold(owners: Sequence[Row]) -> Iterator[Fault]:
    """Doubt owners that began on different days and have not ended: was the unit sold?"""
    open_ended = sorted(
        (owner for owner in owners if owner.since and not owner.until), key=lambda row: row.since or row.line
    )
    if len({owner.since for owner in open_ended}) > 1:
        first, last = open_ended[0], open_ended[-1]
        yield Fault(
            line=first.line,
            column="hasta",
            wrong=f"el propietario de la línea {last.line} empezó después y este no termina: ¿se vendió?",
            write="la fecha de la venta; nada, si los dos son dueños",
            warning=True,
        )


def _at_once(one: Row, other: Row) -> bool:
    one_ends = one.until and other.since and one.until <= other.since
    other_ends = other.until and one.since and other.until <= one.since
    return not (one_ends or other_ends)


_WHOLE: Final = 100.0
_TOLERANCE: Final = 0.0005
"""Of the whole: a thousand shares rounded to four places differ by less."""


def shares(rows: Iterable[Row]) -> tuple[Mapping[int, float], list[Fault]]:
    """Answer line → share in per cent, and a warning for each copropiedad whose shares make no whole."""
    of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.coefficient is not None:
            of[fold(row.copropiedad)].append(row)
    told: dict[int, float] = {}
    doubts = []
    for some in of.values():
        total = _total(some)
        # Shares of 1 are only believed when they make a whole: 0,8 may well be per cent.
        scale = _WHOLE if abs(total - 1) <= _TOLERANCE and not any(row.per_cent for row in some) else 1.0
        told.update((row.line, min(round((row.coefficient or 0.0) * scale, 10), _WHOLE)) for row in some)
        if abs(total * scale - _WHOLE) > _WHOLE * _TOLERANCE:
            doubts.append(_doubt(some[0].line, total))
    return told, doubts


def _total(rows: Sequence[Row]) -> float:
    of_units = {(fold_tower(row.tower), fold_unit(row.unit or "")): row.coefficient or 0.0 for row in rows}
    return sum(of_units.values())


def _doubt(line: int, total: float) -> Fault:
    return Fault(
        line=line,
        column="coeficiente",
        wrong=f"los de esta copropiedad suman {total:.4f}, no 100 % ni 1".replace(".", ","),
        write="los coeficientes del reglamento, uno por unidad; se leen como por ciento",
        warning=True,
    )
