"""The functions of the hub as they are now, each with a digest of what it does."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.mutants.mutators import Function

ROOT: Final = Path(__file__).parent.parent.parent
LEFT_OUT: Final = "hub/storage/migrations/versions/"
"""A migration is tried by what it makes, and is never changed."""
SPOKEN: Final = frozenset({"__repr__", "__str__"})
DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A function where it stands."""

    module: str
    name: str
    """With the classes around it."""
    digest: str
    node: Function

    @property
    def room(self) -> str:
        return self.module.split(".")[1]


def functions(root: Path = ROOT) -> list[Found]:
    """Read the hub. What has the name and the source of another cannot be told from it, and is left out."""
    found = [
        one for path in sorted(root.glob("hub/**/*.py")) for one in _of_file(path.relative_to(root), root)
    ]
    copies = Counter((one.name, one.digest) for one in found)
    places = Counter((one.module, one.name) for one in found)
    return [one for one in found if copies[one.name, one.digest] == 1 and places[one.module, one.name] == 1]


def named(tree: ast.AST, name: str) -> Function:
    """Return the function of that name in a module."""
    return next(node for known, node in _inside(tree, "") if known == name)


def digest_of(function: Function) -> str:
    """
    Return what stays the same while a function moves: not its types, whose names may get a new face.

    The types of the given one are taken away.
    """
    for node in ast.walk(function):
        match node:
            case ast.arg():
                node.annotation = None
            case ast.AnnAssign():
                node.annotation = ast.Name("_")
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.returns = None
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.unparse(function).encode()).hexdigest()[:DIGITS]


def _of_file(path: Path, root: Path) -> Iterator[Found]:
    if path.as_posix().startswith(LEFT_OUT):
        return
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    if module == "hub":
        return
    source = (root / path).read_text(encoding="utf-8")
    # Read twice: to copy each function would take ten times as long.
    for (name, node), (_, bare) in zip(
        _inside(ast.parse(source), ""), _inside(ast.parse(source), ""), strict=True
    ):
        if node.name not in SPOKEN:
            yield Found(module=module, name=name, digest=digest_of(bare), node=node)


def _inside(tree: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    """Yield functions of a module and methods of its classes; what a function has inside is part of it."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield f"{prefix}{node.name}", node
            case ast.ClassDef():
                yield from _inside(node, f"{prefix}{node.name}.")
