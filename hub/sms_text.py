"""
The cost of a text as an SMS: its alphabet and its parts (3GPP TS 23.038, 23.040).

One character outside GSM-7 turns the whole text into UCS-2, with fewer than half the characters a
part. Of Spanish, `é ñ ü ¿ ¡` are inside; `á í ó ú`, typographic quotes and dashes are outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from unicodedata import normalize

_GSM7_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Each one takes an escape and a character: two septets."""
_GSM7: Final = _GSM7_BASIC | _GSM7_EXTENSION

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
_TRANSLITERATION: Final = str.maketrans(
    dict(zip("áíóúÁÍÓÚ", "aiouAIOU", strict=True))  # never ñ: "año" must not become another word
    | dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\t\u00a0\u2007\u2009\u202f", " ")  # Spanish amounts of money have such spaces
    | {"…": "...", "•": "-", "ª": "a", "º": "o"}
)


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets (GSM-7) or UTF-16 code units (UCS-2); the provider bills `parts`."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def segments(text: str) -> Segments:
    """Count a text as it is; a decomposed `ñ` is not `ñ`, so normalise to NFC before."""
    if _GSM7.issuperset(text):
        septets = [2 if char in _GSM7_EXTENSION else 1 for char in text]
        return Segments("GSM-7", sum(septets), _parts(septets, alone=160, joined=153))
    code_units = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Segments("UCS-2", sum(code_units), _parts(code_units, alone=70, joined=67))


def to_gsm7(text: str) -> str:
    """Replace common characters that force UCS-2; keep the others."""
    # Remove invisible characters first: one may be between a letter and its accent.
    return normalize("NFC", text.translate(_INVISIBLE)).translate(_TRANSLITERATION)


def _parts(sizes: Iterable[int], *, alone: int, joined: int) -> int:
    """Count the parts. A character of two units is never split over two parts."""
    total, parts, used = 0, 1, 0
    for size in sizes:
        total += size
        if used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return parts if total > alone else 1
