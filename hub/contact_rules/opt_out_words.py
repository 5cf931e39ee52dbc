"""
SALIR, CANCELAR, BAJA, ALTO, STOP: words to opt out, and words to opt in again. Pure.

A text is a command if it has only such words and courtesy (`Salir, por favor`), apart from a signature. A
text that begins with such a word and a punctuation mark (`BAJA, señor: ¿me retiran?`), or with such a word
on its own line, also revokes the consent, but a person reads it: it may be `Alto: hay una fuga en el piso
3`. A sentence that only contains the word (`quiero cancelar mi cita`) is an ordinary text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from unicodedata import combining, normalize

OUT: Final = frozenset({"salir", "cancelar", "baja", "alto", "stop"})
BACK: Final = frozenset({"iniciar", "alta", "start"})
_COURTESY: Final = frozenset({"por", "favor", "porfa", "porfavor", "gracias"})

_WORD: Final = re.compile(r"\w+")
_OPENING: Final = re.compile(r"\W*(\w+)\s*[,.;:!]")
_QUOTED: Final = re.compile(
    r"^(?:>|[-_]{2,}\s*$|.*(?:escribió|wrote):\s*$"
    # Signatures that telephones add.
    r"|(?:enviado (?:desde|con)|sent from|obtener? outlook para|get outlook for|descargar outlook para)\b)",
    re.IGNORECASE,
)


class OptWish(Enum):
    """The wish of a person: commercial messages and surveys, or none."""

    OUT = auto()
    BACK = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """`alone` is true if the text has nothing else, so that nobody needs to read it."""

    wish: OptWish
    alone: bool


def command(text: str) -> Command | None:
    """Read the command in a text; None without one."""
    own = folded(own_words(text))
    words = _words(own)
    if words and words <= OUT:
        return Command(OptWish.OUT, alone=True)
    # Opting in needs the word alone: consent must be express.
    if words and words <= BACK:
        return Command(OptWish.BACK, alone=True)
    opening, first = _OPENING.match(own), _words(own.partition("\n")[0])
    begins = (opening is not None and opening[1] in OUT) or (bool(first) and first <= OUT)
    return Command(OptWish.OUT, alone=False) if begins else None


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text)) - _COURTESY


def own_words(text: str) -> str:
    """Remove the quoted message and the signature."""
    own: list[str] = []
    for line in text.splitlines():
        if _QUOTED.match(line.strip()):
            break
        own.append(line)
    return "\n".join(own).strip()


def folded(text: str) -> str:
    """`Ｓalír` → `salir`."""
    return "".join(letter for letter in normalize("NFKD", text).casefold() if not combining(letter))
