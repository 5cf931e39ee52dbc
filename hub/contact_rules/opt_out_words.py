"""
SALIR, CANCELAR, BAJA, ALTO, STOP, UNSUBSCRIBE: words to opt out, and words to opt in again. Pure.

A text is a command if it has only such words, phrases (`hub.contact_rules.opt_out_phrases`) and courtesy
(`No me escriban más: BAJA, por favor`), apart from a signature. A text that begins with such a word and a
punctuation mark (`BAJA, señor: ¿me retiran?`), or with such a word on its own line, or has such a phrase
among others, also revokes the consent, but a person reads it: it may be `Alto: hay una fuga en el piso 3`.
A sentence that only contains the word (`quiero cancelar mi cita`) is an ordinary text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from unicodedata import combining, normalize

from hub.contact_rules.opt_out_phrases import clauses, for_now, opts_out

OUT: Final = frozenset({"salir", "cancelar", "baja", "alto", "stop", "unsubscribe", "desuscribir"})
ALONE: Final = OUT | {"stopall", "cancel", "quit", "end", "optout", "revoke"}
"""Words that opt out where there are no others: those that carriers of other countries have taught people."""
BACK: Final = frozenset({"iniciar", "alta", "start"})
_COURTESY: Final = frozenset(
    {"por", "favor", "porfa", "porfavor", "gracias", "please", "thanks", "thank", "you"}
)

_WORD: Final = re.compile(r"\w+")
_OPENING: Final = re.compile(r"\W*(\w+)\s*[,.;:!]")
_BLANK: Final = re.compile(r"\n\s*\n")
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
    if words and words <= ALONE:
        return Command(OptWish.OUT, alone=True)
    # Opting in needs the word alone: consent must be express.
    if words and words <= BACK:
        return Command(OptWish.BACK, alone=True)
    if (said := _phrase(own)) is not None:
        return said
    opening, first = _OPENING.match(own), _words(own.partition("\n")[0])
    begins = (opening is not None and opening[1] in OUT) or (bool(first) and first <= OUT)
    return Command(OptWish.OUT, alone=False) if begins else None


def _phrase(own: str) -> Command | None:
    """
    Read the phrases in a text.

    A mail program breaks lines within a sentence, so a paragraph is read whole. The first one is also read
    line by line: a name often stands below the phrase. No other is: a line of our own mail, quoted without a
    mark, must not be cut into something that its reader has not said.
    """
    first, *others = [paragraph.splitlines() for paragraph in _BLANK.split(own)]
    paragraphs = [" ".join(lines) for lines in others]
    found = [_said("; ".join([beginning, *paragraphs])) for beginning in (" ".join(first), "; ".join(first))]
    told = [said for said in found if said is not None]
    return max(told, key=lambda said: said.alone, default=None)


def _said(text: str) -> Command | None:
    whole = list(clauses(text))
    said = [(clause, None if for_now(clause, whole) else opts_out(clause)) for clause in whole]
    phrases = [reads for _, reads in said if reads is not None]
    words = [clause in OUT for clause, reads in said if reads is None]
    if not phrases and not (words and all(words) and "?" not in text):
        return None
    return Command(OptWish.OUT, alone=all(words) and not any(phrases))


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
