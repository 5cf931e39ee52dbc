"""
A table as CSV that Excel in Spanish opens as it is meant. Pure.

UTF-8 with its mark, semicolons, CRLF (RFC 4180, but for the separator that Excel takes from the region). A
cell that begins like a formula gets a quote before it: a resident's words must not calculate, or call another
program, on the reader's machine (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA: Final = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")
_WIDE: Final = ("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")
"""Some regions' Excel reads these like the narrow ones."""
_BLANKS: Final = ("\t", "\r", "\n")


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return the bytes of a file with these columns; None is an empty cell."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return (_MARK + made.getvalue()).encode()


def _cell(value: object) -> object:
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, float):
        # With a point it would be a text, or worse a date: 3.12.
        return str(value).replace(".", ",")
    text = str(value)
    calculates = text.lstrip().startswith(_FORMULA + _WIDE) or text.startswith(_BLANKS)
    return f"'{text}" if calculates else text
