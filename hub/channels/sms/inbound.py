"""The parts of a reply that every SMS provider delivers: a number and a text."""

from __future__ import annotations

import re
from typing import Final

from hub.errors import InvalidPhone
from hub.phones import normalize_phone

LONGEST: Final = 4_000
"""Characters that are kept; the longest text message has 1,530."""

_NUMBER: Final = re.compile(r"[+0-9 ().-]{7,25}")


class Unreadable(ValueError):
    """An invalid call. Names the missing part, never a value."""


def read_number(raw: str | None, where: str) -> str:
    """Read the writer's number as E.164; raises `Unreadable`, also for a short code."""
    try:
        # Also refuses `whatsapp:+57…`: its answer would use another channel.
        return normalize_phone(raw if raw and _NUMBER.fullmatch(raw) else "")
    except InvalidPhone:
        raise Unreadable(f"`{where}` is no telephone number") from None


def read_words(raw: str | None, where: str) -> str:
    """Read the text; raises `Unreadable` when it is empty."""
    # PostgreSQL refuses NUL, UTF-8 a lone surrogate; neither carries meaning.
    words = (raw or "").replace("\x00", "").encode(errors="ignore").decode().strip()[:LONGEST]
    if not words:
        raise Unreadable(f"`{where}` is empty")
    return words
