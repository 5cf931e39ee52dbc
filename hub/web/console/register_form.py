"""Forms of registrations, made of the schemas of their events. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hub.cloudevents.schemas import Schema
from hub.desk.registrations.kinds import RegisterKind
from hub.model import Json
from hub.rendering.filled_form import read_form
from hub.rendering.schema_form import FormField, flat, parts_of

DATA: Final = "data"
Schemas = Mapping[str, Schema]
Form = Mapping[str, Json]


def fields_of(
    kind: RegisterKind, given: Mapping[str, str], schemas: Schemas, *, wrong: str | None, fresh: bool
) -> Sequence[FormField]:
    """Return the fields that are asked, with what was typed; of a `fresh` form nothing is wrong yet."""
    data = {**kind.fixed, **typed(kind, given, schemas)}
    held = {name: data[name] for name in kind.fields if name in data}
    form = _form_of(kind, schemas)
    parts = flat(parts_of(form, held, wrong=wrong, path=DATA, judged=not fresh))
    return [_shown(kind, form, one) for one in parts]


def in_words(kind: RegisterKind, data: Mapping[str, Json], schemas: Schemas) -> str:
    """Return what was said: each field in a line, as its form has it."""
    form = _form_of(kind, schemas)
    parts = flat(parts_of(form, dict(data), path=DATA, judged=False))
    said = [_shown(kind, form, one) for one in parts if one.value]
    return "\n".join(f"{one.label}: {dict(one.options).get(one.value, one.value)}" for one in said)


def _shown(kind: RegisterKind, form: Form, field: FormField) -> FormField:
    name = field.name.partition(".")[2]
    field = replace(field, label=kind.labels.get(name, field.label))
    if name in kind.choices:
        few = "options" if name == "kind" else "select"
        return replace(field, kind=few, options=list(kind.choices[name].items()))
    if words := _ticked(form).get(name):
        return replace(field, kind="ticks", options=list(words.items()), help=kind.helps.get(name, ""))
    return replace(field, kind="area") if name in kind.long else field


def typed(kind: RegisterKind, given: Mapping[str, str], schemas: Schemas) -> Mapping[str, Json]:
    """Return the data that was typed."""
    form = _form_of(kind, schemas)
    pressed = {
        name: "\n".join(word for word in words if f"{DATA}.{name}.{word}" in given)
        for name, words in _ticked(form).items()
    }
    ticked = {f"{DATA}.{name}": lines for name, lines in pressed.items()}
    made: Mapping[str, Json] = read_form(form, {**given, **ticked}, {}, path=DATA)
    return made


def _ticked(form: Form) -> Mapping[str, Mapping[str, str]]:
    """Return the fields that take some of a few words: word → what is ticked."""
    fields = form["properties"].items()
    return {name: one["items"]["x-words"] for name, one in fields if "x-words" in one.get("items", {})}


def _form_of(kind: RegisterKind, schemas: Schemas) -> Form:
    document = schemas[kind.event].document
    return {
        "properties": {name: document["properties"][name] for name in kind.fields},
        "required": [name for name in kind.fields if name in document["required"]],
        "$defs": document.get("$defs", {}),
    }
