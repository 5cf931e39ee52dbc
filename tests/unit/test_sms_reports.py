"""Text messages: what a provider reports, read or refused, and the words that go out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize
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
from hub.sms_text import Segments, segments, to_gsm7
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


VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "sms_segments.json").read_text())


@pytest.mark.parametrize("message", VECTORS["messages"], ids=lambda message: message["id"])
def test_a_text_costs_what_three_libraries_agree_on(message: dict[str, Any]) -> None:
    assert segments(message["text"]) == Segments(message["encoding"], message["units"], message["segments"])


@pytest.mark.parametrize("row", VECTORS["chars"], ids=lambda row: row["codepoint"])
def test_a_character_is_inside_the_alphabet_or_forces_the_other(row: dict[str, Any]) -> None:
    if row["septets"] is None:
        assert segments(row["char"]).encoding == "UCS-2"
    else:
        assert segments(row["char"]) == Segments("GSM-7", row["septets"], 1)


def test_the_alphabet_has_its_128_places_but_for_the_escape() -> None:
    inside = [code for code in range(0x3000) if segments(chr(code)).encoding == "GSM-7"]

    assert len(inside) == 127 + 10  # the extension table has ten characters
    assert 0x1B not in inside  # a bare escape would change the meaning of the next character


def test_an_escaped_character_is_never_split_over_two_parts() -> None:
    assert segments("a" * 152 + "€" + "a" * 151) == Segments("GSM-7", 305, 2)
    assert segments("a" * 152 + "€" + "a" * 152) == Segments("GSM-7", 306, 3)  # 306 = 2 × 153


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Su PQRS quedó radicada", "Su PQRS quedo radicada"),
        ("ÁÍÓÚ áíóú", "AIOU aiou"),
        ("El año del niño, é ü Ñ ¿qué?", "El año del niño, é ü Ñ ¿qué?"),
        (
            "Su petición: el técnico de Müller llegó. Él, el año",
            "Su peticion: el tecnico de Muller llego. El, el año",
        ),
        ("El técnico de Müller", "El técnico de Müller"),  # nothing is lost, so that all stays
        ("nin\u0303o", "niño"),  # composed first, or the tilde would be left alone
        ("radico\u0301", "radico"),
        ("“Torre 2” – 5 p. m.…", '"Torre 2" - 5 p. m....'),
        ("Valor: $\u00a0250.000", "Valor: $ 250.000"),
        ("1ª asamblea, 2º piso, «acta»", '1a asamblea, 2o piso, "acta"'),
        ("Bogota\u200b\u0301", "Bogota"),  # an invisible character before the accent
        ("cita 😀 a las 3", "cita a las 3"),
        ("François y Müller, 2½ m²", "Francois y Müller, 2 1/2 m2"),
        ("Torre 2 ⚠️ ‼️ ➜ 👨‍👩‍👧 1️⃣", "Torre 2!! 1"),
        ("Sr. Łukasz", "Sr. Łukasz"),  # never a letter less: it must stay the same name
        ("מים", "מים"),
    ],
)
def test_transliteration_changes_only_what_its_table_says(text: str, expected: str) -> None:
    assert to_gsm7(text) == expected


@given(st.text())
def test_parts_hold_all_units(text: str) -> None:
    counted = segments(text)
    alone, joined = (160, 153) if counted.encoding == "GSM-7" else (70, 67)

    assert (counted.parts == 1) is (counted.units <= alone)
    if counted.parts > 1:
        # Each part but the last may leave one unit free, before a character of two.
        assert (counted.parts - 1) * (joined - 1) < counted.units <= counted.parts * joined


@given(st.text(st.characters(exclude_categories=["Mn"])))
def test_transliteration_is_stable_and_makes_nothing_worse(text: str) -> None:
    once = to_gsm7(text)

    assert to_gsm7(once) == once
    if segments(normalize("NFC", text)).encoding == "GSM-7":
        assert once == normalize("NFC", text)
