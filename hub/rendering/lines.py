"""Normalize rendered text to one line, or to paragraphs without gaps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_GAP: Final = re.compile(r"\n\s*\n\s*\n+")


def one_line(text: str) -> str:
    """Join lines: a line break in a subject would let the publisher inject a header."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """Leave out the last words until it fits; a text of which nothing fits stays whole."""
    kept, cut = text, text
    while not fits(cut):
        kept, gap, _ = kept.rpartition(" ")
        if not gap:
            return text
        cut = f"{kept}..."
    return cut


def tidy(text: str) -> str:
    return _GAP.sub("\n\n", text).strip() + "\n"
