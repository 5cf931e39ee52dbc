"""Lines of the log about the same thing say so by the same fields; the ids of a trace."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from subprocess import run
from typing import Final, NamedTuple
from uuid import UUID

import pytest

from hub.intake.traces import with_trace
from hub.logs import CORRELATION
from hub.model import Json
from hub.model.ids import event_key
from hub.model.traces import Step, Trace, parse, step_id, trace_of
from tests.unit.factories import event
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


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
KEY = UUID("019af1de-0000-8000-8000-000000000001")


@pytest.mark.parametrize(
    ("value", "trace"),
    [
        (GIVEN, Trace(trace_id=TRACE, parent=SPAN, sampled=True)),
        (GIVEN.encode(), Trace(trace_id=TRACE, parent=SPAN, sampled=True)),
        (f"00-{TRACE}-{SPAN}-00", Trace(trace_id=TRACE, parent=SPAN, sampled=False)),
        (f"00-{TRACE}-{SPAN}-03", Trace(trace_id=TRACE, parent=SPAN, sampled=True)),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-later", Trace(trace_id=TRACE, parent=SPAN, sampled=True)),
    ],
)
def test_a_traceparent_is_read_as_the_recommendation_says(value: Json, trace: Trace) -> None:
    assert trace == parse(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        b"\xff",
        GIVEN.upper(),
        f"{GIVEN} ",
        f"{GIVEN}-more",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
    ],
)
def test_what_is_no_traceparent_begins_a_trace_of_its_own(value: Json) -> None:
    assert parse(value) is None
    assert Trace(trace_id=KEY.hex) == trace_of(KEY, {"traceparent": value})


def test_the_steps_of_an_event_have_ids_that_each_role_knows() -> None:
    ids = [step_id(KEY, step) for step in Step]

    assert ids == [step_id(KEY, step) for step in Step]
    assert len(Step) == len(set(ids))
    assert {16} == set(map(len, ids))


def test_an_event_takes_the_trace_of_its_message_unless_it_has_one() -> None:
    plain = event("pqrs.received")
    own = with_trace(plain, {"traceparent": f"00-{'a' * 32}-{SPAN}-01"})

    assert (
        TRACE
        == trace_of(event_key(plain), with_trace(plain, {"traceparent": GIVEN.encode()}).extensions).trace_id
    )
    assert own == with_trace(own, {"traceparent": GIVEN})
    assert plain == with_trace(plain, {"traceparent": "nothing of the kind"}) == with_trace(plain, {})


@pytest.mark.parametrize("end", [b"-\xff", "-\udcff", "-" + "x" * 9000])
def test_end_of_a_header_that_is_no_text_is_left_out(end: str | bytes) -> None:
    begun = f"01-{TRACE}-{SPAN}-01"
    given: Json = begun + end if isinstance(end, str) else begun.encode() + end

    assert GIVEN == with_trace(event("pqrs.received"), {"traceparent": given}).extensions["traceparent"]


def test_without_the_setting_nothing_of_it_is_loaded() -> None:
    program = "import sys, hub.app.roles, hub.cli.main; sys.exit('hub.app.otlp' in sys.modules)"

    assert 0 == run([sys.executable, "-c", program], check=False).returncode
