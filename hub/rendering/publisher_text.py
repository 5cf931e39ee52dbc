"""
A publisher's own text in restricted Markdown → HTML and plain text, when a message is rendered.

Paragraphs, lists, headings, quotes, bold, italics and https links are formatted. All else is shown as it is
written: HTML, images and code are text, and a link with another scheme is no link.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from hub.model import Json
from hub.rendering.filters import es_enlace
from hub.rendering.markdown import to_text
from hub.rendering.typed_words import tidy_markdown

_KEPT: Final = 16
"""Texts that are remembered: a circular is rendered once for each of hundreds of people."""
_OFF: Final = ("html_block", "html_inline", "image", "code", "fence", "backticks", "lheading", "reference")
_LIST: Final = "margin:0 0 16px;padding:0 0 0 22px"
_STYLES: Final = {
    "p": "margin:0 0 16px",
    "ul": _LIST,
    "ol": _LIST,
    "li": "margin:0 0 6px",
    "h2": "margin:26px 0 8px;font-size:17px;line-height:1.35",
}
"""Mail programs need them at the tag; the layout's style sheet was inlined before the text was known."""


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return es_enlace(url)


# People press Enter for a new line, and mean it.
_PARSER: Final = _Parser("commonmark", {"html": False, "breaks": True, "xhtmlOut": False}).disable(list(_OFF))


def formato(value: Json) -> Markup:
    """`**Jueves**` → `<p><strong>Jueves</strong></p>`."""
    return _html(str(value))


def formato_plano(value: Json) -> str:
    """`**Jueves**` → `Jueves`."""
    return _text(str(value))


def look_of(text: str) -> Markup:
    """
    Return how a text that is being written will be read, for a page of the console.

    As `formato`, of tidy Markdown, and without styles at the tags, which the policy of a page refuses.
    """
    return _rendered([_lowered(token) for token in _PARSER.parse(tidy_markdown(text))])


@lru_cache(maxsize=_KEPT)
def _html(text: str) -> Markup:
    return _rendered([_dressed(_lowered(token)) for token in _PARSER.parse(text)])


def _rendered(tokens: list[Token]) -> Markup:
    return Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}).strip())  # noqa: S704 - escaped


@lru_cache(maxsize=_KEPT)
def _text(text: str) -> str:
    return to_text(_PARSER.parse(text)).strip()


def _lowered(token: Token) -> Token:
    """Make a heading of the text one below the title, whatever its level."""
    if token.type in {"heading_open", "heading_close"}:
        token.tag = "h2"
    return token


def _dressed(token: Token) -> Token:
    if token.nesting == 1 and token.tag in _STYLES:
        token.attrSet("style", _STYLES[token.tag])
    return token
