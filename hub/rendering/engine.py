"""Jinja in a sandbox: compiles and renders forms; errors never include a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from types import CodeType, MappingProxyType
from typing import Any, Final, TypeVar, cast

import msgspec
from jinja2 import (
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    UndefinedError,
    nodes,
)
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from hub.errors import InvalidTemplate, TemplateFailure
from hub.model import Json
from hub.rendering.breaks import truncate
from hub.rendering.filters import FILTERS, HTML_FILTERS, TESTS
from hub.rendering.kept_code import code_of
from hub.rendering.publisher_text import formato, formato_plano

Filters = Mapping[str, Callable[[Json], str]]
NO_FILTERS: Final[Filters] = MappingProxyType({})
_MISSING: Final = re.compile(r"'(\w+)'(?: is undefined)?$")

_MOST_COMPILED: Final = 4096
"""Texts that a process keeps compiled: those of several versions of all templates."""
_MOST_MADE: Final = 1000
"""Texts that a shared form remembers: one for each building and sender."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`words` are the words of the source, which an error may quote."""

    template: Template
    words: frozenset[str]


class Form:
    """One text, compiled on first use. `name` (`pqrs.received/sms`) is for errors."""

    def __init__(
        self,
        name: str,
        source: Callable[[], str],
        environment: _Sandbox,
        constants: Mapping[str, Json],
    ) -> None:
        self.name: Final = name
        self._source = source
        self._environment = environment
        self._constants = constants

    @cached_property
    def compiled(self) -> _Compiled:
        """Raises `InvalidTemplate`."""
        return _compile(self._environment, self.name, self._source(), self._constants)

    def render(self, variables: dict[str, Json]) -> str:
        """Render; `variables` include the engine's globals, which `Template.render` would copy slowly."""
        template = self.compiled.template
        try:
            return "".join(template.root_render_func(template.new_context(variables, shared=True)))
        except TemplateFailure as exc:
            raise TemplateFailure(f"{self.name}: {exc}") from None
        except UndefinedError as exc:
            raise TemplateFailure(f"{self.name}: {self._missing(exc)} is missing") from None
        except Exception as exc:  # noqa: BLE001 - a template can raise anything that an expression can
            # Without the cause: its text quotes values, which are personal data.
            raise TemplateFailure(f"{self.name}: {type(exc).__name__}") from None

    def _missing(self, exc: UndefinedError) -> str:
        """Name the variable, unless the name itself came from data (`table[kind]`)."""
        match = _MISSING.search(exc.message or "")
        return match[1] if match and match[1] in self.compiled.words else "a part of a variable"


class SharedForm(Form):
    """A form that is the same in many messages, like a footer: rendered once for the values that it uses."""

    @cached_property
    def _uses(self) -> tuple[str, ...]:
        return _undeclared(self._environment, self._source(), msgspec.json.encode(self._constants))

    @cached_property
    def _made(self) -> dict[tuple[Json, ...], str]:
        return {}

    def render(self, variables: dict[str, Json]) -> str:
        used = tuple(map(variables.get, self._uses))
        try:
            found = self._made.get(used)
        except TypeError:  # a list or a table among them
            return super().render(variables)
        if found is None:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            self._made[used] = found = super().render(variables)
        return found


class Engine:
    """
    Makes forms from sources. The variables of every message must include `globals` (`range` …).

    `constants` are the variables that are the same in every message, `filters` those of another locale.
    """

    def __init__(self, constants: Mapping[str, Json], filters: Filters = NO_FILTERS) -> None:
        self._constants = constants
        own = frozenset(filters.items())
        self._html, self._text = _environment(own, for_html=True), _environment(own, for_html=False)
        self.globals: Final[Mapping[str, Json]] = dict(self._text.globals)

    def html(self, name: str, source: Callable[[], str], **constants: Json) -> Form:
        return Form(name, source, self._html, {**self._constants, **constants})

    def text(self, name: str, source: Callable[[], str], **constants: Json) -> Form:
        return Form(name, source, self._text, {**self._constants, **constants})

    def shared_text(self, name: str, source: Callable[[], str], **constants: Json) -> Form:
        return SharedForm(name, source, self._text, {**self._constants, **constants})


class _Sandbox(ImmutableSandboxedEnvironment):
    kind = ""
    """Its filters and whether it escapes: with the source all that a compiled template depends on."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Ask a dictionary for its keys first: mostly it is data, and each AttributeError would cost."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def _environment(filters: frozenset[tuple[str, Callable[[Json], str]]], *, for_html: bool) -> _Sandbox:
    """All engines with these filters share it, and so what was compiled in it."""
    environment = _Sandbox(undefined=StrictUndefined, autoescape=for_html)
    environment.filters.update({**FILTERS, "truncate": truncate})
    environment.filters.update(
        {**HTML_FILTERS, "formato": formato} if for_html else {"formato": formato_plano}
    )
    environment.filters.update(filters)
    environment.tests.update(TESTS)
    names = sorted(f"{name}={one.__module__}.{one.__qualname__}" for name, one in filters)
    # Jinja's own `truncate` is compiled to another call than ours.
    environment.kind = " ".join(["html" if for_html else "text", "cut", *names])
    return environment


def _compile(environment: _Sandbox, name: str, source: str, constants: Mapping[str, Json]) -> _Compiled:
    try:
        return _compiled(environment, source, msgspec.json.encode(constants))
    except TemplateSyntaxError as exc:
        raise InvalidTemplate(f"{name}, line {exc.lineno}: {exc.message}") from exc
    except TemplateError as exc:
        raise InvalidTemplate(f"{name}: {exc.message}") from exc


@lru_cache(maxsize=_MOST_COMPILED)
def _compiled(environment: _Sandbox, source: str, constants: bytes) -> _Compiled:
    made_of = environment.kind.encode(), source.encode(), constants
    code = code_of(made_of, partial(_code, environment, source, constants))
    # The globals are in the variables; new_context would copy them item by item for every message.
    template = Template.from_code(environment, code, {})
    return _Compiled(template, frozenset(re.findall(r"\w+", source)))


def _code(environment: _Sandbox, source: str, constants: bytes) -> CodeType:
    return environment.compile(with_constants(environment, source, msgspec.json.decode(constants)))


@lru_cache(maxsize=_MOST_COMPILED)
def _undeclared(environment: _Sandbox, source: str, constants: bytes) -> tuple[str, ...]:
    tree = with_constants(environment, source, msgspec.json.decode(constants))
    return tuple(sorted(find_undeclared_variables(tree)))


_Node = TypeVar("_Node", bound=nodes.Node)


def with_constants(environment: Environment, source: str, values: Mapping[str, Json]) -> nodes.Template:
    """
    Parse a template; these variables become their values, and a decided `if` its branch.

    The company's name stands in each mail several times: looked up and escaped once, it costs nothing later.
    """
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
