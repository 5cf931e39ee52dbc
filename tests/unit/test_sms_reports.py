"""Reports and replies of a described provider: each is read, or refused with a reason that quotes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.http_calls import Answer
from hub.channels.sms.generic_reports import read_reply, read_report
from hub.channels.sms.inbound import Unreadable, read_words
from hub.channels.sms.rules import judge
from hub.channels.sms.spec import load_spec
from hub.errors import SendFailure
from hub.model import State
from tests.malformed import AT, JSON, TEXT

SPEC: Final = load_spec(Path(__file__).parents[2] / "examples/sms-provider.toml", setting="HUB_SMS_URL")
OURS: Final = UUID("019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10")
FIELDS: Final = st.sampled_from(["id", "estado", "codigo", "from", "message", "messages", "status", "0"])
WORDS: Final = TEXT | st.sampled_from(["ENTREGADO", "NO_EXISTE", "queued", "+573001234567"])


def as_body(data: Any) -> bytes:
    return json.dumps(data).encode()


BODIES: Final = st.recursive(
    JSON | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner, max_size=5),
    max_leaves=12,
)


def reason_of(read: Callable[[], object]) -> str:
    """Say why it is refused; empty when it is not. Nothing but a refusal may be raised."""
    try:
        read()
    except (Unreadable, SendFailure) as exc:
        return str(exc)
    return ""


@given(data=BODIES, message_id=st.none() | st.just(OURS))
def test_a_report_is_read_or_refused_with_a_reason(data: Any, message_id: UUID | None) -> None:
    assert SPEC.receipts is not None
    reason = reason_of(partial(read_report, SPEC, SPEC.receipts, data, message_id))

    assert reason in {"", "`estado` is missing", "it names no message"}


@given(data=BODIES)
def test_a_reply_is_read_or_refused_with_a_reason(data: Any) -> None:
    assert SPEC.replies is not None
    reason = reason_of(partial(read_reply, SPEC, SPEC.replies, data, AT))

    assert reason in {"", "`id` is missing", "`from` is no telephone number", "`message` is empty"}


@given(text=st.text(st.characters(codec=None), min_size=1, max_size=50))
def test_what_is_kept_of_a_text_can_be_stored(text: str) -> None:
    kept = read_words(f"a{text}", "message")

    assert kept.encode()
    assert "\x00" not in kept


@given(status=st.integers(100, 599), body=st.binary(max_size=100) | BODIES.map(as_body))
def test_any_answer_is_a_yes_or_a_failure(status: int, body: bytes) -> None:
    reason = reason_of(partial(judge, SPEC, Answer(status=status, body=body)))

    assert re.fullmatch(r"[a-z_]*|http_\d{3}", reason)


@pytest.mark.parametrize(
    ("data", "message_id", "expected"),
    [
        ({"estado": "ENTREGADO", "id": "m-1"}, OURS, (OURS, "m-1", State.DELIVERED, False, "ENTREGADO")),
        ({"estado": "ENTREGADO", "id": "m-1"}, None, (None, "m-1", State.DELIVERED, False, "ENTREGADO")),
        ({"estado": "NO_EXISTE", "codigo": 27}, OURS, (OURS, None, State.FAILED, True, "NO_EXISTE 27")),
    ],
)
def test_a_report_names_its_message_by_our_id_or_by_the_providers(
    data: Any, message_id: UUID | None, expected: tuple[Any, ...]
) -> None:
    assert SPEC.receipts is not None
    report = read_report(SPEC, SPEC.receipts, data, message_id)

    assert report is not None
    assert expected == (report.message_id, report.reference, report.state, report.gone, report.code)
