"""
A stored page as a tree that a template of this folder walks: tags, classes, children, words. Pure.

It knows what our layouts and Markdown make. Any other tag counts as its children; scripts and styles count as
nothing.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from html.parser import HTMLParser
from typing import Final

from msgspec import Struct, field

Attributes = list[tuple[str, str | None]]

_NOTHING: Final = frozenset({"script", "style", "template", "noscript", "svg", "object", "iframe", "select"})
_SKIPPED: Final = frozenset({"html", "head", "tbody"})
"""They say nothing, and may be left out."""
_INLINE: Final = {
    "a": "a",
    "b": "strong",
    "strong": "strong",
    "em": "em",
    "i": "em",
    "code": "code",
    "span": "span",
}
_BLOCKS: Final = frozenset(
    {
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "table", "thead", "tr", "th", "td"),
        *("blockquote", "div", "section", "article", "header", "footer", "main", "pre"),
    }
)
_PARTS: Final = frozenset({"dl", "dt", "dd", "figure", "figcaption", "address", "aside", "form", "nav"})
"""Blocks of which we make none: they are shown as a `div`."""
_VOID: Final = frozenset({"br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_CLOSED_BY: Final = {
    "p": _BLOCKS - {"li", "tr", "td", "th", "thead"},
    "li": frozenset({"li"}),
    "td": frozenset({"td", "th", "tr"}),
    "th": frozenset({"td", "th", "tr"}),
    "tr": frozenset({"tr"}),
}
"""Tags that may stay open → what closes them."""
_DEEPEST: Final = 60
"""Deeper ones are taken as their children: a walk of the tree has a stack that ends."""
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_COLOR: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_PNG: Final = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")
_START: Final = re.compile(r"\d{1,6}")


class Element(Struct, kw_only=True, omit_defaults=True):
    """
    An element. `tag` is empty for one that counts as its children.

    `href`, `alt`, `width` (pixels) and `start` are attributes; `picture` are the bytes of a PNG.
    """

    tag: str
    classes: list[str] = field(default_factory=list)
    children: list[Element | str] = field(default_factory=list)
    href: str = ""
    alt: str = ""
    picture: bytes = b""
    width: int = 0
    start: int = 1


class Markup(Struct, kw_only=True):
    """A page: its `body`, and the colours that its `<meta>` name, each as `#rrggbb`."""

    body: Element
    colors: dict[str, str]


def parse(html: str) -> Markup:
    """Read a page. A broken page is read as far as it goes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Markup(body=reader.body, colors=reader.colors)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.body = Element(tag="body")
        self.colors: dict[str, str] = {}
        self._open: list[tuple[str, Element]] = [("body", self.body)]
        self._unread = ""
        self._fresh = True
        """At the beginning of a line, where a space is nothing."""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._unread or tag in _SKIPPED:
            return
        if tag in _NOTHING or tag == "title":
            self._unread = tag
        elif tag == "body":
            self.body.classes = (dict(attrs).get("class") or "").split()
        elif tag == "meta":
            self._meta(dict(attrs))
        elif tag == "br":
            self._break()
        else:
            self._begin(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            self._unread = "" if tag == self._unread else self._unread
            return
        tag = "div" if tag in _PARTS else tag
        if any(name == tag for name, _ in self._open[1:]):
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if self._keeps_lines():
            for number, line in enumerate(data.replace("\r\n", "\n").split("\n")):
                if number:
                    self._break()
                self._write(line)
        else:
            self._write(data)

    def _begin(self, tag: str, given: dict[str, str | None]) -> None:
        tag = "div" if tag in _PARTS else tag
        while tag in _CLOSED_BY.get(self._open[-1][0], ()):
            self._close()
        node = Element(tag=_INLINE.get(tag, tag), classes=(given.get("class") or "").split())
        _take(node, tag, given)
        if tag in _BLOCKS or tag == "hr":
            self._fresh = True
        self._open[-1][1].children.append(node)
        if tag in _VOID:
            self._fresh = self._fresh and tag != "img"
        elif len(self._open) < _DEEPEST:
            self._open.append((tag, node))

    def _close(self) -> str:
        tag, node = self._open.pop()
        if tag in _BLOCKS:
            self._fresh = True
            while node.children and isinstance(last := node.children[-1], Element) and last.tag == "br":
                node.children.pop()
        return tag

    def _write(self, data: str) -> None:
        words = _SPACE.sub(" ", data)
        if self._fresh:
            words = words.lstrip(" ")
        if words:
            self._open[-1][1].children.append(words)
            self._fresh = words.endswith(" ")

    def _break(self) -> None:
        if not self._unread:
            self._open[-1][1].children.append(Element(tag="br"))
            self._fresh = True

    def _keeps_lines(self) -> bool:
        """Words of people keep their lines, as `white-space: pre-line` of the layout says."""
        tags = {tag for tag, _ in self._open}
        return {"blockquote", "p"} <= tags or any("rubrica" in node.classes for _, node in self._open)

    def _meta(self, given: dict[str, str | None]) -> None:
        name, content = given.get("name") or "", given.get("content") or ""
        if name in ("marca", "sobre-marca", "tinta") and _COLOR.fullmatch(content):
            self.colors[name] = content


def _take(node: Element, tag: str, given: dict[str, str | None]) -> None:
    if "nowrap" in (given.get("style") or ""):
        node.classes.append("junto")
    if tag == "a":
        node.href = given.get("href") or ""
    elif tag == "img":
        node.alt, node.picture = given.get("alt") or "", _picture(given.get("src") or "")
        node.width = _number(given.get("width"), 0)
    elif tag == "ol":
        node.start = _number(given.get("start"), 1)
    elif tag == "table" and given.get("role") == "presentation":
        node.classes.append("presentation")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and _START.fullmatch(text) else otherwise


def _picture(address: str) -> bytes:
    found = _PNG.fullmatch(address)
    try:
        return b64decode(found[1]) if found else b""
    except Error:
        return b""
