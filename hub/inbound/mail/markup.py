"""
HTML of a mail → the text that a person reads. Pure.

The stdlib's parser is too slow for hostile input: it takes a minute for 100,000 characters of `<a `. This
one looks at each character a few times at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

_COMMENT: Final = "<!--"
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})[^<>]{0,4000}>|<[!?/][^<>]{0,4000}>")
_SILENT: Final = frozenset({"script", "style", "head", "title"})
_BREAKS: Final = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "hr", "pre"}
)


def as_text(html: str) -> str:
    """Reduce HTML to lines of text; quoted lines begin with `> `, as in a plain mail."""
    page = _Page()
    bare = _without_comments(html)
    end = 0
    for tag in _TAG.finditer(bare):
        page.write(bare[end : tag.start()])
        end = tag.end()
        if tag[2]:
            page.apply(tag[2].lower(), opens=not tag[1])
    page.write(bare[end:])
    return page.text()


def _without_comments(html: str) -> str:
    """Remove comments. A comment without an end hides the rest, as in a browser."""
    return "".join(_outside(html))


def _outside(html: str) -> Iterator[str]:
    at = 0
    while (start := html.find(_COMMENT, at)) >= 0:
        yield html[at:start]
        end = html.find("-->", start)
        if end < 0:
            return
        at = end + 3
    yield html[at:]


class _Page:
    """Collects lines of text; the last one is still open."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = [[]]
        self._silent = 0
        self._quoted = 0

    def text(self) -> str:
        return "\n".join(" ".join("".join(line).split()) for line in self._lines).strip("\n")

    def write(self, text: str) -> None:
        if not self._silent:
            self._lines[-1].append(unescape(text))

    def apply(self, tag: str, *, opens: bool) -> None:
        depth = 1 if opens else -1
        if tag in _SILENT:
            self._silent = max(0, self._silent + depth)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted + depth)
        if tag in _BREAKS:
            self._lines.append(["> " * min(self._quoted, 9)])
