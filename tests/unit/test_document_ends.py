"""Ends of documents: what looks like an end is none where the document says that it is longer."""

from __future__ import annotations

import pytest

from hub.channels.document_ends import jpeg_is_whole, pdf_is_whole

FIRST_PAGE = (
    b"%%PDF-1.6\n9 0 obj\n<</Linearized 1/L %5d/O 11/E 700/N 3/T 800>>\nendobj\nstartxref\n0\n%%%%EOF\n"
)
"""A PDF made for the web: its first page comes first, with an end of its own."""


@pytest.mark.parametrize("missing", [0, 1])
def test_pdf_for_the_web_is_as_long_as_it_says(missing: int) -> None:
    length = len(FIRST_PAGE % 100)

    assert pdf_is_whole(FIRST_PAGE % (length + missing)) is (missing == 0)


def test_pdf_that_grew_by_a_signature_is_longer_than_it_says() -> None:
    assert pdf_is_whole(FIRST_PAGE % 100 + b"12 0 obj\n<</Type/Sig>>\nendobj\n%%EOF\n")


@pytest.mark.parametrize(("segments", "whole"), [(9_000, True), (11_000, False)])
def test_picture_of_endless_empty_segments_is_not_read_to_its_end(segments: int, whole: bool) -> None:
    """Anybody may send one by mail: its judge must not hold up whatever else the process does."""
    assert whole is jpeg_is_whole(b"\xff\xd8" + b"\xff\xe0\x00\x02" * segments + b"\xff\xd9")
