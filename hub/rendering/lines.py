"""Normalize rendered text to one line, or to paragraphs without gaps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from hub.rendering.breaks import breaks, ended

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_GAP: Final = re.compile(r"\n\s*\n\s*\n+")


def one_line(text: str) -> str:
    """Join lines: a line break in a subject would let the publisher inject a header."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """Leave out the last words, names and numbers until it fits; a text of which nothing fits stays whole."""
    cuts = (f"{ended(text, place)}..." for place in breaks(text))
    return text if fits(text) else next(filter(fits, cuts), text)


def tidy(text: str) -> str:
    return _GAP.sub("\n\n", text).strip() + "\n"
