"""Words that somebody has typed into a form. Pure."""

from __future__ import annotations


def tidy(words: str, longest: int) -> str:
    """Drop control characters, which no person types, and cut the rest to its limit."""
    kept = "".join(letter for letter in words if letter.isprintable() or letter in "\r\n\t")
    return "\n".join(kept.splitlines()).strip()[:longest]
