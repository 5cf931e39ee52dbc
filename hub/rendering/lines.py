"""Rendered text made fit for where it stands: one line, or paragraphs without gaps."""

from __future__ import annotations

import re
from typing import Final

_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_GAP: Final = re.compile(r"\n\s*\n\s*\n+")


def one_line(text: str) -> str:
    """A line break in a subject would begin a header of the publisher's choice."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def tidy(text: str) -> str:
    return _GAP.sub("\n\n", text).strip() + "\n"
