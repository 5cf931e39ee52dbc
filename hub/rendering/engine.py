"""Jinja in a sandbox: compiling forms and rendering them without letting a value into an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.errors import InvalidTemplate, TemplateFailure
from hub.model import Json
from hub.rendering.filters import FILTERS, HTML_FILTERS, TESTS

_MISSING: Final = re.compile(r"'(\w+)'(?: is undefined)?$")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`words` are those of the source: an error may name them."""

    template: Template
    words: frozenset[str]


class Form:
    """One text, compiled when it is first said. `name` (`pqrs.received/sms`) serves errors."""

    def __init__(
        self, name: str, source: Callable[[], str], environment: ImmutableSandboxedEnvironment
    ) -> None:
        self.name: Final = name
        self._source = source
        self._environment = environment

    @cached_property
    def compiled(self) -> _Compiled:
        """Raises `InvalidTemplate`."""
        return _compile(self._environment, self.name, self._source())

    def render(self, variables: dict[str, Json]) -> str:
        """`variables` hold the engine's globals already: `Template.render` would copy those, slowly."""
        template = self.compiled.template
        try:
            return "".join(template.root_render_func(template.new_context(variables, shared=True)))
        except TemplateFailure as exc:
            raise TemplateFailure(f"{self.name}: {exc}") from None
        except UndefinedError as exc:
            raise TemplateFailure(f"{self.name}: {self._missing(exc)} is missing") from None
        except Exception as exc:  # noqa: BLE001 - a template can raise anything that an expression can
            # Without its cause: that one's text quotes values, which are a person's data.
            raise TemplateFailure(f"{self.name}: {type(exc).__name__}") from None

    def _missing(self, exc: UndefinedError) -> str:
        """Name the variable, unless the name itself came from data (`table[kind]`)."""
        found = _MISSING.search(exc.message or "")
        return found[1] if found and found[1] in self.compiled.words else "a part of a variable"


class Engine:
    """Makes forms of sources. `globals` (`range` …) belong into the variables of every message."""

    def __init__(self) -> None:
        self._html = _environment(autoescape=True)
        self._html.filters.update(HTML_FILTERS)
        self._text = _environment(autoescape=False)
        self.globals: Final[Mapping[str, Json]] = dict(self._text.globals)

    def html(self, name: str, source: Callable[[], str]) -> Form:
        return Form(name, source, self._html)

    def text(self, name: str, source: Callable[[], str]) -> Form:
        return Form(name, source, self._text)


def _environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=autoescape)
    environment.filters.update(FILTERS)
    environment.tests.update(TESTS)
    return environment


def _compile(environment: ImmutableSandboxedEnvironment, name: str, source: str) -> _Compiled:
    try:
        template = environment.from_string(source)
    except TemplateSyntaxError as exc:
        raise InvalidTemplate(f"{name}, line {exc.lineno}: {exc.message}") from exc
    except TemplateError as exc:
        raise InvalidTemplate(f"{name}: {exc.message}") from exc
    # They are in the variables; new_context would list these, an item at a time, for every message.
    template.globals = {}
    return _Compiled(template, frozenset(re.findall(r"\w+", source)))
