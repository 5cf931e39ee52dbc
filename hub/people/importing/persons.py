"""Which lines speak of the same person: by the document, else by address and name."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Final

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
