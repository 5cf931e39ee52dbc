"""
Forms from JSON Schemas: typed fields with Spanish labels (`x-label`, `x-words`), filled with a value, and
what is wrong with each. Pure.

A field's name is its path: `data.petitioner.email`, `data.documents.0.name`. `filled_form` reads what was
typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.business_time import rfc3339
from hub.business_time.dates import ZONE
from hub.model import Json
from hub.rendering.schema_rules import Rule, allows_many, kind_of, shape_of

_LONG: Final = 1000
"""Characters beyond which a text has an area of several lines."""
MONEY: Final = "_cop"
_ONE_A_LINE: Final = "Uno por renglón."
_PESOS: Final = "Pesos enteros, como 385.000."
_BOGOTA: Final = "Hora de Bogotá."
_REFUSED: Final = "Así no se puede recibir."
_INCOMPLETE: Final = "Falta: llene lo que sepa."
_YES_NO: Final = (("true", "Sí"), ("false", "No"))
_TYPED: Final = frozenset({"select", "date", "datetime-local", "number"})
NUMBERS: Final = frozenset({"integer", "number"})
_SCALARS: Final = frozenset({"string", "boolean", *NUMBERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field as `inputs` of the console's macros writes it; `most` is a number of letters."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    help: str = ""
    wrong: str = ""
    required: bool = False
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGroup:
    """Fields that belong together: an object, or the items of a list."""

    label: str
    parts: Sequence[FormField | FormGroup]
    wrong: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it and nothing is missing: it may be folded."""
        return not self.wrong and not any(one.value or one.wrong for one in flat(self.parts))


Part = FormField | FormGroup


def parts_of(schema: Rule, value: Json, *, wrong: str | None = None) -> Sequence[Part]:
    """Return the fields of an object. `wrong` is the path that a check besides the schema has refused."""
    return list(_parts(schema, schema.get("$defs", {}), value, "", wrong))


def flat(parts: Sequence[Part]) -> Iterator[FormField]:
    """Yield all fields, those of groups too."""
    for part in parts:
        if isinstance(part, FormGroup):
            yield from flat(part.parts)
        else:
            yield part


def _parts(rule: Rule, defs: Rule, value: Json, path: str, wrong: str | None) -> Iterator[Part]:
    held = value if isinstance(value, Mapping) else {}
    # A part that is not there may stay away: nothing of it is missing.
    required = rule.get("required", ()) if isinstance(value, Mapping) or not path else ()
    for name, plain in rule.get("properties", {}).items():
        one, mine = shape_of(plain, defs, held.get(name)), under(path, name)
        label = plain.get("x-label") or one.get("x-label") or name
        yield from _part(one, defs, held.get(name), mine, label, wrong, required=name in required)


def _part(
    rule: Rule, defs: Rule, value: Json, path: str, label: str, wrong: str | None, *, required: bool
) -> Iterator[Part]:
    if is_shown(rule, defs):
        yield _field(rule, defs, value, path, label, wrong, required=required)
    elif kind_of(rule) == "object":
        if parts := list(_parts(rule, defs, value, path, wrong)):
            missing = required and not value and not any(part.wrong for part in parts)
            said = _INCOMPLETE if missing or wrong == path else ""
            yield FormGroup(label=label, parts=parts, wrong=said)
    elif allows_many(rule):
        items = [*value, None] if isinstance(value, list) else [None]
        groups = [
            FormGroup(
                label=f"{label}, {place + 1}" if item is not None else f"{label}, otro",
                parts=list(
                    _parts(shape_of(rule["items"], defs, item), defs, item, under(path, place), wrong)
                ),
            )
            for place, item in enumerate(items)
        ]
        if all(group.parts for group in groups):
            yield FormGroup(label=label, parts=groups)


def is_shown(rule: Rule, defs: Rule) -> bool:
    """Return whether one field shows the value: a scalar, or a list of them with one a line."""
    if allows_many(rule):
        return kind_of(shape_of(rule["items"], defs, None)) in _SCALARS
    return kind_of(rule) in _SCALARS or "const" in rule


def _field(
    rule: Rule, defs: Rule, value: Json, path: str, label: str, wrong: str | None, *, required: bool
) -> FormField:
    many = allows_many(rule)
    one = shape_of(rule["items"], defs, None) if many else rule
    options = () if many else _options(rule, required=required)
    said = _violation(rule, defs, value, required=required)
    text, kind = shown(rule, value, path), "area" if many else "select" if options else _input(rule, path)
    said_before = ""
    if said and text and kind in _TYPED:
        # A browser shows nothing of what is no value of its field: what stood there would be lost unseen.
        text, said_before = "", f"Decía «{text}»."
    if options and text not in dict(options):
        # Nothing is chosen for anybody: a browser would show the first one as if it had been.
        options = [("", "Elija una"), *options]
    if not said and wrong is not None and f"{wrong}.".startswith(f"{path}."):
        said = _REFUSED
    return FormField(
        name=path,
        label=label,
        kind=kind,
        value=text,
        options=options,
        help=" ".join(filter(None, (said_before, _hint(one, path, many=many)))),
        wrong=said,
        required=required and not many and not said,
        most=0 if many else rule.get("maxLength", 0),
    )


def _options(rule: Rule, *, required: bool) -> Sequence[tuple[str, str]]:
    words: Mapping[str, str] = rule.get("x-words", {})
    if "enum" in rule:
        some = [(str(word), words.get(word, str(word))) for word in rule["enum"] if word is not None]
    elif kind_of(rule) == "boolean" or rule.get("const") is True:
        some = list(_YES_NO)
    else:
        return ()
    return some if required else [("", "Sin decir"), *some]


def _input(rule: Rule, path: str) -> str:
    match rule.get("format"), kind_of(rule):
        case "date-time", _:
            return "datetime-local"
        case "date", _:
            return "date"
        case _, kind if kind in NUMBERS and not path.endswith(MONEY):
            return "number"
        case _, "string" if rule.get("maxLength", 0) > _LONG:
            return "area"
    return "text"


def _hint(rule: Rule, path: str, *, many: bool) -> str:
    if path.endswith(MONEY):
        return _PESOS
    words: Mapping[str, str] = rule.get("x-words", {})
    if many and words:
        return f"{_ONE_A_LINE} Puede ser: {', '.join(words.values())}."
    return _ONE_A_LINE if many else _BOGOTA if rule.get("format") == "date-time" else ""


def shown(rule: Rule, value: Json, path: str) -> str:
    """Return the text of a value; one that is not of its type is shown as it is, to be mended."""
    if value is None:
        return ""
    if isinstance(value, list):
        words = rule.get("items", {}).get("x-words", {})
        return "\n".join(str(words.get(item, item)) for item in value if not isinstance(item, dict | list))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and path.endswith(MONEY):
        return f"{value:,}".replace(",", ".")
    if rule.get("format") == "date-time":
        with suppress(ValueError, TypeError):
            return rfc3339.parse(value).astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    return "" if isinstance(value, Mapping) else str(value)


def _violation(rule: Rule, defs: Rule, value: Json, *, required: bool) -> str:
    """Return in Spanish what is wrong with a value by its rule; empty if nothing is."""
    if value is None:
        return "Falta." if required else ""
    if allows_many(rule):
        if not isinstance(value, list):
            return "Debe ser una lista."
        one = shape_of(rule["items"], defs, None)
        found = (_violation(one, defs, item, required=True) for item in value)
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


def under(path: str, name: object) -> str:
    """Return the path of a part."""
    return f"{path}.{name}" if path else str(name)
