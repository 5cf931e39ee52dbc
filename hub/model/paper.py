"""Sizes of paper."""

from __future__ import annotations

from enum import StrEnum


class PaperSize(StrEnum):
    """The size of paper in an office's printers; Colombian offices have carta."""

    LETTER = "letter"
    A4 = "a4"
