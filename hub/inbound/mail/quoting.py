"""
Quotes in a reply: the new text is separated from the quoted original. Pure.

A table lists how mail programs begin the quoted original, in Spanish and English. The libraries for this
either lack Spanish or take seconds for a mail of blank lines
(docs/decisions/0018-own-table-cuts-quotes.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 20_000  # characters

_NEAR: Final = 5
"""Lines within which Outlook's header fields appear together."""
_WRAPPED: Final = 3
"""Lines over which a mail program may wrap `El … escribió:`."""
_LONGEST_LINE: Final = 400

_ATTRIBUTION: Final = re.compile(r"El .{4,300} escribió:|On .{4,300} wrote:")
_ATTRIBUTION_OF_ONE_LINE: Final = re.compile(r".{4,300} (?:escribió|wrote):")
_SEPARATORS: Final = (
    re.compile(r"-{2,} ?(?:mensaje|correo) (?:original|reenviado) ?-{2,}", re.IGNORECASE),
    re.compile(r"-{2,} ?(?:original|forwarded) message ?-{2,}", re.IGNORECASE),
    re.compile(r"Inicio del mensaje reenviado:|Begin forwarded message:", re.IGNORECASE),
)
_FROM: Final = re.compile(r"\*?(?:De|From) ?:\*? .+")
_SENT: Final = re.compile(r"\*?(?:Enviado|Enviado el|Fecha|Sent|Date) ?:\*? .+")
_DATED: Final = re.compile(r"\d")


def newly_written(text: str) -> str:
    """
    Return the text without the quoted original, at most 20,000 characters.

    If everything seems quoted, return all of it: a wrong guess must not lose a person's words.
    """
    lines = [line.rstrip() for line in text[: 10 * LONGEST].split("\n")]
    before = _joined(_unquoted(lines[: _start_of_original(lines)]))
    # The answer may stand below the original or between its lines.
    return (before or _joined(_without_headers(lines)) or _joined(lines))[:LONGEST]


def _start_of_original(lines: Sequence[str]) -> int:
    return next((at for at in range(len(lines)) if _begins_original(lines, at)), len(lines))


def _begins_original(lines: Sequence[str], at: int) -> bool:
    line = lines[at].strip()[:_LONGEST_LINE]
    if any(separator.fullmatch(line) for separator in _SEPARATORS):
        return True
    if _FROM.fullmatch(line):
        return any(_SENT.fullmatch(near.strip()[:_LONGEST_LINE]) for near in lines[at + 1 : at + _NEAR])
    return _attribution(lines, at) > 0


def _attribution(lines: Sequence[str], at: int) -> int:
    """Return how many lines from here form an attribution; 0 for none."""
    for count in range(1, _WRAPPED + 1):
        wrapped = [line.strip() for line in lines[at : at + count]]
        # Without a date it may be the writer's own sentence: "Juan escribió:".
        if all(wrapped) and _is_attribution(" ".join(wrapped)[-_LONGEST_LINE:], count):
            return count
    return 0


def _is_attribution(text: str, lines: int) -> bool:
    pattern = _ATTRIBUTION_OF_ONE_LINE if lines == 1 else _ATTRIBUTION
    return text.endswith(":") and bool(_DATED.search(text) and pattern.fullmatch(text))


def _without_headers(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    skip = 0
    for at, line in enumerate(lines):
        skip = max(skip - 1, _attribution(lines, at))
        if not skip:
            kept.append(line)
    return _unquoted(kept)


def _unquoted(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not line.lstrip().startswith(">")]


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
