"""Ends of documents: whether the bytes of a PDF, PNG or JPEG came whole, whatever their server says. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from hub.policy.documents import DocumentType

_TAIL: Final = 1024
"""Readers of PDF look for its end in so many last bytes: some programs write something after it."""
_PDF_END: Final = b"%%EOF"
_LENGTH_OF_ALL: Final = re.compile(rb"/Linearized\b[^>]*/L\s+(\d{1,12})")
"""What a PDF that is made for the web says at its beginning: its first page has an end of its own."""
_CHANGE: Final = re.compile(rb"[\s\x00]*(?:\d|xref)")
"""The beginning of a later version of the PDF, like its signature: that one has an end of its own."""
_PNG_END: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_MARKER: Final = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])", re.DOTALL)
"""A marker of a JPEG that begins a segment or ends the picture; none stands within its compressed data."""
_JPEG_END: Final = b"\xd9"
_LENGTH: Final = 2
_SEGMENTS: Final = 10_000
"""A picture has some hundred; millions of empty ones would stop all others for seconds."""


def pdf_is_whole(content: bytes) -> bool:
    said = _LENGTH_OF_ALL.search(content, 0, _TAIL)
    if said is not None and len(content) < int(said[1]):
        return False
    tail = content[-_TAIL:]
    _, end, after = tail.rpartition(_PDF_END)
    return bool(end) and _CHANGE.match(after) is None


def png_is_whole(content: bytes) -> bool:
    return _PNG_END in content


def jpeg_is_whole(content: bytes) -> bool:
    """Walk its segments to the end of the picture: a preview within a segment has an end, too."""
    at = 0
    for _ in range(_SEGMENTS):
        marker = _MARKER.search(content, at)
        if marker is None or marker[1] == _JPEG_END:
            return marker is not None
        length = int.from_bytes(content[marker.end() : marker.end() + _LENGTH])
        at = marker.end() + max(length, _LENGTH)
    return False


KINDS: Final = (
    (DocumentType.PDF, b"%PDF-", pdf_is_whole, "application/pdf"),
    (DocumentType.PNG, b"\x89PNG\r\n\x1a\n", png_is_whole, "image/png"),
    (DocumentType.JPEG, b"\xff\xd8\xff", jpeg_is_whole, "image/jpeg"),
)
"""Type, first bytes, judge of the end, media type."""


def kind_of(content: bytes, types: Collection[DocumentType]) -> str | None:
    """Return the media type of a whole document of one of these types; None for anything else."""
    found = (
        kind
        for known, beginning, is_whole, kind in KINDS
        if known in types and content.startswith(beginning) and is_whole(content)
    )
    return next(found, None)
