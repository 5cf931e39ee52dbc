"""
SALIR, CANCELAR, BAJA, ALTO, STOP: how somebody says that he wants no more, and how he comes back. Pure.

A text is a command when it holds nothing else but courtesy (`Salir, por favor`), the signature of a
person or of a telephone aside. One that begins with such a word and a mark after it (`BAJA, señor: ¿me
retiran?`), or on a line of its own, takes back the consent too, but is read by a person all the same: it
may as well be `Alto: hay una fuga en el piso 3`. A sentence that merely holds the word (`quiero cancelar
mi cita`) is an ordinary one.
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
    # What telephones add of their own accord.
    r"|(?:enviado (?:desde|con)|sent from|obtener? outlook para|get outlook for|descargar outlook para)\b)",
    re.IGNORECASE,
)


class OptWish(Enum):
    """What somebody wants of commercial messages and surveys."""

    OUT = auto()
    BACK = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """`alone` is true when the text says nothing else, so that nobody needs to read it."""

    wish: OptWish
    alone: bool


def command(text: str) -> Command | None:
    """Answer what a text asks for; None for one that asks for neither."""
    own = folded(own_words(text))
    words = _words(own)
    if words and words <= OUT:
        return Command(OptWish.OUT, alone=True)
    # To come back takes the word alone: a consent is given expressly or not at all.
    if words and words <= BACK:
        return Command(OptWish.BACK, alone=True)
    opening, first = _OPENING.match(own), _words(own.partition("\n")[0])
    begins = (opening is not None and opening[1] in OUT) or (bool(first) and first <= OUT)
    return Command(OptWish.OUT, alone=False) if begins else None


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text)) - _COURTESY


def own_words(text: str) -> str:
    """Leave out what a mail program repeats of our own message, and a signature."""
    own: list[str] = []
    for line in text.splitlines():
        if _QUOTED.match(line.strip()):
            break
        own.append(line)
    return "\n".join(own).strip()


def folded(text: str) -> str:
    """`Ｓalír` → `salir`."""
    return "".join(each for each in normalize("NFKD", text).casefold() if not combining(each))
