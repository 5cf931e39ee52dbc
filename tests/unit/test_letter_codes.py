"""The two codes of a letter, as a telephone reads them, and their places on paper."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from dataclasses import replace
from typing import Final

import pytest
import segno
from PIL import Image

from hub.rendering.context import Context
from tests.unit.pdf_reader import box_of, places_of
from tests.unit.test_paper_pages import pdf_of
from tests.unit.test_templates import TEMPLATES, context, examples

EVENT: Final = "pqrs.received"
OWN: Final = f"https://hub.example.co/mi/{'Az9-_' * 8}abc"
GENUINE: Final = "https://hub.example.co/v/K7F2M9QDTX"
BORDER: Final = 2
SCALE: Final = 8
"""Pixels of a module, as `hub.rendering.board` draws it."""


def letter(**links: str | None) -> str:
    said: Context = replace(context(EVENT, examples(EVENT)[0]), **links)  # type: ignore[arg-type]
    return TEMPLATES.render(EVENT, "print", said, variant=None).html


def modules(picture: bytes) -> list[list[bool]]:
    """Read which modules of a code are dark, each in its middle."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    across = range(BORDER * SCALE + SCALE // 2, image.width - BORDER * SCALE, SCALE)
    return [[image.getpixel((x, y)) == 0 for x in across] for y in across]


def drawn_for(link: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in segno.make(link, error="m", micro=False).matrix]


def test_codes_of_a_letter_are_the_link_of_its_page_and_where_it_is_checked() -> None:
    pictures = re.findall(r"data:image/png;base64,([\w+/=]+)", letter(own_page_url=OWN, genuine=GENUINE))
    own, genuine = (modules(b64decode(picture)) for picture in pictures)

    assert drawn_for(OWN) == own
    assert drawn_for(GENUINE) == genuine
    assert drawn_for(f"{OWN[:-1]}d") != own


def test_letter_without_codes_has_no_room_for_them() -> None:
    assert 'class="codigos"' not in letter()
    assert 'class="propia"' not in letter(genuine=GENUINE)
    assert 'class="verificacion"' not in letter(own_page_url=OWN)


async def test_codes_stand_beside_each_other_and_cost_no_second_page() -> None:
    pdf = await pdf_of([letter(own_page_url=OWN, genuine=GENUINE)])
    [camera], [true] = places_of(pdf, "cámara"), places_of(pdf, "verdad")

    assert 1 == len(box_of(pdf))
    assert true[0] - camera[0] > 60
    assert abs(true[1] - camera[1]) < 5


async def test_codes_stand_below_each_other_in_large_print() -> None:
    pdf = await pdf_of([letter(own_page_url=OWN, genuine=GENUINE)], large=True)
    [camera], [true] = places_of(pdf, "cámara"), places_of(pdf, "verdad")

    assert true[1] - camera[1] > 15
    assert abs(true[0] - camera[0]) < 60


@pytest.mark.parametrize(
    ("given", "word"), [({"own_page_url": OWN}, "cámara"), ({"genuine": GENUINE}, "verdad")]
)
async def test_one_code_alone_has_its_words_beside_it(given: dict[str, str | None], word: str) -> None:
    pdf = await pdf_of([letter(**given)])
    [(left, _)] = places_of(pdf, word)

    assert 1 == len(box_of(pdf))
    assert left > 45
