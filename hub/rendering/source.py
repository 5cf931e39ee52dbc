"""Parse a template file: pieces of Jinja and text, blocks, includes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from jinja2 import Environment, TemplateSyntaxError

from hub.errors import InvalidTemplate

_LEXER: Final = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 - reads, never renders
_INCLUDE: Final = re.compile(r"""\{%-?\s*include\s+["']([\w./-]+)["']\s*-?%\}""")
_MAX_DEPTH: Final = 8
_WORD: Final = re.compile(r"\w+")


class PieceKind(Enum):
    TEXT = "text"
    EXPRESSION = "expression"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Piece:
    """`code` is the exact source, including delimiters."""

    kind: PieceKind
    code: str

    @property
    def words(self) -> list[str]:
        """The words of a statement: `{%- block body %}` → `["block", "body"]`."""
        return self.code.strip("{%-+} \n\t").split()

    @property
    def keyword(self) -> str:
        return next(iter(self.words), "")


@dataclass(frozen=True, slots=True)
class Source:
    """The blocks of one file. `prelude` are the statements outside them, which apply to each block."""

    prelude: tuple[Piece, ...]
    blocks: Mapping[str, str]

    def matches(self, pattern: re.Pattern[str]) -> bool:
        """Return whether the pattern occurs anywhere in the file or its includes."""
        return any(map(pattern.search, (*(piece.code for piece in self.prelude), *self.blocks.values())))

    def with_prelude(self, block: str) -> str:
        return self._prelude_of(block) + block

    def _prelude_of(self, block: str) -> str:
        """Leave out each `{% set %}` that the block does not use, to save its cost."""
        if any(piece.keyword != "set" for piece in self.prelude):
            return "".join(piece.code for piece in self.prelude)
        kept, used = "", set(_WORD.findall(block))
        for piece in reversed(self.prelude):
            targets = _WORD.findall(piece.code.partition("=")[0])[1:]
            if not used.isdisjoint(targets):
                kept = piece.code + kept
                used.update(_WORD.findall(piece.code))
        return kept


def pieces(source: str) -> Iterator[Piece]:
    """Split with Jinja's own lexer, so that `{{ "}}" }}` is one piece. Comments are dropped."""
    code = ""
    for _, lexeme, value in _LEXER.lex(source):
        if lexeme == "data":
            yield Piece(PieceKind.TEXT, value)
            continue
        code += value
        if lexeme in _ENDS:
            if (kind := _ENDS[lexeme]) is not None:
                yield Piece(kind, code)
            code = ""
    if code:
        raise InvalidTemplate("a {{ or {% is not closed")


def read(source: str, fetch: Callable[[str], str]) -> Source:
    """Split a file into its blocks. `fetch` returns an included file's text."""
    try:
        return _blocks(_with_includes(source, fetch, _MAX_DEPTH))
    except TemplateSyntaxError as exc:
        raise InvalidTemplate(f"line {exc.lineno}: {exc.message}") from exc


def _with_includes(source: str, fetch: Callable[[str], str], depth: int) -> str:
    """Insert included text before Markdown parses it, so that an include may have rows and items."""
    if not depth:
        raise InvalidTemplate("includes go in a circle")
    return _INCLUDE.sub(lambda match: _with_includes(fetch(match[1]).rstrip("\n"), fetch, depth - 1), source)


@lru_cache(maxsize=512)
def _blocks(source: str) -> Source:
    """Split a text whose includes are in it: once, however many hubs of a process read it."""
    blocks: dict[str, str] = {}
    prelude: list[Piece] = []
    name: str | None = None
    for piece in pieces(source):
        keyword = piece.keyword if piece.kind is PieceKind.STATEMENT else ""
        if keyword == "block":
            name = _opened(piece, name, blocks)
        elif keyword == "endblock":
            name = None
        elif name is not None:
            blocks[name] += piece.code
        elif piece.kind is PieceKind.STATEMENT:
            prelude.append(piece)
        elif piece.code.strip():
            raise InvalidTemplate("there is text outside the blocks")
    return Source(tuple(prelude), blocks)


def _opened(piece: Piece, inside: str | None, blocks: dict[str, str]) -> str:
    name = piece.words[1] if len(piece.words) > 1 else ""
    if inside is not None or name in blocks or not name:
        raise InvalidTemplate(f"block {name}: nested, twice, or without a name")
    blocks[name] = ""
    return name


_ENDS: Final[Mapping[str, PieceKind | None]] = {
    "variable_end": PieceKind.EXPRESSION,
    "block_end": PieceKind.STATEMENT,
    "raw_begin": PieceKind.STATEMENT,
    "raw_end": PieceKind.STATEMENT,
    "comment_end": None,
}
