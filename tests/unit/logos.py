"""Logos drawn by program: real PNGs, small and large, sound and broken."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Callable
from typing import Final

Pixel = tuple[int, int, int, int]
CLEAR: Final[Pixel] = (0, 0, 0, 0)


def chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png(
    width: int, height: int, paint: Callable[[int, int], Pixel] = lambda _x, _y: (11, 93, 103, 255)
) -> bytes:
    rows = b"".join(b"\0" + b"".join(bytes(paint(x, y)) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def as_text(content: bytes) -> str:
    return b64encode(content).decode()
