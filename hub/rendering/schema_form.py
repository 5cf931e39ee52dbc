"""
Forms from JSON Schemas: typed fields, filled with a value, and what is wrong with each. Pure.

The schema says in Spanish a field's label (`x-label`), its words (`x-words`), a sentence of help (`x-help`)
and an example (`x-example`); `x-order` is its place.

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
from hub.rendering.schema_rules import NUMBERS, Rule, about_of, allows_many, in_order, kind_of, shape_of


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


_LONG: Final = 1000
"""Characters beyond which a text has an area of several lines."""
MONEY: Final = "_cop"
MARKDOWN: Final = "_markdown"
"""The ending of a field whose text is formatted, and written in an editor."""
_ONE_A_LINE: Final = "Uno por renglón."
_PESOS: Final = "Pesos enteros, como 385.000."
_BOGOTA: Final = "Hora de Bogotá."
_REFUSED: Final = "Así no se puede recibir."
_INCOMPLETE: Final = "Falta: llene lo que sepa."
_YES_NO: Final = (("true", "Sí"), ("false", "No"))
_TYPED: Final = frozenset({"select", "date", "datetime-local", "number"})
_SCALARS: Final = frozenset({"string", "boolean", *NUMBERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """
    A field as `inputs` of the console's macros writes it; `most` is a number of letters.

    `example` stands in the field while it is empty.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    help: str = ""
    wrong: str = ""
    required: bool = False
    most: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGroup:
    """Fields that belong together: an object, or the items of a list."""

    label: str
    parts: Sequence[FormField | FormGroup]
    name: str = ""
    help: str = ""
    wrong: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it and nothing is missing: it may be folded."""
        return not self.wrong and not any(one.value or one.wrong for one in flat(self.parts))


Part = FormField | FormGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """What all fields of a form are read with."""

    defs: Rule
    wrong: str | None
    judged: bool


def parts_of(
    schema: Rule, value: Json, *, wrong: str | None = None, path: str = "", judged: bool = True
) -> Sequence[Part]:
    """
    Return the fields of an object, whose names begin with `path`.

    `wrong` is the path that a check besides the schema has refused. Unless it is `judged`, nothing is missing
    yet: nobody has sent the form.
    """
    at = _At(defs=schema.get("$defs", {}), wrong=wrong, judged=judged)
    return list(_parts(schema, {} if value is None else value, path, at))


def flat(parts: Sequence[Part]) -> Iterator[FormField]:
    """Yield all fields, those of groups too."""
    for part in parts:
        if isinstance(part, FormGroup):
            yield from flat(part.parts)
        else:
            yield part


def _parts(rule: Rule, value: Json, path: str, at: _At) -> Iterator[Part]:
    held = value if isinstance(value, Mapping) else {}
    # A part that is not there may stay away: nothing of it is missing.
    required = rule.get("required", ()) if isinstance(value, Mapping) or not path else ()
    for name, plain in in_order(rule):
        one, mine = shape_of(plain, at.defs, held.get(name)), under(path, name)
        about = {"x-label": name, **one, **about_of(plain)}
        yield from _part(about, held.get(name), mine, at, required=name in required)


def _part(rule: Rule, value: Json, path: str, at: _At, *, required: bool) -> Iterator[Part]:
    label = rule["x-label"]
    if is_shown(rule, at.defs):
        yield _field(rule, value, path, at, required=required)
    elif kind_of(rule) == "object":
        if parts := list(_parts(rule, value, path, at)):
            missing = at.judged and required and not value and not any(part.wrong for part in parts)
            said = _INCOMPLETE if missing or at.wrong == path else ""
            yield FormGroup(label=label, parts=parts, name=path, help=rule.get("x-help", ""), wrong=said)
    elif allows_many(rule):
        items = [*value, None] if isinstance(value, list) else [None]
        groups = [
            FormGroup(
                label=f"{label}, {place + 1}" if item is not None else f"{label}, otro",
                parts=list(_parts(shape_of(rule["items"], at.defs, item), item, under(path, place), at)),
                name=under(path, place),
            )
            for place, item in enumerate(items)
        ]
        if all(group.parts for group in groups):
            yield FormGroup(label=label, parts=groups, name=path, help=rule.get("x-help", ""))


def is_shown(rule: Rule, defs: Rule) -> bool:
    """Return whether one field shows the value: a scalar, or a list of them with one a line."""
    if allows_many(rule):
        return kind_of(shape_of(rule["items"], defs, None)) in _SCALARS
    return kind_of(rule) in _SCALARS or "const" in rule


def _field(rule: Rule, value: Json, path: str, at: _At, *, required: bool) -> FormField:
    many = allows_many(rule)
    one = shape_of(rule["items"], at.defs, None) if many else rule
    options = () if many else _options(rule, required=required)
    said = fault_of(rule, at.defs, value, required=required and at.judged)
    text, kind = shown(rule, value, path), "area" if many else "select" if options else _input(rule, path)
    said_before = ""
    if said and text and kind in _TYPED:
        # A browser shows nothing of what is no value of its field: what stood there would be lost unseen.
        text, said_before = "", f"Decía «{text}»."
    if options and text not in dict(options):
        # Nothing is chosen for anybody: a browser would show the first one as if it had been.
        options = [("", "Elija una"), *options]
    if not said and at.wrong is not None and f"{at.wrong}.".startswith(f"{path}."):
        said = _REFUSED
    return FormField(
        name=path,
        label=rule["x-label"],
        kind=kind,
        value=text,
        options=options,
        help=" ".join(filter(None, (said_before, rule.get("x-help"), _hint(one, path, many=many)))),
        wrong=said,
        required=required and not many and not said,
        most=0 if many else rule.get("maxLength", 0),
        example="" if kind in _TYPED else shown(rule, rule.get("x-example"), path),
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
        case _, "string" if path.endswith(MARKDOWN):
            return "markdown"
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


def under(path: str, name: object) -> str:
    """Return the path of a part."""
    return f"{path}.{name}" if path else str(name)
