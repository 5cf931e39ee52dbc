"""
Reads as much of a PNG as it takes to trust it in a mail: that it is one, whole, and how large.

Only PNG: an SVG may have scripts, and mail programs do not show it.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode
from typing import Final, NamedTuple

from hub.errors import InvalidPolicy

MOST_BYTES: Final = 24 * 1024
"""It travels with each mail."""
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_LARGEST: Final = 1200
_SMALLEST: Final = 24
_FRAME: Final = 12
"""The bytes of a chunk besides its content: length, kind, checksum."""


class Png(NamedTuple):
    content: bytes
    width: int
    height: int

    @property
    def is_large(self) -> bool:
        sides = self.width, self.height
        return len(self.content) > MOST_BYTES or max(sides) > _LARGEST or min(sides) < _SMALLEST


def read_png(text: str) -> Png:
    """Read a logo from base64. Raises InvalidPolicy for one that is no PNG, or is damaged."""
    try:
        content = b64decode(text, validate=True)
    except ValueError as exc:
        raise InvalidPolicy("expected a PNG in base64") from exc
    if not content.startswith(_SIGNATURE):
        raise InvalidPolicy("the logo is not a PNG")
    return Png(content, *_size(content))


def _size(content: bytes) -> tuple[int, int]:
    """Walk the chunks, each with its checksum, from the header to the end: a cut file shows as a hole."""
    size, place = (0, 0), len(_SIGNATURE)
    while place + _FRAME <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        kind, end = content[place + 4 : place + 8], place + 8 + length
        if content[end : end + 4] != zlib.crc32(content[place + 4 : end]).to_bytes(4, "big"):
            break
        if kind == b"IHDR" and length >= 8:
            width, height = struct.unpack_from(">II", content, place + 8)
            size = width, height
        if kind == b"IEND":
            return size
        place = end + 4
    raise InvalidPolicy("the logo is a damaged PNG")
