"""The parts of a reply that every provider of text messages brings: a number and words."""

from __future__ import annotations

import re
from typing import Final

from hub.errors import InvalidPhone
from hub.phones import normalize_phone

LONGEST: Final = 4_000
"""Characters that are kept; a text message of the longest kind has 1,530."""

_NUMBER: Final = re.compile(r"[+0-9 ().-]{7,25}")


class Unreadable(ValueError):
    """A call that makes no sense. Says which part is missing, and never a value of it."""


def read_number(raw: str | None, where: str) -> str:
    """Read the writer's number as E.164; raises `Unreadable`, also for a short code."""
    try:
        # `whatsapp:+57…` is a number in words, too, and its answer would go another way.
        return normalize_phone(raw if raw and _NUMBER.fullmatch(raw) else "")
    except InvalidPhone:
        raise Unreadable(f"`{where}` is no telephone number") from None


def read_words(raw: str | None, where: str) -> str:
    """Read what was written; raises `Unreadable` when nothing was."""
    # PostgreSQL takes no NUL, UTF-8 no lone surrogate, and nobody means either.
    words = (raw or "").replace("\x00", "").encode(errors="ignore").decode().strip()[:LONGEST]
    if not words:
        raise Unreadable(f"`{where}` is empty")
    return words
