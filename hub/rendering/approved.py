"""
Texts that a provider has approved in advance: fixed words with named gaps.

    Radicado: *{{ radicado }}*, recibido el {{ received_at|fecha }}.    the block in the template file
    Radicado: *{{radicado}}*, recibido el {{received_at}}.              the approved text
    ("radicado", "PQ-1"), ("received_at", "lunes 9 de …")               the parameters of a message

So a block has gaps and no conditions; a `{% set %}` before the blocks computes conditional values.
Source: Meta, WhatsApp Business Platform, "Message templates" with named parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from hub.errors import InvalidTemplate, TemplateFailure
from hub.model import Json, Rendered
from hub.rendering.engine import Engine, Form
from hub.rendering.lines import one_line
from hub.rendering.source import Piece, PieceKind, Source, pieces

LONGEST: Final = 1024
"""Characters of a body."""

_NAME: Final = re.compile(r"\{\{[-+]?\s*([a-z_][a-z_0-9.]*)\s*(?:\||[-+]?\}\})")
_MARK: Final = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Approved:
    """
    `name` is the template's name at the provider, `body` the text to approve, `gaps` in order.

    `for_residents` is true if no member of staff reads it.
    """

    name: str
    body: str
    gaps: Mapping[str, Form]
    for_residents: bool = True

    def fill(self, variables: dict[str, Json]) -> Rendered:
        """Fill the gaps. Raises `TemplateFailure` for an empty gap: the provider refuses such a message."""
        values = {gap: _value(form, variables) for gap, form in self.gaps.items()}
        text = _MARK.sub(lambda mark: values[mark[1]], self.body)
        return Rendered(text=text, template=self.name, parameters=tuple(values.items()))


def approve(name: str, block: str, source: Source, engine: Engine, *, for_residents: bool = True) -> Approved:
    """Split a block into text and gaps. Raises `InvalidTemplate` if the provider would refuse it."""
    body = ""
    gaps: dict[str, Form] = {}
    for piece in pieces(block):
        if piece.kind is PieceKind.TEXT:
            body += piece.code
            continue
        gap = _gap(name, piece)
        if gap in gaps:
            raise InvalidTemplate(f"{name}: {gap} stands there twice; set a second name before the blocks")
        gaps[gap] = engine.text(f"{name}.{gap}", partial(source.with_prelude, piece.code))
        body += f"{{{{{gap}}}}}"
    return Approved(_template_name(name), _checked(name, body.strip()), gaps, for_residents)


def _gap(name: str, piece: Piece) -> str:
    match = _NAME.match(piece.code) if piece.kind is PieceKind.EXPRESSION else None
    if match is None:
        raise InvalidTemplate(f"{name}: only names with filters, like {{{{ paid_at|fecha }}}}, stand here")
    return match[1].replace(".", "_")


def _checked(name: str, body: str) -> str:
    if body.startswith("{{") or body.endswith("}}"):
        raise InvalidTemplate(f"{name}: it begins and ends with words of its own")
    if not 0 < len(body) <= LONGEST:
        raise InvalidTemplate(f"{name}: it has 1 to {LONGEST} characters")
    return body


def _template_name(name: str) -> str:
    """`emergency.declared/desk.whatsapp` → `emergency_declared_desk`."""
    return re.sub(r"\W", "_", name.rpartition(".")[0])


def _value(form: Form, variables: dict[str, Json]) -> str:
    value = one_line(form.render(variables))
    if not value:
        raise TemplateFailure(f"{form.name} is empty")
    return value
