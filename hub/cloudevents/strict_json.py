"""JSON that a database can store: no NUL, no lone surrogates, no NaN, limited nesting. Pure."""

from __future__ import annotations

import codecs
import math
from typing import Final

import msgspec

from hub.model import Json

MAX_DEPTH: Final = 64
"""Levels. Far below every parser's own limit, which depends on the call stack."""

_LEVELS: Final = f"at most {MAX_DEPTH} levels"


def loads(body: bytes) -> Json:
    """
    Read JSON. Raises ValueError with what was expected, never with the content.

    The last of two equal keys counts; a UTF-8 byte order mark is skipped (RFC 8259 §8.1).
    """
    try:
        return _DECODER.decode(body.removeprefix(codecs.BOM_UTF8))
    except UnicodeDecodeError as exc:
        raise ValueError("text in UTF-8") from exc
    except RecursionError as exc:
        raise ValueError(_LEVELS) from exc
    except msgspec.DecodeError as exc:
        raise ValueError(f"JSON in UTF-8: {exc}") from exc


def jsonb_violation(value: Json) -> str | None:
    """
    Return what PostgreSQL's jsonb requires and the value violates; None if it fits.

    Goes level by level, because recursion would overflow the stack.
    """
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Json] = []
        for item in level:
            kind = type(item)
            if kind is str:
                if "\0" in item:
                    return "text without NUL (U+0000)"
            elif kind is dict:
                below.extend(item)
                below.extend(item.values())
            elif kind is list:
                below.extend(item)
        if not below:
            return None
        level = below
    return _LEVELS


def _number(text: str) -> int | float:
    """JSON has one kind of number, so 3.0 is the integer 3: a float would not fit an SQL integer."""
    value = float(text)
    if math.isinf(value):
        raise ValueError("number out of range")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


_DECODER: Final = msgspec.json.Decoder(float_hook=_number)
