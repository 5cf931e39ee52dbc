"""What is printed on."""

from __future__ import annotations

from enum import StrEnum


class PaperSize(StrEnum):
    """What the offices have in their printers. Carta is what Colombian ones have."""

    LETTER = "letter"
    A4 = "a4"
