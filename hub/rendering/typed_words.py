"""Words that somebody has typed into a form. Pure."""

from __future__ import annotations

from hub.contact_rules.opt_out_words import folded


def tidy(words: str, longest: int) -> str:
    """Drop control characters, which no person types, and cut the rest to its limit."""
    kept = "".join(letter for letter in words if letter.isprintable() or letter in "\r\n\t")
    return "\n".join(kept.splitlines()).strip()[:longest]


def is_same(given: str, expected: str) -> bool:
    """Return whether somebody has typed what was asked for, whatever its case, accents and blanks."""
    return _plain(given) == _plain(expected)


def _plain(words: str) -> str:
    return " ".join(folded(words).split())
