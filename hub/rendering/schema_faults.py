"""Faults of a value by its rule, in Spanish, as a form says them at its field. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from hub.business_time import rfc3339
from hub.model import Json
from hub.rendering.schema_rules import NUMBERS, Rule, allows_many, kind_of, shape_of


def fault_of(rule: Rule, defs: Rule, value: Json, *, required: bool) -> str:
    """Return in Spanish what is wrong with a value by its rule; empty if nothing is."""
    if value is None:
        return "Falta." if required else ""
    if allows_many(rule):
        if not isinstance(value, list):
            return "Debe ser una lista."
        one = shape_of(rule["items"], defs, None)
        found = (fault_of(one, defs, item, required=True) for item in value)
        few = len(value) < rule.get("minItems", 0)
        return "Falta." if few else next(filter(None, found), "")
    return next((words for is_wrong, words in _checks(rule, value) if is_wrong), "")


def _checks(rule: Rule, value: Json) -> Iterator[tuple[bool, str]]:
    kind, text = kind_of(rule), value if isinstance(value, str) else ""
    if "const" in rule or "enum" in rule:
        yield value not in rule.get("enum", [rule.get("const")]), "Elija una de las opciones."
    elif kind in NUMBERS:
        yield isinstance(value, bool) or not isinstance(value, int | float), "Debe ser un número."
        yield value < rule.get("minimum", value), f"Debe ser al menos {rule.get('minimum')}."
        yield value > rule.get("maximum", value), f"Debe ser a lo sumo {rule.get('maximum')}."
    elif kind == "boolean":
        yield not isinstance(value, bool), "Elija una de las opciones."
    else:
        yield not isinstance(value, str), "Debe ser un texto."
        yield len(text) < rule.get("minLength", 0), "Falta."
        yield len(text) > rule.get("maxLength", len(text)), f"Tiene más de {rule.get('maxLength')} letras."
        yield rule.get("format") == "date-time" and not _parses(rfc3339.parse, text), "No es fecha y hora."
        yield rule.get("format") == "date" and not _parses(date.fromisoformat, text), "No es una fecha."
        yield "pattern" in rule and re.search(rule["pattern"], text) is None, "No tiene la forma que debe."


def _parses(parse: object, text: str) -> bool:
    try:
        parse(text)  # type: ignore[operator]
    except ValueError:
        return False
    return True
