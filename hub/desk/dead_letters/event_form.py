"""Forms of rejected events: fields of their time and data, and what a filled form means. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hub.catalog import BY_TYPE
from hub.cloudevents import strict_json
from hub.cloudevents.schemas import Schema
from hub.messages.planning.posters import ON_BOARD
from hub.model import Json
from hub.people.audience import party_words
from hub.people.units import own_name
from hub.rendering.filled_form import read_form
from hub.rendering.schema_form import FormField, FormGroup, Part, parts_of

_TIME: Final = {"type": "string", "format": "date-time", "x-label": "Cuándo ocurrió"}
_PLACE: Final = ".copropiedad_id"
_ENVELOPE: Final = "specversion"
"""A field of an event that came whole; without it the body is its data alone."""

Schemas = Mapping[str, Schema]


def fields_of(
    body: bytes, event_type: str | None, field: str | None, schemas: Schemas, places: Mapping[str, str]
) -> Sequence[Part]:
    """
    Return the fields of an event; none where it is no JSON or of no known type: its words are left.

    `places` are the names of copropiedades: one is chosen by its name.
    """
    found = _form_of(body, event_type, schemas)
    parts = () if found is None else parts_of(*found, wrong=field)
    flat = (one for part in parts for one in (part.parts if isinstance(part, FormGroup) else [part]))
    return [_of_place(one, places) if isinstance(one, FormField) else one for one in flat]


def _of_place(field: FormField, places: Mapping[str, str]) -> FormField:
    if not field.name.endswith(_PLACE) or (field.value and field.value not in places):
        return field
    named = [(place, own_name(name)) for place, name in places.items()]
    options = named if field.value else [("", "Sin decir"), *named]
    return replace(field, kind="select", options=options)


def is_for_all(event_type: str | None) -> bool:
    """Return whether an event hangs on notice boards for everybody, so that it may hold nobody's data."""
    kind = BY_TYPE.get(event_type or "")
    return kind is not None and any(one.print in ON_BOARD and not party_words(one) for one in kind.audiences)


def typed(body: bytes, event_type: str | None, given: Mapping[str, str], schemas: Schemas) -> bytes:
    """Return the body with what was typed in the fields."""
    found = _form_of(body, event_type, schemas)
    if found is None:
        return body
    form, event = found
    made = read_form(form, given, event)
    written = made if _ENVELOPE in event else made.get("data", {})
    return json.dumps(written, ensure_ascii=False, indent=2).encode()


def _form_of(body: bytes, event_type: str | None, schemas: Schemas) -> tuple[Mapping[str, Json], Json] | None:
    kind = BY_TYPE.get(event_type or "")
    try:
        read = strict_json.loads(body)
    except (ValueError, RecursionError):
        return None
    if kind is None or not isinstance(read, dict):
        return None
    schema = schemas[kind.name].document
    whole = _ENVELOPE in read
    fields = {**({"time": _TIME} if whole else {}), "data": schema}
    form = {"properties": fields, "required": [*fields], "$defs": schema.get("$defs", {})}
    return form, read if whole else {"data": read}


def labels_of(paths: Sequence[str], event_type: str, schemas: Schemas) -> Sequence[str]:
    """Return the labels of changed fields, each once: of a part of one, that of the whole."""
    fields = schemas[BY_TYPE[event_type].name].document["properties"]
    names = dict.fromkeys(path.removeprefix("data.").partition(".")[0] for path in paths)
    return [{**fields, "time": _TIME}.get(name, {}).get("x-label", name) for name in names]
