"""
The texts of an event that stay once a person is erased from it, derived from the schemas.

A text stays if its schema lists its words (`enum`, `const`) or gives it the format of an instant, a day or an
id. Each other text has a decision in its schema: `"x-keep": true` for an id, a number or a word of the
publisher's list, `"x-keep": false` for words that may tell of a person. A text goes that has no decision, or
that no schema knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from hub.catalog import BY_TYPE, CATALOG
from hub.client.event_types import FOLDER
from hub.cloudevents.schemas import read_document
from hub.model import Json
from hub.people.erasing import Kept, Path

KEEP: Final = "x-keep"
_FORMATS: Final = frozenset({"date", "date-time", "uuid"})
_ONE: Final = ("items", "if", "then", "else")
_SEVERAL: Final = ("allOf", "anyOf", "oneOf")
APPLIED: Final = frozenset({*_ONE, *_SEVERAL, "$ref", "properties"})
"""The keywords under which this module looks for texts."""


def decisions(document: Mapping[str, Json]) -> dict[Path, bool | None]:
    """Return of each text of a schema whether it stays; None where the schema decides nothing."""
    found: dict[Path, bool | None] = {}
    for path, stays in _rules(document, (), document):
        known = found.get(path)
        # Several rules may be about one text: whichever says that it goes is right.
        found[path] = stays if known is None else known and stays is not False
    return found


def kept_in(document: Mapping[str, Json]) -> Kept:
    """Return the texts of a schema that stay."""
    return frozenset(path for path, stays in decisions(document).items() if stays)


@cache
def kept_of(type_: str) -> Kept:
    """Return the texts of a CloudEvents type that stay; of an unknown type none."""
    kind = BY_TYPE.get(type_)
    return frozenset() if kind is None else kept_in(read_document(FOLDER, kind.name))


@cache
def kept_wherever() -> Kept:
    """Return the texts that stay in each event that has them: for what is copied from several events."""
    known = [decisions(read_document(FOLDER, kind.name)) for kind in CATALOG]
    return frozenset(path for each in known for path in each if all(other.get(path, True) for other in known))


def _rules(
    node: Mapping[str, Json], path: Path, document: Mapping[str, Json]
) -> Iterator[tuple[Path, bool | None]]:
    if "$ref" in node:
        yield from _rules(document["$defs"][node["$ref"].removeprefix("#/$defs/")], path, document)
    for part in _parts(node):
        yield from _rules(part, path, document)
    for name, part in node.get("properties", {}).items():
        yield from _rules(part, (*path, name), document)
    if _is_text(node):
        yield path, _decided(node)


def _parts(node: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    yield from (node[key] for key in _ONE if key in node)
    for key in _SEVERAL:
        yield from node.get(key, ())


def _is_text(node: Mapping[str, Json]) -> bool:
    types = node.get("type")
    # Whatever is said to be of no type may be a text.
    return not APPLIED & node.keys() and "required" not in node if types is None else "string" in types


def _decided(node: Mapping[str, Json]) -> bool | None:
    if KEEP in node:
        stays: bool = node[KEEP]
        return stays
    return True if "enum" in node or "const" in node or node.get("format") in _FORMATS else None
