"""Texts that are cut where nothing is torn, and Markdown as people paste it."""

from __future__ import annotations

import re
from time import process_time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model import Purpose, Rendered
from hub.rendering.breaks import breaks, cut, truncate
from hub.rendering.lengths import PUSH_BODY, PUSH_TITLE, fit_push
from hub.rendering.lines import shortened
from hub.rendering.typed_words import MOST, tidy_markdown
from tests.unit.test_templates import TEMPLATES, context, examples

FIRST: Final = "Ana Ruiz (torre 1, apto. 101): 300 123 4567"
SECOND: Final = "Luis Mora (torre 2, apto. 502): 301 765 4321"
CALLS: Final = f"{FIRST}; {SECOND}; Eva Paz: 302 111 2222"


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("Llame ya al +57 300 123 4567", 22, "Llame ya…"),
        ("Vence el 9 de marzo de 2026 a las 8:05 a. m.", 25, "Vence…"),
        ("Debe $ 1.250.000 de marzo", 10, "Debe…"),
        ("Visita a Conjunto Residencial Altos del Rosal", 35, "Visita…"),
        ("Le escribe María del Pilar Ríos por su caso", 24, "Le escribe…"),
        ("Corte de agua en la torre 1 y en la torre 2", 31, "Corte de agua en la torre 1…"),
        (CALLS, 60, f"{FIRST}…"),
        (CALLS, 95, f"{FIRST}; {SECOND}…"),
        ("Supercalifragilístico", 12, "Supercalifr…"),
        ("Conjunto Residencial Altos del Rosal", 30, "Conjunto Residencial Altos…"),
    ],
)
def test_nothing_is_torn(text: str, most: int, expected: str) -> None:
    assert expected == cut(text, most)


def test_text_message_ends_before_a_number_that_does_not_fit() -> None:
    text = "Llame a la portería, al 601 555 0199 extensión 12"

    assert "Llame a la portería..." == shortened(text, lambda cut: len(cut) <= 33)
    assert text == shortened(text, lambda _: False)


def test_templates_cut_so_and_show_a_few_characters_more() -> None:
    assert "Llame…" == truncate("Llame al 300 123 4567 ya", 15)
    assert "Llame al 300 123 4567 ya" == truncate("Llame al 300 123 4567 ya", 20)
    assert "Llame al 300..." == truncate("Llame al 300 123 4567 ya", 15, killwords=True, end="...")


@given(st.text("ab 1(A,.;:é", max_size=60), st.integers(min_value=4, max_value=40))
def test_cut_text_is_never_too_long_and_begins_as_it_did(text: str, most: int) -> None:
    short = cut(text, most)

    assert len(short) <= max(most, 1)
    assert short == text or text.startswith(short.removesuffix("…"))


@given(st.integers(min_value=3, max_value=60))
def test_no_telephone_is_cut_wherever_the_room_ends(room: int) -> None:
    kept = cut("Llame: 300 123 4567, 301 765 4321, 302 111 2222 y 303 999 8888", room)

    assert all(re.fullmatch(r"\d{3} \d{3} \d{4}", number) for number in re.findall(r"\d[\d ]*\d|\d", kept))


def test_gaps_are_given_from_the_end() -> None:
    assert [21, 10, 2] == list(breaks("Su visita: 9 mar 2026 sigue"))


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


@pytest.mark.parametrize(
    ("pasted", "tidy"),
    [
        ("<p class=MsoNormal>Hay <b>corte</b><o:p></o:p></p>", "Hay corte"),
        ("uno\r\ndos\rtres", "uno\ndos\ntres"),
        ("A\u00a0las\u202f9\u200b", "A las 9"),
        ("•\tUno\n·\u00a0Dos\no\tTres\n▪ Cuatro", "- Uno\n- Dos\n- Tres\n- Cuatro"),
        ("1.\tUno\n2)\tDos", "1. Uno\n2. Dos"),
        ("Uno  \n\n\n\n\nDos\n", "Uno\n\nDos"),
        ("<!--[if gte mso 9]>Uno<![endif]-->", "Uno"),
        # What only looks like it stays.
        ("Cierre la llave\no avise en la portería", "Cierre la llave\no avise en la portería"),
        ("Si 3 < 4 y 5 > 4: <https://portal.example.com>", "Si 3 < 4 y 5 > 4: <https://portal.example.com>"),
        ("## Agua\n\n- **Uno**\n  - Dos", "## Agua\n\n- **Uno**\n  - Dos"),
    ],
)
def test_what_is_pasted_is_tidied(pasted: str, tidy: str) -> None:
    assert tidy == tidy_markdown(pasted)


@pytest.mark.parametrize("part", ["<b", "<!", " ", "<b ", "•\t", "\n"])
def test_a_long_text_costs_little_and_is_bounded(part: str) -> None:
    began = process_time()

    assert len(tidy_markdown("x" + part * MOST + "x")) <= MOST
    assert process_time() - began < 2
