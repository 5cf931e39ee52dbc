"""A text that is too long ends where nothing is torn: no number, no name, no item of a list."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rendering.breaks import breaks, cut, truncate
from hub.rendering.lines import shortened

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
