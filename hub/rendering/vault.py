"""Jinja put out of the way while a program that does not understand it works on the text around."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from hub.errors import InvalidTemplate
from hub.rendering.source import Piece, PieceKind, pieces

INLINE: Final = "⟦%d⟧"
FOLDED: Final = "⟪%d⟫"
COMMENT: Final = "<!--q%dq-->"
WORD: Final = "zq%dqz"
_HIDDEN: Final = re.compile(r"⟦(\d+)⟧|⟪(\d+)⟫|<!--q(\d+)q-->|zq(\d+)qz")
_WORD: Final = re.compile(r"zq(\d+)qz")
_RESERVED: Final = re.compile(r"[⟦⟧⟪⟫]|zq\d|<!--q\d")
_CLOSING: Final = re.compile(r"\{%[-+]?\s*end")


class Vault:
    """
    Expressions become words, so that `**{{ x }}**` and `[y]({{ x }})` parse.

    Statements become one of three shapes: INLINE in the middle of text, COMMENT where text
    may not stand (between the rows of an HTML table), FOLDED inside a row or an item that
    they stand around.
    """

    def __init__(self) -> None:
        self._kept: list[str] = []

    def hide(self, source: str, statement: str = INLINE) -> str:
        if _RESERVED.search(source):
            raise InvalidTemplate("⟦, ⟧, ⟪, ⟫ and zq1 are not for templates")
        return "".join(self._hide(piece, statement) for piece in pieces(source))

    def restore(self, text: str) -> str:
        return _HIDDEN.sub(lambda found: self._kept[int(found[found.lastindex or 0])], text)

    def rewritten(self, text: str, rewrite: Callable[[str], str]) -> str:
        """Put in place of each expression what `rewrite` makes of it; what was hidden stays as it is."""
        return _WORD.sub(lambda found: self.hide(rewrite(self._kept[int(found[1])])), text)

    def closes(self, number: str) -> bool:
        """Tell whether a statement belongs to what stands before it: `endif`, `endfor` …"""
        return _CLOSING.match(self._kept[int(number)]) is not None

    def _hide(self, piece: Piece, statement: str) -> str:
        if piece.kind is PieceKind.TEXT:
            return piece.code
        self._kept.append(piece.code)
        shape = statement if piece.kind is PieceKind.STATEMENT else WORD
        return shape % (len(self._kept) - 1)
