"""Rows and their statements: a statement selects each field of the Struct into which its rows are read."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import asyncpg
from msgspec import Struct

import hub
from hub.model import Clock, Rendered
from hub.storage.database import load

ROOT: Final = Path(hub.__file__).parent
MODULES: Final = (*ROOT.glob("storage/*.py"), *ROOT.glob("desk/*/queries.py"), *ROOT.glob("desk/*/acts.py"))
_NEWEST: Final = load("casework")["newest"].format(kinds="true", narrowed="true")
FILLED: Final = defaultdict(lambda: "true", column="id", newest=_NEWEST)
"""Words for the gaps of a statement that is completed for each question."""
OTHERS: Final = {"desk.search.queries events_about", "desk.search.queries units", "storage.log causes"}
"""Statements whose gaps hold parameters or other statements."""
_CALL: Final = frozenset({"evidence", "took"})
LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {
    "desk.search.queries at": frozenset({"roles", "building"}),
    "desk.search.queries at_home": frozenset({"roles", "building"}),
    "desk.search.queries called": frozenset({"roles", "building"}),
    "desk.search.queries copropiedades": frozenset({"tower", "building"}),
    "desk.search.queries events": frozenset({"words"}),
    "desk.search.queries people": frozenset({"roles", "building"}),
    "desk.webhooks.acts endpoint": frozenset({"waiting"}),
    "storage.case_threads attempts": _CALL,
    "storage.dead_letters show": frozenset({"mended_by", "proven"}),
    "storage.documents about": frozenset({"fields"}),
    "storage.documents of_letter": frozenset({"withdrawn"}),
    "storage.evidence last_before": frozenset({"leaves"}),
    "storage.explain attempts": _CALL,
    "storage.later_messages attempts": _CALL,
    "storage.letters words": frozenset(Rendered.__struct_fields__) - {"subject", "text", "html"},
    "storage.audiences audiences": frozenset({"left_out"}),
    "storage.unreached of": frozenset({"fields"}),
    "storage.results due": frozenset({"waiting"}),
}
"""Fields that keep their default on purpose: another statement has them, or nobody asks there."""
_JSON: Final = frozenset({"json", "jsonb"})
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "uuid": (UUID,),
    "text": (str,),
    "timestamptz": (datetime,),
    "date": (date,),
    "interval": (timedelta,),
    "bool": (bool,),
    "bytea": (bytes,),
    **dict.fromkeys(("int2", "int4", "int8"), (int,)),
    **dict.fromkeys(("text[]", "uuid[]", "timestamptz[]"), (Sequence, frozenset)),
    **dict.fromkeys(_JSON, (Sequence, Mapping, frozenset)),
}
"""Type of PostgreSQL → types of Python; JSON may also be a Struct of its own."""
_GAP: Final = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, its name and the class of its rows; `made` are fields that code makes."""

    name: str
    statement: str
    kind: type
    made: frozenset[str]


async def test_each_statement_selects_the_fields_of_its_row(database: str) -> None:
    pairs = [pair for path in MODULES for pair in _pairs(path)]
    connection = await asyncpg.connect(database)
    try:
        missing = {
            pair.name: lost
            for pair in pairs
            if (lost := _wanted(pair) - await _names(connection, _filled(pair.statement)))
        }
    finally:
        await connection.close()

    assert {} == missing
    known = {pair.kind.__name__ for pair in pairs}
    assert {"CaseRow", "LostRecipient", "ToldByName", "LetterRow"} <= known
    assert {
        "ShownMessage",
        "AttemptRow",
        "UnreachedRow",
        "NotifiedPerson",
        "HungPoster",
        "InboxEntry",
    } <= known


async def test_columns_have_the_types_of_the_fields(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        wrong = [
            (pair.name, name, column.type.name)
            for pair in (pair for path in MODULES for pair in _pairs(path))
            for name, column in (await _columns(connection, _filled(pair.statement))).items()
            if name in _wanted(pair) and not _fits(column.type.name, get_type_hints(pair.kind)[name])
        ]
    finally:
        await connection.close()

    assert [] == wrong


async def test_each_statement_of_clocks_selects_all_that_a_clock_has(database: str) -> None:
    made = {"case": "case_key", "changed_at": "updated_at"}
    asked = {made.get(name, name) for name in _fields(Clock)}
    texts = [*load("clocks").values(), *load("log").values()]
    lists = [text for text in texts if "SELECT * FROM clock" in text]
    connection = await asyncpg.connect(database)
    try:
        found = [await _names(connection, _filled(text)) for text in lists]
    finally:
        await connection.close()

    assert found
    assert [] == [asked - names for names in found if asked - names]


def _fields(kind: type) -> frozenset[str]:
    if is_dataclass(kind):
        return frozenset(field.name for field in fields(kind))
    return frozenset(kind.__struct_fields__)  # type: ignore[attr-defined]


def _wanted(pair: Pair) -> frozenset[str]:
    return _fields(pair.kind) - pair.made - LEFT_OUT.get(pair.name, frozenset())


async def _names(connection: Any, statement: str) -> frozenset[str]:
    return frozenset(await _columns(connection, statement))


async def _columns(connection: Any, statement: str) -> Mapping[str, asyncpg.Attribute]:
    prepared = await connection.prepare(statement)
    return {column.name: column for column in prepared.get_attributes()}


def _fits(column: str, hint: Any) -> bool:
    """Return whether a column of this type holds what the field takes; a word of a list is a text."""
    if get_origin(hint) is UnionType or get_origin(hint) is Union:
        return all(_fits(column, part) for part in get_args(hint) if part is not NoneType)
    plain = str if get_origin(hint) is Literal else get_origin(hint) or hint
    known = plain is Any or issubclass(plain, _KINDS.get(column, ()))
    return known or (column in _JSON and (is_dataclass(plain) or issubclass(plain, Struct)))


def _filled(statement: str) -> str:
    return statement.format_map(FILLED) if _GAP.search(statement) else statement


def _pairs(path: Path) -> Iterator[Pair]:
    """Find the code that reads the rows of one statement as one class."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(tree):
        if not isinstance(node, ast.AsyncFunctionDef | ast.ListComp | ast.For | ast.Call):
            continue
        statements, reads = _statements(node), _reads(node)
        if len(statements) == len(reads) == 1 and f"{name} {statements[0]}" not in OTHERS:
            [(kind, made)], module = reads.items(), import_module(f"hub.{name}")
            text = module._SQL[statements[0]]
            yield Pair(f"{name} {statements[0]}", text, getattr(module, kind), made)


def _statements(node: ast.AST) -> Sequence[str]:
    return [
        str(one.slice.value)
        for one in ast.walk(node)
        if isinstance(one, ast.Subscript) and isinstance(one.value, ast.Name) and one.value.id == "_SQL"
        if isinstance(one.slice, ast.Constant)
    ]


def _reads(node: ast.AST) -> Mapping[str, frozenset[str]]:
    """Return class → fields that code makes, of each reading of a row."""
    found: dict[str, frozenset[str]] = {}
    for one in ast.walk(node):
        kind = _kind(one)
        if isinstance(one, ast.Call) and kind is not None:
            found[kind] = frozenset(keyword.arg or "" for keyword in one.keywords)
    return {kind: made for kind, made in found.items() if "" not in made}


def _kind(node: ast.AST) -> str | None:
    """Return the class of `read(X, row)`, `partial(read, X)` or `rows_of(X, …)`."""
    match node:
        case ast.Call(func=ast.Name(id="read" | "rows_of"), args=[ast.Name(id=kind), *_]):
            return kind
        case ast.Call(func=ast.Name(id="partial"), args=[ast.Name(id="read"), ast.Name(id=kind)]):
            return kind
    return None
