"""A push notification is cut at a word, but never an emergency or a legal message."""

from __future__ import annotations

import pytest

from hub.model import Purpose, Rendered
from hub.rendering.breaks import cut
from hub.rendering.lengths import PUSH_BODY, PUSH_TITLE, fit_push
from tests.unit.test_templates import TEMPLATES, context, examples

LONG = Rendered(subject="Corte de agua " * 20, text="Le avisamos cuando vuelva. " * 20)


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("Llegó un paquete", 16, "Llegó un paquete"),
        ("Llegó un paquete", 15, "Llegó…"),
        ("Cerramos su caso. Gracias", 20, "Cerramos su caso…"),
        ("Supercalifragilístico", 12, "Supercalifr…"),
    ],
)
def test_text_is_cut_at_a_word(text: str, most: int, expected: str) -> None:
    assert expected == cut(text, most)


@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.INTERNAL, None])
def test_push_fits_a_telephone(purpose: Purpose | None) -> None:
    fitted = fit_push(LONG, purpose)

    assert PUSH_TITLE >= len(fitted.subject)
    assert PUSH_BODY >= len(fitted.text)
    assert fitted.subject.endswith("Corte…")


def test_units_at_the_end_of_a_push_stay() -> None:
    units = "Unidades: Apto 101 y Apto 302."
    said = Rendered(subject="Corte de agua", text=f"{'Le avisamos cuando vuelva. ' * 6}{units}")
    fitted = fit_push(said, Purpose.SERVICE, ending=units)

    assert PUSH_BODY >= len(fitted.text)
    assert fitted.text.endswith(f"… {units}")


@pytest.mark.parametrize("purpose", [Purpose.EMERGENCY, Purpose.LEGAL])
def test_what_must_be_said_whole_is_not_cut(purpose: Purpose) -> None:
    assert LONG is fit_push(LONG, purpose)


def test_long_words_of_a_publisher_do_not_lengthen_a_push() -> None:
    event = "concierge.package.received"
    data = examples(event)[0] | {"carrier": "Mensajería " * 15, "description": "Caja " * 30}
    words = TEMPLATES.render(event, "push", context(event, data), variant=None)

    assert PUSH_BODY >= len(words.text)
    assert words.text.endswith("…")
