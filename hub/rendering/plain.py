"""Markdown with Jinja inside → plain text with Jinja inside: the other half of an email."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Final

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

_COMMENT: Final = re.compile(r"<!--q(\d+)q-->")
_LEADING: Final = re.compile(r"\s*((?:⟪\d+⟫\s*)*)")
_TRAILING: Final = re.compile(r"((?:\s*⟪\d+⟫)*)\s*$")


def to_text(tokens: list[Token]) -> str:
    return _children(SyntaxTreeNode(tokens))


def _children(node: SyntaxTreeNode) -> str:
    return "".join(_text(child) for child in node.children)


def _text(node: SyntaxTreeNode) -> str:
    return _NODES.get(node.type, _children)(node)


def _paragraph(node: SyntaxTreeNode) -> str:
    """A tight list's item is a hidden paragraph."""
    return f"{_children(node)}\n" if node.hidden else f"{_children(node)}\n\n"


def _heading(node: SyntaxTreeNode) -> str:
    title = _children(node)
    return f"{title}\n{'-' * len(title)}\n\n"


def _link(node: SyntaxTreeNode) -> str:
    words, url = _children(node), str(node.attrs.get("href", "")).removeprefix("mailto:")
    return words if words == url else f"{words} ({url})"


def _list(node: SyntaxTreeNode) -> str:
    """Items that a loop or a condition repeats or leaves out cannot be numbered here."""
    items = [_children(item) for item in node.children]
    numbered = node.type == "ordered_list" and "⟪" not in "".join(items)
    bullets = (f"{index}. " if numbered else "- " for index in count(int(node.attrs.get("start", 1))))
    return "".join(map(_around, items, bullets)) + "\n"


def _table(node: SyntaxTreeNode) -> str:
    """Facts of two columns become `Radicado: PQ-1`, wider tables keep their bars."""
    head, *body = node.children
    rows = [row for part in body for row in part.children]
    if len(head.children[0].children) == 2:
        return "".join(_around(": ".join(_cells(row)), "") for row in rows) + "\n"
    return "".join(_around(" | ".join(_cells(row)), "") for row in [*head.children, *rows]) + "\n"


def _cells(row: SyntaxTreeNode) -> list[str]:
    return [_children(cell) for cell in row.children]


def _around(text: str, bullet: str) -> str:
    """Hoist what was folded into a row, so that its line break is inside the loop or condition."""
    leading = _LEADING.match(text)
    before = leading[1] if leading else ""
    text = text[leading.end() :] if leading else text
    trailing = _TRAILING.search(text)
    after = trailing[1] if trailing else ""
    text = text[: trailing.start()] if trailing else text
    indented = text.replace("\n", "\n" + " " * len(bullet))
    return f"{_bare(before)}{bullet}{indented}\n{_bare(after)}"


def _bare(folded: str) -> str:
    return "".join(folded.split())


def _quote(node: SyntaxTreeNode) -> str:
    lines = _children(node).rstrip().splitlines()
    return "".join(f"> {line}\n" for line in lines) + "\n"


def _markup(node: SyntaxTreeNode) -> str:
    """Of HTML only line breaks remain, and the statements that the vault shaped as comments."""
    if node.content.startswith("<br"):
        return "\n"
    return "".join(f"⟦{number}⟧" for number in _COMMENT.findall(node.content))


def _literal(node: SyntaxTreeNode) -> str:
    return node.content


_NODES: Final[Mapping[str, Callable[[SyntaxTreeNode], str]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
    "blockquote": _quote,
    "link": _link,
    "text": _literal,
    "code_inline": _literal,
    "code_block": _literal,
    "fence": _literal,
    "html_block": _markup,
    "html_inline": _markup,
    "hr": lambda _: f"{'-' * 40}\n\n",
    "softbreak": lambda _: "\n",
    "hardbreak": lambda _: "\n",
    "image": lambda node: node.content,
}
