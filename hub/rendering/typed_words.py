"""Words and Markdown that somebody has typed or pasted into a form. Pure."""

from __future__ import annotations

import re
from typing import Final

from hub.contact_rules.opt_out_words import folded

MOST: Final = 100_000
"""Characters that are read. A schema refuses a fifth of them: nothing that could be sent is lost."""
_TAG: Final = re.compile(r"</?(?:[a-z]\w{0,3}:)?[a-z]\w*(?:\s[^<>]*)?/?>|<![^<>]*>", re.IGNORECASE)
"""`<https://…>` is a link, and `<` of a comparison stays."""
_SPACES: Final = re.compile(r"[\u00a0\u2007\u202f\u2000-\u200a]")
_UNSEEN: Final = re.compile(r"[\u200b\u200e\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")
_BULLET: Final = re.compile(r"^([ \t]*)(?:[•·▪◦‣●○]\s*|[o§–]\t\s*)(?=\S)", re.MULTILINE)
"""Bullets as Word pastes them; its second level is an `o`, which alone is a word: a tab follows it."""
_NUMBER: Final = re.compile(r"^([ \t]*\d{1,2})[.)]\t\s*", re.MULTILINE)
_BLANKS: Final = re.compile(r"\n{3,}")
_ENDS: Final = re.compile(r"(?<![ \t])[ \t]+$", re.MULTILINE)


def tidy(words: str, longest: int) -> str:
    """Drop control characters, which no person types, and cut the rest to its limit."""
    kept = "".join(letter for letter in words if letter.isprintable() or letter in "\r\n\t")
    return "\n".join(kept.splitlines()).strip()[:longest]


def is_same(given: str, expected: str) -> bool:
    """Return whether somebody has typed what was asked for, whatever its case, accents and blanks."""
    return _plain(given) == _plain(expected)


def _plain(words: str) -> str:
    return " ".join(folded(words).split())


def tidy_markdown(text: str) -> str:
    """`<p>Uno</p>\\r\\n•\\tDos` → `Uno\\n- Dos`. What is tidy stays as it is."""
    plain = text[:MOST].replace("\r\n", "\n").replace("\r", "\n")
    plain = _UNSEEN.sub("", _SPACES.sub(" ", plain))
    plain = _TAG.sub("", plain)
    plain = _NUMBER.sub(r"\1. ", _BULLET.sub(r"\1- ", plain))
    return _BLANKS.sub("\n\n", _ENDS.sub("", plain)).strip()
