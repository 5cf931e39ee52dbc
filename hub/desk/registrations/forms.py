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


def fields_of(
    kind: RegisterKind, given: Mapping[str, str], schemas: Schemas, *, wrong: str | None, fresh: bool
) -> Sequence[FormField]:
    """Return the fields that are asked, with what was typed; of a `fresh` form nothing is wrong yet."""
    data = {**kind.fixed, **typed(kind, given, schemas)}
    held = {name: data[name] for name in kind.fields if name in data}
    form = _form_of(kind, schemas)
    return [_shown(kind, one) for one in flat(parts_of(form, held, wrong=wrong, path=DATA, judged=not fresh))]


def _shown(kind: RegisterKind, field: FormField) -> FormField:
    name = field.name.partition(".")[2]
    field = replace(field, label=kind.labels.get(name, field.label))
    if name in kind.choices:
        few = "options" if name == "kind" else "select"
        return replace(field, kind=few, options=list(kind.choices[name].items()))
    return replace(field, kind="area") if name in kind.long else field


def typed(kind: RegisterKind, given: Mapping[str, str], schemas: Schemas) -> Mapping[str, Json]:
    """Return the data that was typed."""
    made: Mapping[str, Json] = read_form(_form_of(kind, schemas), given, {}, path=DATA)
    return made


def _form_of(kind: RegisterKind, schemas: Schemas) -> Mapping[str, Json]:
    document = schemas[kind.event].document
    return {
        "properties": {name: document["properties"][name] for name in kind.fields},
        "required": [name for name in kind.fields if name in document["required"]],
        "$defs": document.get("$defs", {}),
    }
