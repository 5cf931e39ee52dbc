from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sms_text import Segments, segments, to_gsm7

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
