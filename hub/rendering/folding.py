"""
Hide Jinja while Markdown parses the text around it; fold statements into rows and list items.

    {% for cuota in cuotas %}           | ⟪0⟫ zq1qz | zq2qz ⟪3⟫ |
    | {{ cuota.mes }} | {{ … }} |   →
    {% endfor %}

A line between two rows would end the table. So an opening statement is folded into the row after it,
a closing one into the row before it; both are hoisted out again when the row is HTML or text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
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
    Replaces Jinja with placeholders, and restores it.

    Expressions become words, so that `**{{ x }}**` and `[y]({{ x }})` parse. Statements take one of three
    shapes: INLINE inside text, COMMENT where no text is allowed (between the rows of an HTML table), FOLDED
    inside the row or item that they enclose.
    """

    def __init__(self) -> None:
        self._kept: list[str] = []

    def hide(self, source: str, statement: str = INLINE) -> str:
        if _RESERVED.search(source):
            raise InvalidTemplate("⟦, ⟧, ⟪, ⟫ and zq1 are not for templates")
        return "".join(self._hide(piece, statement) for piece in pieces(source))

    def restore(self, text: str) -> str:
        return _HIDDEN.sub(lambda match: self._kept[int(match[match.lastindex or 0])], text)

    def rewritten(self, text: str, rewrite: Callable[[str], str]) -> str:
        """Replace each hidden expression with the result of `rewrite`."""
        return _WORD.sub(lambda match: self.hide(rewrite(self._kept[int(match[1])])), text)

    def closes(self, number: str) -> bool:
        """Return whether a statement closes a block: `endif`, `endfor` …"""
        return _CLOSING.match(self._kept[int(number)]) is not None

    def _hide(self, piece: Piece, statement: str) -> str:
        if piece.kind is PieceKind.TEXT:
            return piece.code
        self._kept.append(piece.code)
        shape = statement if piece.kind is PieceKind.STATEMENT else WORD
        return shape % (len(self._kept) - 1)


_STATEMENT: Final = re.compile(r"⟦(\d+)⟧")
_RUN: Final = r"(?:⟦\d+⟧[ \t]*)*"
_ALONE: Final = re.compile(r"[ \t]*(?:⟦\d+⟧[ \t]*)+")
_ROW: Final = re.compile(rf"(?P<before>{_RUN})(?P<marker>\|)(?P<text>.*)(?P<end>\|)[ \t]*(?P<after>{_RUN})")
_ITEM: Final = re.compile(
    rf"(?P<before>[ \t]*{_RUN})(?P<marker>(?:[-*+]|\d+[.)]) +)(?P<text>.*?)(?P<end>)[ \t]*(?P<after>)"
)


@dataclass(slots=True)
class _Folder:
    vault: Vault
    lines: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    holder: re.Pattern[str] | None = None
    """The pattern of the row or item of the last line; None after a blank line or a paragraph."""

    def add(self, line: str) -> None:
        if _ALONE.fullmatch(line):
            self._statements(_STATEMENT.findall(line))
        elif match := _ROW.fullmatch(line) or _ITEM.fullmatch(line):
            self._holder_line(match)
        else:
            self._other(line)

    def flush(self) -> None:
        """Write statements without a row as comments between paragraphs."""
        self.lines.extend(COMMENT % int(number) for number in self.pending)
        self.pending.clear()

    def _statements(self, numbers: list[str]) -> None:
        for number in numbers:
            if self.holder is not None and not self.pending and self.vault.closes(number):
                self.lines[-1] = _close(self.lines[-1], number, self.holder)
            else:
                self.pending.append(number)

    def _holder_line(self, match: re.Match[str]) -> None:
        before, after = _STATEMENT.findall(match["before"]), _STATEMENT.findall(match["after"])
        indent = _STATEMENT.sub("", match["before"]).rstrip("\n")
        opened = "".join(FOLDED % int(number) for number in [*self.pending, *before])
        closed = "".join(FOLDED % int(number) for number in after)
        self.pending.clear()
        self.lines.append(f"{indent}{match['marker']}{opened}{match['text']}{closed}{match['end']}")
        self.holder = match.re

    def _other(self, line: str) -> None:
        self.flush()
        self.lines.append(line)
        # An item continues until a blank line, a row does not.
        if not line.strip() or self.holder is _ROW:
            self.holder = None


def fold(text: str, vault: Vault) -> str:
    folder = _Folder(vault)
    for line in text.splitlines():
        folder.add(line)
    folder.flush()
    return "\n".join(folder.lines)


def _close(line: str, number: str, holder: re.Pattern[str]) -> str:
    end = "|" if holder is _ROW else ""
    return f"{line.rstrip().removesuffix(end)}{FOLDED % int(number)}{end}"
