"""Lines of the log about the same thing say so by the same fields."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from hub.logs import CORRELATION
from tests.unit.test_docs import ROOT, WATCHING, rows

LEVELS: Final = {"debug", "info", "warning", "error", "exception"}
ALIASES: Final = {
    "event",
    "event_type",
    "type",
    "message",
    "msg_id",
    "id",
    "case_id",
    "case_key",
    "trace",
    "span",
}
"""Other names for the same: a search by the one name would miss these lines."""
HELPERS: Final = {
    "_about(message)": {"message_id", "event_id", "event_name"},
    "_about(clock)": {"clock_id", "clock", "case"},
    "_about(firing.seen)": {"clock_id", "clock", "case"},
}
NEEDED: Final = {
    r"message\.\w+|template\.\w+|channel\.broken|letter\.unjudged": {"message_id", "event_id"},
    r"notification\.undelivered": {"message_id", "event_id"},
    r"event\.\w+|emergency\.unreached|monitor\.notified": {"event_id"},
    r"document\.\w+": {"event_key"},
    r"clock\.(step|broken|end_waits)": {"clock_id", "case"},
    r"reply\.(taken|published|published_later)": {"reply_id"},
    r"(receipt\.taken|complaint\.\w+|bounce\.\w+|consent\.revoked)": {"message_id"},
}
"""Fields that a line with such a name must have."""
LOGS: Final = re.compile(r"\b(?:log|level)\b")
EVERY_NAME: Final = 90
"""Calls that are found at least: fewer mean that this test looks in the wrong place."""


class Line(NamedTuple):
    place: str
    names: tuple[str, ...]
    fields: frozenset[str]


@cache
def lines() -> Sequence[Line]:
    """Read once, and only files with a word that such a call begins with: to parse all takes seconds."""
    texts = {path: path.read_text() for path in sorted((ROOT / "hub").rglob("*.py"))}
    return [line for path, text in texts.items() if LOGS.search(text) for line in lines_of(path, text)]


def lines_of(path: Path, text: str) -> Iterator[Line]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[name, *_]):
                is_line = level in LEVELS
            case ast.Call(func=ast.Name(id="level"), args=[name, *_]):
                is_line = True
            case _:
                continue
        if is_line:
            yield Line(f"{path.name}:{node.lineno}", names_of(name), fields_of(node))


def names_of(node: ast.expr) -> tuple[str, ...]:
    match node:
        case ast.Constant(value=str(name)):
            return (name,)
        case ast.IfExp(body=yes, orelse=no):
            return (*names_of(yes), *names_of(no))
        case ast.BinOp(left=ast.Constant(value=str(start))):
            return (f"{start}x",)
    return ()


def fields_of(call: ast.Call) -> frozenset[str]:
    found = {keyword.arg for keyword in call.keywords if keyword.arg}
    more = [HELPERS.get(ast.unparse(each.value), set()) for each in call.keywords if each.arg is None]
    return frozenset(found.union(*more))


def test_what_a_line_is_about_is_named_as_in_every_other_line() -> None:
    found = lines()

    assert len(found) >= EVERY_NAME
    for line in found:
        ids = {field for field in line.fields if field.endswith(("_id", "_key"))}
        assert ids <= set(CORRELATION), line
        assert not ALIASES & line.fields, line


def test_lines_about_an_event_a_message_or_a_case_say_which() -> None:
    found = lines()
    for pattern, needed in NEEDED.items():
        about = [line for line in found if any(re.fullmatch(pattern, name) for name in line.names)]
        assert about, pattern
        assert [] == [line for line in about if not needed <= line.fields], pattern


def test_the_fields_are_documented() -> None:
    documented = [
        row[0].strip("`") for row in rows(WATCHING, "| field | what it names | lines that have it |")
    ]

    assert list(CORRELATION) == documented
