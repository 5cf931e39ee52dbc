"""Words of a letter and a text about their code, and texts without any."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from hub.rendering.context import Context
from hub.rendering.genuine import with_check
from hub.sms_text import segments
from tests.unit.test_templates import TEMPLATES, context, examples

LINK: Final = "https://hub.example.co/v/K7F2M9QDTX"
TOLD: Final = "Verifique: hub.example.co/v K7F2M9QDTX"
EVENT: Final = "admin.assembly.convened"


def given(event: str = EVENT) -> Context:
    return replace(context(event, examples(event)[0]), genuine=LINK)


def test_letter_has_its_code_at_the_foot_in_words_and_as_a_picture() -> None:
    letter = TEMPLATES.render(EVENT, "print", given(), variant=None).html
    plain = TEMPLATES.render(EVENT, "print", replace(given(), genuine=None), variant=None).html

    assert "¿Es de verdad esta carta?" in letter
    assert "<strong>hub.example.co/v</strong>" in letter
    assert "K7F2M 9QDTX" in letter
    assert letter.index("verificacion") < letter.index('class="recibido"')
    assert 'src="data:image/png;base64,' in letter
    assert 'verificacion">' not in plain
    assert "data:image" not in plain


@pytest.mark.parametrize(
    ("length", "has_code"), [(1, True), (120, True), (121, False), (160, False), (170, True)]
)
def test_text_has_its_code_only_where_it_costs_no_further_part(length: int, has_code: bool) -> None:
    text = "x" * length
    words = {"genuine": LINK, "genuine_word": "Verifique:", "genuine_part": False}
    made = with_check(text, words)

    assert has_code is made.endswith(TOLD)
    assert segments(text).parts == segments(made).parts
    assert text == with_check(text, {**words, "genuine": None})
    assert with_check(text, {**words, "genuine_part": True}).endswith(TOLD)


def test_text_ends_its_sentence_before_the_code_but_not_a_link() -> None:
    words = {"genuine": LINK, "genuine_word": "Verifique:", "genuine_part": False}

    assert f"Su pago llegó. {TOLD}" == with_check("Su pago llegó", words)
    assert f"Vea https://a.example/x {TOLD}" == with_check("Vea https://a.example/x", words)


def test_text_in_another_language_says_it_in_that_language() -> None:
    event = "concierge.package.received"
    told = TEMPLATES.render(event, "sms", given(event), variant=None, locale="en").text

    assert "Verifique" not in told


def test_message_that_a_provider_has_approved_stays_as_it_is() -> None:
    with_code = TEMPLATES.render("pqrs.replied", "whatsapp", given("pqrs.replied"), variant=None)
    without = TEMPLATES.render(
        "pqrs.replied", "whatsapp", replace(given("pqrs.replied"), genuine=None), variant=None
    )

    assert without == with_code
