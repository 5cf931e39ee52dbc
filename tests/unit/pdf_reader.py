"""Text of a PDF, page by page."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import Any

import pytest
from pikepdf import Pdf, parse_content_stream


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page, in one line; empty for an empty page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) reads the PDF")
    read = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    )
    return [" ".join(page.split()) for page in read.stdout.decode().split("\f")[:-1]]


def box_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in points."""
    with Pdf.open(io.BytesIO(pdf)) as read:
        boxes = [page.mediabox for page in read.pages]
        return [(round(float(box[2])), round(float(box[3]))) for box in boxes]


def font_sizes(pdf: bytes) -> set[float]:
    """The sizes of all letters in it, in points."""
    found: set[float] = set()
    with Pdf.open(io.BytesIO(pdf)) as read:
        for page in read.pages:
            size = 0.0
            for step in parse_content_stream(page):
                numbers: Any = step.operands
                if str(step.operator) == "Tf":
                    size = float(numbers[1])
                elif str(step.operator) == "Tm":
                    found.add(round(size * abs(float(numbers[3])), 1))
    return found


def fonts_of(pdf: bytes) -> set[str]:
    """The names of all fonts in it, without the mark of the part that it has."""
    with Pdf.open(io.BytesIO(pdf)) as read:
        fonts = [font for page in read.pages for font in page.resources.get("/Font", {}).values()]
        return {str(font["/BaseFont"]).rpartition("+")[2] for font in fonts}


def places_of(pdf: bytes, word: str) -> list[tuple[int, int]]:
    """Where a word stands on its pages: millimetres from the left and from the top."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) reads the PDF")
    read = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60
    )
    found = re.findall(rf'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>{re.escape(word)}<', read.stdout.decode())
    return [(round(float(left) / 72 * 25.4), round(float(top) / 72 * 25.4)) for left, top in found]
