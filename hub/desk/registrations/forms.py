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
    form = _form_of(kind, schemas)
    data = {**kind.fixed, **typed(kind, given, schemas)}
    required = form["properties"][DATA]["required"]
    fields = flat(
        parts_of(form, {DATA: {name: data[name] for name in kind.fields if name in data}}, wrong=wrong)
    )
    return [_shown(kind, one, one.name.partition(".")[2], required, fresh=fresh) for one in fields]


def _shown(
    kind: RegisterKind, field: FormField, name: str, required: Sequence[str], *, fresh: bool
) -> FormField:
    if name in kind.choices:
        few = "options" if name == "kind" else "select"
        field = replace(field, kind=few, options=list(kind.choices[name].items()))
    if name in kind.long:
        field = replace(field, kind="area")
    field = replace(field, label=kind.labels.get(name, field.label))
    needed = name in required and field.kind != "area"
    return replace(field, required=needed, wrong="") if fresh else field


def typed(kind: RegisterKind, given: Mapping[str, str], schemas: Schemas) -> Mapping[str, Json]:
    """Return the data that was typed."""
    made: Mapping[str, Json] = read_form(_form_of(kind, schemas), given, {DATA: {}})[DATA]
    return made


def _form_of(kind: RegisterKind, schemas: Schemas) -> Mapping[str, Json]:
    document = schemas[kind.event].document
    data = {
        "properties": {name: document["properties"][name] for name in kind.fields},
        "required": [name for name in kind.fields if name in document["required"]],
    }
    return {"properties": {DATA: data}, "required": [DATA], "$defs": document.get("$defs", {})}
