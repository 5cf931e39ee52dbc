"""
The cost of a text as an SMS: its alphabet and its parts (3GPP TS 23.038, 23.040).

One character outside GSM-7 turns the whole text into UCS-2, with fewer than half the characters a
part. Of Spanish, `é ñ ü ¿ ¡` are inside; `á í ó ú`, typographic quotes and dashes are outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from unicodedata import category, normalize

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
    | {"…": "...", "•": "-", "ª": "a", "º": "o", "°": "o", "→": "->"}
    | {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}  # apart: 2½ is not 21/2
)
_LOST: Final = frozenset("áíóúÁÍÓÚ")
_SPARED: Final = str.maketrans("éüÉÜ", "euEU")
"""The accents that GSM-7 has: a text that loses one accent loses all, or it would look badly written."""
_SIGNS: Final = frozenset({"So", "Sk", "Cf", "Mn", "Me", "Co"})
"""Categories that carry no word: emoji with their modifiers and joiners, accents on their own."""
_GAP: Final = re.compile(" +(?=[ .,:;!?)])")
"""What is left where a sign was."""


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
    """
    Replace what forces UCS-2 by the nearest character of GSM-7, and leave out emoji.

    A text has all of its accents or none: beside `petición`, `técnico` loses its own, too.

    A letter that has none there, as of another script, stays: the text must say what it says.
    """
    # Remove invisible characters first: one may be between a letter and its accent.
    whole = normalize("NFC", text.translate(_INVISIBLE))
    plain = whole.translate(_TRANSLITERATION)
    if not _LOST.isdisjoint(whole):
        plain = plain.translate(_SPARED)
    if _GSM7.issuperset(plain):
        return plain
    return normalize("NFC", _GAP.sub("", "".join(map(_nearest, plain))))


def _nearest(char: str) -> str:
    if char in _GSM7:
        return char
    parts = normalize("NFKD", char).translate(_TRANSLITERATION)
    kept = "".join(part for part in parts if category(part) not in _SIGNS)
    if kept and _GSM7.issuperset(kept):
        return kept
    return "" if category(char) in _SIGNS else char


def _parts(sizes: Iterable[int], *, alone: int, joined: int) -> int:
    """Count the parts. A character of two units is never split over two parts."""
    total, parts, used = 0, 1, 0
    for size in sizes:
        total += size
        if used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return parts if total > alone else 1
