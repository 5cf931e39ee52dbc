"""Each poster as a PDF: one page of the right size with all of its words, none of them cut off."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Final

import pytest

from hub.model.letters import PaperSize
from hub.rendering.paper.pages import Sheet, make_pages
from tests.unit.pdf_reader import box_of, fonts_of, pages_of
from tests.unit.test_posters import AT, ON_WALLS, rendered

SIZES: Final = {PaperSize.LETTER: (612, 792), PaperSize.A4: (595, 842)}
MARGIN: Final = 17 * 72 / 25.4
"""Points at each side in which there are no words."""
BOX: Final = re.compile(r'<word xMin="([\d.]+)"[^>]* xMax="([\d.]+)"')


def widest(pdf: bytes) -> float:
    """The right end of the words of a PDF, in points."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) reads the PDF")
    read = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    )
    return max(float(right) for _, right in BOX.findall(read.stdout.decode()))


def plain(text: str) -> str:
    return re.sub(r"[\s\-•:]+", " ", text).strip()


@pytest.mark.parametrize("size", PaperSize)
async def test_each_poster_is_one_page_with_all_of_its_words(size: PaperSize) -> None:
    # Some examples differ only in what a poster does not say.
    posters = list({words.html: words for on_wall in ON_WALLS for words in rendered(*on_wall)[::2]}.values())
    made = await make_pages([Sheet(html=words.html) for words in posters], size=size, at=AT, title="Carteles")
    # Each begins on the front of a sheet.
    pages = pages_of(made.pdf)[::2]
    lost = {
        words.subject: missing
        for words, page in zip(posters, pages, strict=True)
        if (missing := set(plain(f"{words.subject} {words.text}").split()) - set(plain(page).split()))
    }

    assert {} == lost
    # The zero of the other font has a stroke: "10" looked like "18".
    assert {"PlainZero-Regular", "PlainZero-Bold"} <= fonts_of(made.pdf)
    assert {SIZES[size]} == set(box_of(made.pdf))
    assert widest(made.pdf) <= SIZES[size][0] - MARGIN + 1
