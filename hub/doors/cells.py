"""
Cells: how a field of a row is shown, written once beside its type.

    created_at: Annotated[Instant, Cell("Hecho", MOMENT)]

A property of the row has its cell beside the type that it returns; it stands after the fields.

The list page, the page of one, the sheet and the terminal all read these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from inspect import getmembers_static
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from msgspec import Struct

from hub.operations.explain.sentences_es import short_term, short_time


class Kind(StrEnum):
    """The look of a cell on a page."""

    TEXT = "text"
    MOMENT = "moment"
    STATE = "state"
    LINK = "link"
    """It leads to the page of the row, and is that page's title."""
    SMALL = "small"
    """Small print under the link."""
    MARK = "mark"
    """A mark beside the link, in the words of its title, where the field is true."""
    FACT = "fact"
    """On the page of one, and not in lists."""
    WHEN = "when"
    """An instant on the page of one."""
    TERM = "term"
    """The end of a term: one of whole days has no hour."""


TEXT, MOMENT, STATE, LINK, SMALL, MARK, FACT, WHEN, TERM = Kind
IN_LISTS: Final = (TEXT, MOMENT, STATE, LINK, TERM)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field as people see it: its title, and the words of its values. `styles` are classes of a state."""

    title: str
    kind: Kind = TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[str, str] = field(default_factory=dict)
    value: Callable[[Any], object] | None = None
    """Makes the shown value of the row, where it is not the field alone."""

    def shown(self, row: Struct, name: str) -> object:
        found = getattr(row, name) if self.value is None else self.value(row)
        if isinstance(found, Sequence) and not isinstance(found, str):
            return ", ".join(self.words.get(str(one), str(one)) for one in found)
        return self.words.get(found, found) if isinstance(found, str) else found

    def written(self, row: Struct, name: str) -> object:
        """Return the value as a sheet has it: an instant in words."""
        found = self.shown(row, name)
        if not isinstance(found, datetime):
            return found
        return short_term(found) if self.kind is TERM else short_time(found)


@dataclass(frozen=True, slots=True)
class Option:
    """A parameter of a list that its page offers. `among` are value → word, or BUILDINGS."""

    title: str
    among: Mapping[str, str] | str = field(default_factory=dict)
    every: str = "Todos"
    """The word where nothing is chosen."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of the command: a field of a body, or a gap of the path under another name."""

    metavar: str


@dataclass(frozen=True, slots=True)
class Flag:
    """The option of a field at the command line, where it has not the field's own name: `--old-ends`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """
    The names that the option of a field takes; for any other the command suggests those that are near.

    One is equal to itself alone: until Python 3.12 what stands beside a type must have a hash, and names may
    be the keys of a table.
    """

    noun: str
    names: Collection[str]
    hint: str = ""


BUILDINGS: Final = "buildings"
"""The copropiedades that the operator reaches."""


@cache
def cells_of(row: type[Struct]) -> Mapping[str, Cell]:
    """Return field → cell of a row, in the order of the fields."""
    return _noted(row, Cell)


@cache
def options_of(query: type[Struct]) -> Mapping[str, Option]:
    """Return parameter → option of a query."""
    return _noted(query, Option)


def columns_of(row: type[Struct]) -> Mapping[str, Cell]:
    """Return the columns of a list of these rows."""
    return {name: cell for name, cell in cells_of(row).items() if cell.kind in IN_LISTS}


def sheet_columns_of(row: type[Struct]) -> Mapping[str, Cell]:
    """Return the columns of the same list as a sheet, which has no small print."""
    return {name: cell for name, cell in cells_of(row).items() if cell.kind in (*IN_LISTS, SMALL)}


def written(row: type[Struct], rows: Iterable[Struct]) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    """Return the titles and the lines of rows as a sheet."""
    cells = sheet_columns_of(row)
    return [cell.title for cell in cells.values()], [
        [cell.written(one, name) for name, cell in cells.items()] for one in rows
    ]


def _noted(shape: type[Struct], kind: type) -> dict[str, Any]:
    hints = get_type_hints(shape, include_extras=True) | _derived(shape)
    return {
        name: note
        for name, hint in hints.items()
        if get_origin(hint) is Annotated
        for note in get_args(hint)[1:]
        if isinstance(note, kind)
    }


def _derived(shape: type[Struct]) -> dict[str, Any]:
    """Return property → type of its value."""
    found = {name: one.fget for name, one in getmembers_static(shape) if isinstance(one, property)}
    return {name: get_type_hints(get, include_extras=True).get("return") for name, get in found.items()}
