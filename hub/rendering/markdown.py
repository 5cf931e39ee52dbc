"""
Markdown with Jinja inside → HTML with Jinja inside, once, at load.

Markdown would tear Jinja apart (`|` ends a cell, `_` starts emphasis): the vault holds it.
"""

from __future__ import annotations

import re
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from hub.errors import InvalidTemplate
from hub.rendering.folding import fold
from hub.rendering.vault import COMMENT, Vault

_MACRO: Final = re.compile(r"\{%[-+]?\s*(macro|call|import|from|extends)\b")
_HOISTABLE: Final = r"(?:tr|td|th|li|p)"
_OPENING: Final = re.compile(rf"((?:<{_HOISTABLE}(?: [^>]*)?>\s*)+)((?:⟪\d+⟫\s*)+)")
_CLOSING: Final = re.compile(rf"((?:\s*⟪\d+⟫)+)((?:\s*</{_HOISTABLE}>)+)")
_FOLDED: Final = re.compile(r"⟪(\d+)⟫")
_HEADLESS: Final = re.compile(
    r"<table>\s*<thead>\s*<tr>\s*(?:<th[^>]*></th>\s*)+</tr>\s*</thead>(?P<rows>.*?)</table>", re.DOTALL
)
_FIRST_CELL: Final = re.compile(r"(<tr>\s*)<td>(.*?)</td>", re.DOTALL)
_NAME: Final = re.compile(r"\{\{-?\s*([a-z_][\w.]*)\s*-?\}\}")
_ONLY_LINK: Final = re.compile(r"<p>(?=<a [^>]*>[^<]*</a></p>)")


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Leave addresses alone: percent-encoding would spoil what the vault put there."""
        return url


_PARSER: Final = _Parser("commonmark", {"html": True}).enable("table")


def parse(body: str, vault: Vault) -> list[Token]:
    """Parse, with the Jinja in the vault. A macro runs too late to make Markdown, so it is refused."""
    if found := _MACRO.search(body):
        raise InvalidTemplate(f"{found[1]} makes no Markdown: write the row itself, or include it")
    return _PARSER.parse(fold(vault.hide(body), vault))


def to_html(tokens: list[Token]) -> str:
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    html = _CLOSING.sub(_hoist, _OPENING.sub(lambda found: _comments(found[2]) + found[1], html))
    # A table without a head is a list of facts: its first column heads the rows.
    html = _HEADLESS.sub(_facts, html)
    return _ONLY_LINK.sub('<p class="boton">', html)


def unbroken(html: str, vault: Vault) -> str:
    """Let no line end inside the number of a case, which has hyphens; the filter `junto` sees which are."""
    return vault.rewritten(html, lambda code: _NAME.sub(r"{{ \1|junto }}", code))


def _hoist(found: re.Match[str]) -> str:
    return found[2] + _comments(found[1])


def _facts(found: re.Match[str]) -> str:
    rows = _FIRST_CELL.sub(r'\1<th scope="row">\2</th>', found["rows"])
    return f'<table class="datos">{rows}</table>'


def _comments(folded: str) -> str:
    return "".join(COMMENT % int(number) for number in _FOLDED.findall(folded))
