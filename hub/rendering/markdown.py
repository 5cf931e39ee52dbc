"""
Markdown with Jinja → HTML and plain text with Jinja, the two parts of an email.

Markdown would break Jinja (`|` ends a cell, `_` starts emphasis), so the vault hides it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from hub.errors import InvalidTemplate
from hub.rendering.folding import COMMENT, Vault, fold

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
_LONE: Final = re.compile(r"<p>(zq\d+qz)</p>")
_FORMATTED: Final = re.compile(r"\|\s*formato\s*-?\}\}$")
_ONLY_LINK: Final = re.compile(r"<p>(?=<a [^>]*>[^<]*</a></p>)")


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Leave URLs unchanged: percent-encoding would break the vault's placeholders."""
        return url


_PARSER: Final = _Parser("commonmark", {"html": True}).enable("table")


def parse(body: str, vault: Vault) -> list[Token]:
    """Parse with the Jinja in the vault. Refuses macros, which run too late to make Markdown."""
    if macro := _MACRO.search(body):
        raise InvalidTemplate(f"{macro[1]} makes no Markdown: write the row itself, or include it")
    return _PARSER.parse(fold(vault.hide(body), vault))


def to_html(tokens: list[Token]) -> str:
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    html = _CLOSING.sub(_hoist, _OPENING.sub(lambda match: _comments(match[2]) + match[1], html))
    # A table without a head is a list of facts: its first column has the row headings.
    html = _HEADLESS.sub(_facts, html)
    return _ONLY_LINK.sub('<p class="boton">', html)


def unbroken(html: str, vault: Vault) -> str:
    """Prevent line breaks inside case numbers with hyphens; the filter `junto` detects them."""
    return vault.rewritten(html, lambda code: _NAME.sub(r"{{ \1|junto }}", code))


def unwrapped(html: str, vault: Vault) -> str:
    """Free a text that brings its own paragraphs (`formato`) of the paragraph around it."""
    return _LONE.sub(lambda match: match[1] if _FORMATTED.search(vault.restore(match[1])) else match[0], html)


def _hoist(match: re.Match[str]) -> str:
    return match[2] + _comments(match[1])


def _facts(match: re.Match[str]) -> str:
    rows = _FIRST_CELL.sub(r'\1<th scope="row">\2</th>', match["rows"])
    return f'<table class="datos">{rows}</table>'


def _comments(folded: str) -> str:
    return "".join(COMMENT % int(number) for number in _FOLDED.findall(folded))


_COMMENT: Final = re.compile(r"<!--q(\d+)q-->")
_HELD: Final = re.compile(r"\s*((?:⟪\d+⟫\s*)*)(.*?)((?:\s*⟪\d+⟫)*)\s*", re.DOTALL)


def to_text(tokens: list[Token]) -> str:
    return _children(SyntaxTreeNode(tokens))


def _children(node: SyntaxTreeNode) -> str:
    return "".join(_text(child) for child in node.children)


def _text(node: SyntaxTreeNode) -> str:
    return _NODES.get(node.type, _children)(node)


def _paragraph(node: SyntaxTreeNode) -> str:
    """End with a blank line, except in an item of a tight list, which is a hidden paragraph."""
    return f"{_children(node)}\n" if node.hidden else f"{_children(node)}\n\n"


def _heading(node: SyntaxTreeNode) -> str:
    title = _children(node)
    return f"{title}\n{'-' * len(title)}\n\n"


def _link(node: SyntaxTreeNode) -> str:
    words, url = _children(node), str(node.attrs.get("href", "")).removeprefix("mailto:")
    return words if words == url else f"{words} ({url})"


def _list(node: SyntaxTreeNode) -> str:
    """Number the items only if no loop or condition can repeat or omit them."""
    items = [_children(item) for item in node.children]
    numbered = node.type == "ordered_list" and "⟪" not in "".join(items)
    bullets = (f"{index}. " if numbered else "- " for index in count(int(node.attrs.get("start", 1))))
    return "".join(map(_around, items, bullets)) + "\n"


def _table(node: SyntaxTreeNode) -> str:
    """Two columns become `Radicado: PQ-1`; wider tables keep their bars."""
    head, *body = node.children
    rows = [row for part in body for row in part.children]
    if len(head.children[0].children) == 2:
        return "".join(_around(": ".join(_cells(row)), "") for row in rows) + "\n"
    return "".join(_around(" | ".join(_cells(row)), "") for row in [*head.children, *rows]) + "\n"


def _cells(row: SyntaxTreeNode) -> list[str]:
    return [_children(cell) for cell in row.children]


def _around(text: str, bullet: str) -> str:
    """Hoist folded statements out of a row, so that its line break is inside the loop or condition."""
    held = _HELD.fullmatch(text)
    assert held is not None  # each part may be empty
    before, words, after = held.groups()
    indented = words.replace("\n", "\n" + " " * len(bullet))
    return f"{_bare(before)}{bullet}{indented}\n{_bare(after)}"


def _bare(folded: str) -> str:
    return "".join(folded.split())


def _quote(node: SyntaxTreeNode) -> str:
    lines = _children(node).rstrip().splitlines()
    return "".join(f"> {line}\n" for line in lines) + "\n"


def _markup(node: SyntaxTreeNode) -> str:
    """Keep only line breaks and the vault's comments."""
    if node.content.startswith("<br"):
        return "\n"
    return "".join(f"⟦{number}⟧" for number in _COMMENT.findall(node.content))


_NODES: Final[Mapping[str, Callable[[SyntaxTreeNode], str]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
    "blockquote": _quote,
    "link": _link,
    **dict.fromkeys(("text", "code_inline", "code_block", "fence", "image"), lambda node: node.content),
    "html_block": _markup,
    "html_inline": _markup,
    "hr": lambda _: f"{'-' * 40}\n\n",
    "softbreak": lambda _: "\n",
    "hardbreak": lambda _: "\n",
}
