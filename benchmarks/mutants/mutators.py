"""The small faults that a function may have: each puts one node of its tree in the place of another."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Mutator: TypeAlias = Callable[[ast.AST], Iterator[ast.AST]]
"""A node → what may stand in its place."""

OTHER: Final[Mapping[type[ast.AST], type[ast.AST]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
RETURNED: Final[tuple[tuple[object, object], ...]] = (
    (True, False),
    (False, True),
    (0, 1),
    (1, 0),
    (None, True),
)
LOGS: Final = frozenset({"log", "_log", "logger"})
UNTOUCHED: Final = frozenset({"annotation", "returns", "decorator_list", "format_spec", "type_params"})
"""Fields that say nothing of what a function does, or say it to people only."""
LONG: Final = 120
"""Characters of a change that name it; what is the same so far is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One node in the place of another."""

    kind: str
    change: str
    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST

    def make(self) -> None:
        """Change the tree that the fault was found in."""
        if self.index is None:
            setattr(self.parent, self.field, self.new)
        else:
            getattr(self.parent, self.field)[self.index] = self.new
        ast.fix_missing_locations(self.parent)


def faults(function: Function) -> list[Fault]:
    """Return all faults that it may have, by their place; each has a change of its own."""
    seen: Counter[str] = Counter()
    found = []
    for parent, field, index, node in _places(function):
        for kind, mutator in MUTATORS.items():
            for new in mutator(node):
                words = f"{_words(node)} → {_words(new)}"
                seen[words] += 1
                change = words if seen[words] == 1 else f"{words} #{seen[words]}"
                fault = Fault(kind=kind, change=change, parent=parent, field=field, index=index, new=new)
                found.append(fault)
    return found


def _places(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    for field, value in ast.iter_fields(parent):
        if field in UNTOUCHED:
            continue
        several = isinstance(value, list)
        for index, child in enumerate(value if several else [value]):
            if isinstance(child, ast.AST) and not _is_left_alone(child):
                yield parent, field, index if several else None, child
                yield from _places(child)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
            return name in LOGS
        case ast.Expr(value=ast.Call() as call):
            return _is_left_alone(call)
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Assert() | ast.arguments():
            return True
    return False


def _compared(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            new = copy.deepcopy(node)
            new.ops[index] = OTHER[type(operator)]()  # type: ignore[call-overload]
            yield new


def _joined(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(op=OTHER[type(node.op)](), values=node.values)  # type: ignore[arg-type]


def _added(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a difference for a sum, but of texts: there is none of them."""
    if (
        isinstance(node, ast.BinOp)
        and type(node.op) in OTHER
        and not (_is_text(node.left) or _is_text(node.right))
    ):
        yield ast.BinOp(left=node.left, op=OTHER[type(node.op)](), right=node.right)  # type: ignore[arg-type]


def _is_text(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str | bytes)
        case ast.BinOp(left=left, right=right):
            return _is_text(left) or _is_text(right)
    return isinstance(node, ast.JoinedStr)


def _denied(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def _negated(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the opposite of a condition that has no operator to change."""
    if isinstance(node, ast.If | ast.IfExp) and isinstance(
        node.test, ast.Name | ast.Attribute | ast.Call | ast.Await
    ):
        new = copy.copy(node)
        new.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        yield new


def _returned(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
        told = node.value.value
        yield from (ast.Return(ast.Constant(new)) for old, new in RETURNED if told is old)  # type: ignore[arg-type]


def _unguarded(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a guard that lets all pass."""
    match node:
        case ast.If(body=[ast.Return() | ast.Raise() | ast.Continue() | ast.Break()] as body, orelse=[]):
            yield ast.If(test=ast.Constant(value=False), body=body, orelse=[])


def _unfiltered(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.comprehension):
        for left_out in node.ifs:
            new = copy.copy(node)
            new.ifs = [test for test in node.ifs if test is not left_out]
            yield new


def _left_out(node: ast.AST) -> Iterator[ast.AST]:
    """Yield nothing for a call whose answer nobody reads."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield ast.Pass()


MUTATORS: Final[Mapping[str, Mutator]] = {
    "compared": _compared,
    "joined": _joined,
    "added": _added,
    "denied": _denied,
    "negated": _negated,
    "returned": _returned,
    "unguarded": _unguarded,
    "unfiltered": _unfiltered,
    "left out": _left_out,
}


def _words(node: ast.AST) -> str:
    """Write a node on one line; of a statement with others inside, only its head."""
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"[:LONG]
    return " ".join(ast.unparse(node).split())[:LONG]
