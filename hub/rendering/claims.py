"""
Claims: sentences that say what the hub has told somebody. Pure.

A template is written before anybody is written to. `Ya le escribimos` is true where a message reached its
person, and a lie where nobody was there or all providers refused. So such a sentence stands only inside a
condition on a fact that comes from rows, or is not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hub.rendering.source import Piece, PieceKind, pieces

_TO: Final = r"(?:(?:me|te|se|le|les|lo|la|los|las)\s+){0,2}"
_WE: Final = (
    "(?:escrib|ped|advert)imos"
    "|(?:pregunt|avis|envi|inform|notific|llam|cont|record|mand|anunci|comunic|entreg)amos|dijimos"
)
"""In Spanish the present and the past of these are one word: only what stands beside it makes it past."""
_THEY: Final = (
    "(?:avis|inform|notific|pregunt|envi|llam|cont|record|mand|anunci|comunic)ó|escribió|dijo|pidió"
)
_DONE: Final = (
    "(?:avis|inform|notific|pregunt|envi|llam|cont|record|mand|anunci|comunic|enter|convoc)ad[oa]s?"
    "|escrito|dicho|pedido|advertido"
)
_WE_EN: Final = "(?:wrote|written|told|asked|informed|notified|called|reminded|sent)"

_CLAIMS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bya\s+{_TO}(?:{_WE})\b",
        r"\bya\s+(?:lo|la|los|las)\s+(?:recibi(?:ó|eron)|(?:tien|sab)en?)\b",
        r"\bya\s+recibi(?:ó|eron)\b",
        r"\brecib(?:e|en)\s+(?:el|su|un)\s+(?:propio\s+)?aviso\b",
        rf"(?<!no )\b{_TO}recibieron\b",
        r"(?<!no )\brecibió\s+(?:este|el|su|un)\s+(?:aviso|mensaje|correo)\b",
        r"\b(?:avis|inform|notific)ó\s+a\b",
        r"\bya\s+sab(?:e|en)\b",
        rf"\btambién\s+{_TO}reciben?\b",
        r"\bles?\s+dijimos\b",
        # `una decisión que le pedimos conocer` asks now, `el correo al que le escribimos` is a habit.
        rf"(?<!al )(?<!la )\bque\s+{_TO}(?:{_WE})\b(?!\s+\w+[aei]r(?:l[aeo]s?)?\b)",
        rf"\b(?:{_WE})\s+(?:de|sobre)\s+est[eao]s?\b",
        rf"\b(?:he|ha|hemos|han|había|habíamos|habían)\s+(?:{_DONE})\b",
        rf"\b(?:fue|fueron|está|están|quedó|quedaron|sido)\s+(?:ya\s+)?(?:{_DONE})\b",
        rf"\bse\s+les?\s+(?:{_THEY})\b",
        r"\bdicho\s+a\b",
        r"\bacab(?:amos|an)\s+de\s+\w+[aei]r(?:l[aeo]s?)?\b",
        rf"\bwe\s+(?:have\s+|had\s+)?(?:already\s+)?{_WE_EN}\b",
        rf"\b(?:has|have|had|was|were)\s+(?:already\s+)?(?:been\s+)?{_WE_EN}\b",
        r"\b(?:also|already)\s+(?:received|got|know)\b",
    )
)
_EMPHASIS: Final = re.compile(r"[*_]+")
"""Marks of Markdown, which may stand between any two words."""
_TEXT_IN_CODE: Final = re.compile(r'"([^"]*)"|' + r"'([^']*)'")
_WORD: Final = re.compile(r"[a-z_]\w*")
_SET: Final = re.compile(r"{%-?\s*set\s+(\w+)\s*=(.*)%}", re.DOTALL)


def claims(words: str) -> Iterator[str]:
    """Yield what these words claim that the hub has told somebody."""
    plain = " ".join(_EMPHASIS.sub("", words).split())
    for pattern in _CLAIMS:
        yield from (match[0] for match in pattern.finditer(plain))


def unproven(block: str, facts: frozenset[str]) -> list[str]:
    """
    Return the claims of a template's block that no condition on one of the `facts` guards.

    A variable that is set from a fact is a fact, too. What stands after `else` is not guarded: there the
    fact is not so.
    """
    reader = _Reader(set(facts))
    for piece in pieces(block):
        reader.read(piece)
    return list(dict.fromkeys(claims(reader.bare)))


@dataclass(slots=True)
class _Reader:
    """`bare` are the words that no fact guards; `open` says of each open block whether a fact guards it."""

    facts: set[str]
    bare: str = ""
    open: list[bool] = field(default_factory=list)

    def read(self, piece: Piece) -> None:
        if piece.kind is PieceKind.STATEMENT:
            self._statement(piece)
        elif not any(self.open):
            self.bare += piece.code if piece.kind is PieceKind.TEXT else _quoted(piece)

    def _statement(self, piece: Piece) -> None:
        match piece.keyword:
            case "if":
                self.open.append(self._asks(piece))
            case "elif":
                self.open[-1] = self._asks(piece)
            case "else" if self.open:
                self.open[-1] = False
            case "for":
                self.open.append(self._asks(piece))
            case "endif" | "endfor":
                self.open.pop()
            case "set":
                self._set(piece)

    def _set(self, piece: Piece) -> None:
        match = _SET.match(piece.code)
        if match and not self.facts.isdisjoint(_WORD.findall(match[2])):
            self.facts.add(match[1])
        elif not any(self.open):
            self.bare += f" . {_quoted(piece)} . "

    def _asks(self, piece: Piece) -> bool:
        return "not" not in piece.words and not self.facts.isdisjoint(_WORD.findall(piece.code))


def _quoted(piece: Piece) -> str:
    """Return the words in quotes of a piece of code; a space where it has none, so that words stay apart."""
    return " . ".join(match[1] or match[2] or "" for match in _TEXT_IN_CODE.finditer(piece.code)) or " "
