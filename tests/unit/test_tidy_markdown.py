"""Markdown as people type and paste it: HTML goes, words stay."""

from __future__ import annotations

from time import process_time

import pytest

from hub.rendering.typed_words import MOST, tidy_markdown


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
