"""What a PDF says, page by page."""

from __future__ import annotations

import io
import shutil
import subprocess

import pytest
from pikepdf import Pdf


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
