"""
Lists of a communication: pasted or uploaded rows, each resolved to a person or a unit, or said why not.

A row is a unit (`T2-302`), a mail address, a telephone number, or an id; in a sheet the first cell that means
something counts. What is stored has no contact: `masked` shows what a row said.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from asyncpg import Record
from msgspec import Struct

from hub.contact_rules.opt_out_words import folded
from hub.errors import InvalidPhone, TooLarge
from hub.model.communications import ListRow, Side, Whom
from hub.operations.communications.whom import Scope, reaches
from hub.people.masking import mask_address, mask_name
from hub.people.units import short_name, unit_name
from hub.phones import normalize_phone
from hub.storage import communication_drafts
from hub.storage.database import Runner

MOST_ROWS: Final = 20_000
UNKNOWN, TWO, ELSEWHERE, REMOVED, TWICE = "unknown", "two", "elsewhere", "removed", "twice"
_ENDS: Final = re.compile(r"\d+[A-Za-z]?$")
_HEADS: Final = frozenset(
    {"unidad", "apartamento", "apto", "correo", "email", "celular", "telefono", "id", "nombre"}
)
_SHOWN: Final = 60
_LONGEST: Final = 100_000
"""Characters of a line that are read; `csv` takes 131,072 in a cell."""
_NUMBER: Final = re.compile(r"[+\d][\d\s().-]{6,}")


class _Found(Struct, frozen=True):
    """What one cell means. `why` says why it means nobody."""

    person: str | None = None
    unit: str | None = None
    why: str | None = None


def cells_of(text: str) -> list[list[str]]:
    """
    Read the rows of a text, one a line, or a sheet with `,`, `;` or tabs, without its titles. Pure.

    Raises TooLarge for more than MOST_ROWS: whoever is an exception must not be cut off.
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    mark = next((mark for mark in ("\t", ";", ",") if lines and mark in lines[0]), ";")
    # Each line by itself: a stray quote would swallow those that follow.
    read = [next(csv.reader([line[:_LONGEST]], delimiter=mark), []) for line in lines]
    rows = [cells for row in read if (cells := [cell.strip() for cell in row if cell.strip()])]
    rows = rows[1:] if rows and all(folded(cell) in _HEADS for cell in rows[0]) else rows
    if len(rows) > MOST_ROWS:
        raise TooLarge(f"Give at most {MOST_ROWS} rows in a list: there are {len(rows)}.")
    return rows


async def resolve(run: Runner, text: str, scope: Scope, near: Collection[str] = ()) -> list[ListRow]:
    """
    Resolve each row within the operator's places. A unit is first looked for in the places `near`.

    Who is in no place of the operator's is as unknown as who does not exist; only a unit is said to be
    elsewhere. Raises TooLarge for more than MOST_ROWS.
    """
    rows = cells_of(text)
    meant = await _meaning(run, {cell for row in rows for cell in row}, scope, near)
    found = [_row(number, cells, meant) for number, cells in enumerate(rows, 1)]
    return list(_once(found))


def words_of(rows: Iterable[ListRow], side: Side) -> Iterator[str]:
    """Yield the words of audiences that the rows of a side mean; a unit is its residents and owners."""
    for row in rows:
        if row.side == side and row.person is not None:
            yield f"person:{row.person}"
        elif row.side == side and row.unit is not None:
            yield f"residents@unit:{row.unit}"
            yield f"owners@unit:{row.unit}"


def with_lists(whom: Whom, rows: Sequence[ListRow]) -> Whom:
    """Return the words of a draft with those of its lists."""
    to, without = words_of(rows, Side.TO), words_of(rows, Side.WITHOUT)
    return Whom(to=(*whom.to, *to), without=(*whom.without, *without))


def _row(number: int, cells: Sequence[str], meant: Mapping[str, _Found]) -> ListRow:
    said = next((cell for cell in cells if meant[cell].why is None), None)
    said = said or next((cell for cell in cells if meant[cell].why != UNKNOWN), cells[0])
    found = meant[said]
    return ListRow(
        place=number, masked=_masked(said, found), person=found.person, unit=found.unit, why=found.why
    )


def _once(rows: Iterable[ListRow]) -> Iterator[ListRow]:
    """Yield the rows; who stands there before is said, and not added again."""
    seen: set[tuple[str | None, str | None]] = set()
    for row in rows:
        key = row.person, row.unit
        again = row.why is None and key in seen
        seen.add(key)
        yield ListRow(place=row.place, masked=row.masked, why=TWICE) if again else row


async def _meaning(
    run: Runner, cells: Collection[str], scope: Scope, near: Collection[str]
) -> Mapping[str, _Found]:
    contacts = {cell: found for cell in cells if (found := _contact(cell)) is not None}
    others = [cell for cell in cells if cell not in contacts]
    ends = {folded(end[0]) for cell in others if (end := _ENDS.search(cell))}
    units = _by_name(
        await communication_drafts.units_like(run, others, ends, [folded(cell) for cell in others])
    )
    people = await communication_drafts.known(run, others, [*contacts.values()])
    homes = await communication_drafts.homes(run, {row["id"] for row in people})
    by_id, by_contact = _by_key(people, homes, scope)
    meant: dict[str, _Found] = {cell: _one(by_contact.get(contacts[cell], [])) for cell in contacts}
    for cell in others:
        person = _one(by_id.get(cell, []))
        meant[cell] = _unit(units.get(folded(cell), ()), scope, near) if person.why == UNKNOWN else person
    return meant


def _contact(cell: str) -> tuple[str, str] | None:
    """Return kind and value of a mail address or a number, as the directory has them."""
    if "@" in cell:
        return "email", cell.lower()
    try:
        return ("phone", normalize_phone(cell)) if _NUMBER.fullmatch(cell) else None
    except InvalidPhone:
        return None


def _by_name(units: Iterable[Record]) -> Mapping[str, list[Record]]:
    """Return id, `T2-302`, `Torre 2 Apto 302` and `Apto 302` → the units that are called so."""
    named: dict[str, list[Record]] = {}
    for unit in units:
        tower, label = unit["tower"], unit["label"]
        names = {unit["id"], short_name(tower, label), unit_name(tower, label), label}
        for name in {folded(name) for name in names}:
            named.setdefault(name, []).append(unit)
    return named


def _by_key(
    people: Iterable[Record], homes: Mapping[str, Sequence[str]], scope: Scope
) -> tuple[dict[str, list[_Found]], dict[tuple[str, str], list[_Found]]]:
    by_id, by_contact = dict[str, list[_Found]](), dict[tuple[str, str], list[_Found]]()
    for row in people:
        if row["removed"] and scope.allowed is None:
            by_id.setdefault(row["id"], []).append(_Found(why=REMOVED))
        elif not row["removed"] and any(reaches(scope, place) for place in homes.get(row["id"], ())):
            found = _Found(person=row["id"])
            by_id.setdefault(row["id"], []).append(found)
            for point in row["contact_points"]:
                by_contact.setdefault((point["kind"], point["value"].lower()), []).append(found)
    return by_id, by_contact


def _one(found: Sequence[_Found]) -> _Found:
    if not found:
        return _Found(why=UNKNOWN)
    return found[0] if len(found) == 1 else _Found(why=TWO)


def _unit(units: Sequence[Record], scope: Scope, near: Collection[str]) -> _Found:
    mine = [unit for unit in units if reaches(scope, unit["copropiedad_id"])]
    close = [unit for unit in mine if unit["copropiedad_id"] in near] or mine
    if units and not mine:
        return _Found(why=ELSEWHERE)
    return _one([_Found(unit=unit["id"]) for unit in close])


def _masked(said: str, found: _Found) -> str:
    """Show enough of a row to find it in the list: a unit whole, a contact or a name masked."""
    if contact := _contact(said):
        return mask_address(contact[1])
    known = found.unit is not None or found.person is not None or _ENDS.search(said) is not None
    return (said if known else mask_name(said))[:_SHOWN]
