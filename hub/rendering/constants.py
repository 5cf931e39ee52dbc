"""
Puts constants of all messages into a template before it is compiled.

The company's name stands in each mail several times: looked up and escaped once, it costs nothing later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from jinja2 import Environment, UndefinedError, nodes
from jinja2.visitor import NodeTransformer

from hub.model import Json

_Node = TypeVar("_Node", bound=nodes.Node)


def with_constants(environment: Environment, source: str, values: Mapping[str, Json]) -> nodes.Template:
    """Parse a template; these variables become their values, and a decided `if` its branch."""
    tree = environment.parse(source)
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    _Constants({name: value for name, value in values.items() if name not in own}).visit(tree)
    return tree


class _Constants(NodeTransformer):
    def __init__(self, values: Mapping[str, Json]) -> None:
        self._values = values

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - Jinja's name
        if node.name not in self._values:
            return node
        return _placed(nodes.Const(self._values[node.name]), node)

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:  # noqa: N802 - Jinja's name
        if node.elif_:
            first, *others = node.elif_
            node.else_ = [_placed(nodes.If(first.test, first.body, others, node.else_), first)]
            node.elif_ = []
        self.generic_visit(node)
        test = cast("nodes.Expr", node.test)
        try:
            return node.body if test.as_const() else node.else_
        except (nodes.Impossible, UndefinedError):
            return node


def _placed(node: _Node, origin: nodes.Node) -> _Node:
    """Give a new node the line and the environment of the one that it replaces."""
    return node.set_lineno(origin.lineno).set_environment(origin.environment)  # type: ignore[arg-type, return-value]
