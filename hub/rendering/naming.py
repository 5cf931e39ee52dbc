"""
The units that a message is about, named in it: a line of its own, or the end of a short text.

No template has to think of them, and none can leave them out of what the law wants said: the longer forms
have the line in their layout, and a short text that speaks to somebody of several units ends with them. A
text that a provider has approved has room for them only in a gap of its own; without it a legal notice
about several units is not said there, and the cascade goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hub.errors import TemplateFailure
from hub.model import Json
from hub.rendering.filters import lista, punto

FEW: Final = 3
"""Units that a short text names, before it says how many more there are. The law's texts name all."""

LONGEST: Final = 600
"""Characters of a note: whoever owns a hundred units reads them in a letter, not in ten parts of an SMS."""


def naming(units: Sequence[str], *, legal: bool) -> dict[str, Json]:
    """
    Answer what templates and forms can say of them.

    `unit_line` is `Unidades: Apto 101 y Apto 302`, `units_brief` the names alone, of many the first few;
    `unit_note` ends a short text; `units_due` are the names that a text must not lack.
    """
    several = len(units) > 1
    brief = lista(units if legal else _few(units))
    return {
        "unit_line": f"{'Unidades' if several else 'Unidad'}: {lista(units)}" if units else "",
        "units_brief": brief,
        "unit_note": punto(f"Unidades: {brief}") if several else "",
        "units_due": brief if several and legal else "",
    }


def noted(text: str, variables: dict[str, Json]) -> str:
    """
    End a short text with the units that it is about, where they are several and it has not named them.

    Raises `TemplateFailure` where they are too many.
    """
    note = variables["unit_note"]
    # The whole list, for `Apto 10` alone may be a part of `Apto 101`, and `101` of a receipt's number.
    if not note or variables["units_brief"] in text:
        return text
    if len(note) > LONGEST:
        raise TemplateFailure("its units are too many for a short text")
    # A full stop would become part of an address.
    return f"{text if '://' in text.rpartition(' ')[2] else punto(text)} {note}"


def require_each(text: str, variables: dict[str, Json]) -> None:
    """Raises `TemplateFailure` where a legal notice about several units does not name each."""
    if variables["units_due"] not in text:
        raise TemplateFailure("it does not name each unit, as a legal notice must")


def _few(units: Sequence[str]) -> Sequence[str]:
    return units if len(units) <= FEW + 1 else [*units[:FEW], f"{len(units) - FEW} más"]
