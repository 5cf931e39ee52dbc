"""Kinds of typed words: the number of a case is not looked for among names. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub.model.ids import uuid_in

LONGEST: Final = 200
"""Characters of a search. Nobody types more, and a text would be many words to look for."""
MOST_WORDS: Final = 8
_LEAST_NAME: Final = 2
_LEAST_WORD: Final = 3
"""Letters of a word that an index of three letters finds."""
_LEAST_PHONE: Final = 4
"""Digits: a masked number shows its last four."""
_WHOLE_PHONE: Final = 7
_LONGEST_PHONE: Final = 15

_OTHER: Final = re.compile(r"[^a-z0-9]+")
_NOT_DIGIT: Final = re.compile(r"\D+")
_NUMBER: Final = re.compile(r"\+?[\d\s()./-]+")
_DIGITS: Final = re.compile(r"\d")
_UNIT_WORDS: Final = frozenset(
    {
        *("apto", "apartamento", "apt", "ap", "casa", "local", "oficina", "of", "parqueadero", "unidad"),
        *("torre", "t", "bloque", "interior", "int"),
    }
)
"""Words around the number of a unit: one publisher writes them, the next does not."""
_LONGEST_UNIT: Final = 5


class Kind(StrEnum):
    """A kind of thing that the words may name."""

    ID = "id"
    EMAIL = "email"
    PHONE = "phone"
    REFERENCE = "reference"
    UNIT = "unit"
    NAME = "name"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """
    The typed text and the kinds of thing that it may name. `words` are plain: lower case, without accents.

    `part` is a part of an address, or the digits of a number.
    """

    text: str
    kinds: frozenset[Kind] = frozenset()
    words: tuple[str, ...] = ()
    part: str = ""
    id: UUID | None = None

    @property
    def unit_words(self) -> tuple[str, ...]:
        """Return the words that tell units apart."""
        return tuple(word for word in self.words if word not in _UNIT_WORDS)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the words that may be numbers of a unit, such as `302` and `t2`."""
        return tuple(word for word in self.unit_words if _DIGITS.search(word) and len(word) <= _LONGEST_UNIT)

    @property
    def others(self) -> tuple[str, ...]:
        """Return the words that may be of a name, a building or a subject."""
        return tuple(
            word for word in self.unit_words if len(word) >= _LEAST_NAME and not _DIGITS.search(word)
        )

    @property
    def long_words(self) -> tuple[str, ...]:
        """Return the words by which texts are found."""
        return tuple(word for word in self.words if len(word) >= _LEAST_WORD)


def recognise(typed: str) -> Sought:
    """Recognise the typed text; too short or too long, it has no `kinds`, and nothing is looked for."""
    text = " ".join(unicodedata.normalize("NFC", typed).split())
    if not 0 < len(text) <= LONGEST:
        return Sought(text="")
    if (found := uuid_in(text)) is not None:
        return Sought(text=text, kinds=frozenset({Kind.ID, Kind.REFERENCE}), id=found)
    if "@" in text:
        return Sought(text=text, kinds=frozenset({Kind.EMAIL}), part=text.replace(" ", "").lower())
    words = plain_words(text)[:MOST_WORDS]
    if _NUMBER.fullmatch(text):
        return _number(text, words)
    return Sought(text=text, kinds=frozenset(_kinds(text, words)), words=words)


def plain_words(text: str) -> tuple[str, ...]:
    """`María-José Peña` → `maria`, `jose`, `pena`: as `search_words` of the database does."""
    apart = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return tuple(_OTHER.sub(" ", letters).split())


def _number(text: str, words: tuple[str, ...]) -> Sought:
    digits = _NOT_DIGIT.sub("", text).removeprefix("00")
    kinds = {Kind.UNIT, Kind.REFERENCE}
    if len(digits) >= _WHOLE_PHONE:
        # So many digits are a telephone number, but with dashes they may be a radicado (2026-000901).
        kinds = {Kind.REFERENCE} if " " not in text and not text.startswith("+") else set()
    if _LEAST_PHONE <= len(digits) <= _LONGEST_PHONE:
        kinds.add(Kind.PHONE)
    return Sought(text=text, kinds=frozenset(kinds), words=words, part=digits)


def _kinds(text: str, words: tuple[str, ...]) -> Iterator[Kind]:
    if not words:
        return
    numbered = [word for word in words if _DIGITS.search(word)]
    if " " not in text:
        yield Kind.REFERENCE
    if numbered and all(len(word) <= _LONGEST_UNIT for word in numbered) and ":" not in text:
        yield Kind.UNIT
    if not numbered and ":" not in text and any(len(word) >= _LEAST_NAME for word in words):
        yield Kind.NAME
    is_key = ":" in text or (numbered and " " not in text)
    if not is_key and any(len(word) >= _LEAST_WORD for word in words):
        yield Kind.WORDS
