"""
Placeholders such as `{to}` in the strings of a provider's description. Pure.

They are checked when the description is read and filled when a message is sent, in strings only: a value
never becomes structure of the JSON, the form or the URL around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any, Final

Values = Mapping[str, str]
Tree = Any
"""Tables, lists and scalars, as in the TOML file."""

RECIPIENT: Final = frozenset({"to", "to_national", "to_digits"})
ACCOUNT: Final = frozenset({"user", "password"})
FIXED: Final = ACCOUNT | {"from", "id"}
"""Placeholders whose value comes from the operator or the hub, never from a person or publisher."""
NAMES: Final = RECIPIENT | FIXED | {"text", "callback"}


def names_in(tree: Tree) -> frozenset[str]:
    """Return the placeholders of a tree. Raises ValueError for a brace that belongs to none."""
    return frozenset(name for text in _texts(tree) for _, name in _pieces(text) if name is not None)


def fill(tree: Tree, values: Values) -> Tree:
    """
    Fill in the values. An entry that is only a placeholder without a value is left out: there is no
    `callback` where the provider could not reach it, and no `from` where none is set.
    """
    if isinstance(tree, str):
        return fill_text(tree, values)
    if isinstance(tree, Mapping):
        return {key: fill(branch, values) for key, branch in tree.items() if not _is_void(branch, values)}
    if isinstance(tree, list):
        return [fill(branch, values) for branch in tree if not _is_void(branch, values)]
    return tree


def fill_text(text: str, values: Values) -> str:
    return "".join(plain + (values[name] if name is not None else "") for plain, name in _pieces(text))


def _is_void(tree: Tree, values: Values) -> bool:
    return isinstance(tree, str) and any(tree == f"{{{name}}}" for name, value in values.items() if not value)


def _texts(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping):
        for branch in tree.values():
            yield from _texts(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _texts(branch)


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Split into pairs of plain text and the placeholder after it; `{{` and `}}` are literal braces."""
    for plain, name, form, conversion in Formatter().parse(text):
        if form or conversion:
            raise ValueError("a format")
        yield plain, name
