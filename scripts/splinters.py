"""
Splinters: modules of `hub` that one other module of their room imports, and those that nobody imports.

A module with one importer becomes part of it where both together stay under MOST lines and the result has one
idea. What stays apart stands in splinters.toml with its reason. A module that nobody imports, and that no
table, entry point or command line names, is dead. Ends with 1 for either, and for a line of the table that no
module needs any more.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import grimp

ROOT: Final = Path(__file__).resolve().parents[1]
MOST: Final = 350
"""Lines of both together."""
_TABLE: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
APART: Final = {name: why for why, names in _TABLE["apart"].items() for name in names}
"""Modules that stay apart → why."""
NAMED: Final = {name: who for who, names in _TABLE["named"].items() for name in names}
"""Modules that nobody imports → who loads them."""


def splinters(graph: grimp.ImportGraph, lines: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield each module with its only importer, where both are of one room and together are short."""
    for module in sorted(lines):
        importers = graph.find_modules_that_directly_import(module)
        if len(importers) != 1:
            continue
        [only] = importers
        is_face = only not in lines
        if not is_face and _room(only) == _room(module) and lines[module] + lines[only] <= MOST:
            yield module, only


def dead(graph: grimp.ImportGraph, lines: Mapping[str, int]) -> Iterator[str]:
    """Yield each module that nobody imports."""
    return (module for module in sorted(lines) if not graph.find_modules_that_directly_import(module))


def faults(graph: grimp.ImportGraph, lines: Mapping[str, int]) -> Iterator[str]:
    """Say what is wrong, and what to do about it."""
    alone, unread = dict(splinters(graph, lines)), list(dead(graph, lines))
    for module, only in alone.items():
        if _reason(module, APART) is None:
            yield f"{module}: only {only} imports it. Join them, or say why not in splinters.toml."
    for module in unread:
        if _reason(module, NAMED) is None:
            yield f"{module}: nobody imports it. Take it away, or say in splinters.toml who loads it."
    for table, modules in ((APART, alone), (NAMED, unread)):
        used = {_reason(module, table) for module in modules}
        yield from (
            f"{name}: no module needs this line of splinters.toml." for name in table if name not in used
        )


def _room(module: str) -> str:
    return module.split(".")[1]


def _reason(module: str, table: Mapping[str, str]) -> str | None:
    return next((pattern for pattern in table if fnmatchcase(module, pattern)), None)


def _lines() -> Mapping[str, int]:
    """Return module → lines, without the faces of packages."""
    files = (path for path in (ROOT / "hub").rglob("*.py") if path.name != "__init__.py")
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): len(path.read_text("utf-8").splitlines())
        for path in files
    }


if __name__ == "__main__":
    found = list(faults(grimp.build_graph("hub"), _lines()))
    sys.stderr.write("".join(f"{fault}\n" for fault in found))
    sys.exit(bool(found))
