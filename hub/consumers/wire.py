"""
Makes pamqp accept anything that a publisher may put into a frame.

pamqp refuses text that is not UTF-8 and instants after the year 9999 (a `timestamp` in microseconds).
That ends the connection, the broker redelivers the message, and so on for ever: one message in Latin-1
would stop every lane. Read leniently, it is processed like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from pamqp import decode

from hub.model import Json

Read = Callable[[bytes], tuple[int, Any]]
"""Bytes → the size of the value in bytes, and the value."""


def read_leniently() -> None:
    """Replace pamqp's decoders of publishers' values, in this process. Idempotent."""
    table = partial(_table, decode.field_table)
    decode.METHODS.update(shortstr=_text, timestamp=_property_instant, table=table)
    decode.TABLE_MAPPING.update({b"T": _instant, b"F": table})


def _text(raw: bytes) -> tuple[int, str]:
    end = 1 + raw[0]
    return end, raw[1:end].decode("utf-8", "replace")


def _instant(raw: bytes) -> tuple[int, datetime | int]:
    """Return the bare number where it is not an instant: code that needs one refuses it with a reason."""
    try:
        return decode.timestamp(raw)
    except (ValueError, OverflowError):
        return 8, int.from_bytes(raw[:8], "big")


def _property_instant(raw: bytes) -> tuple[int, datetime | None]:
    size, value = _instant(raw)
    return size, value if isinstance(value, datetime) else None


def _table(strict: Read, raw: bytes) -> tuple[int, dict[str, Json]]:
    """Return no headers where they are unreadable: a structured event needs none."""
    try:
        return strict(raw)
    except (ValueError, OverflowError, RecursionError):
        return 4 + int.from_bytes(raw[:4], "big"), {}
