"""Meaning of a `traceparent`, and the ids of a trace's steps."""

from __future__ import annotations

import sys
from subprocess import run
from uuid import UUID

import pytest

from hub.intake.traces import with_trace
from hub.model import Json
from hub.model.ids import event_key
from hub.model.traces import Step, Trace, parse, step_id, trace_of
from tests.unit.factories import event

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
