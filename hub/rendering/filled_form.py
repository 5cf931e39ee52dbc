"""Filled forms: the JSON that what was typed in the fields of `schema_form` means. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from enum import Enum
from typing import Final

from hub.business_time.dates import ZONE
from hub.model import Json
from hub.rendering.schema_form import MONEY, is_shown, shown, under
from hub.rendering.schema_rules import NUMBERS, Rule, allows_many, kind_of, shape_of


class _Gap(Enum):
    ABSENT = "absent"


_ABSENT: Final = _Gap.ABSENT


def read_form(schema: Rule, given: Mapping[str, str], value: Json, *, path: str = "") -> Json:
    """
    Return the object with what was typed; what no field shows, or nobody has changed, stays as it was.

    The names of its fields begin with `path`.
    """
    found = _read(schema, schema.get("$defs", {}), given, value, path, required=True)
    return {} if found is _ABSENT else found


def _read(
    rule: Rule, defs: Rule, given: Mapping[str, str], before: Json, path: str, *, required: bool
) -> Json:
    if is_shown(rule, defs):
        return _read_field(rule, given, before, path, required=required)
    if kind_of(rule) == "object":
        return _read_object(rule, defs, given, before, path)
    if allows_many(rule):
        return _read_items(rule, defs, given, before, path)
    return before


def _read_object(rule: Rule, defs: Rule, given: Mapping[str, str], before: Json, path: str) -> Json:
    held = before if isinstance(before, Mapping) else {}
    made, needed = dict(held), rule.get("required", ())
    for name, plain in rule.get("properties", {}).items():
        one = shape_of(plain, defs, held.get(name))
        known = held.get(name) if name in held else _ABSENT
        found = _read(one, defs, given, known, under(path, name), required=name in needed)
        if found is _ABSENT:
            made.pop(name, None)
        else:
            made[name] = found
    return made if made or isinstance(before, Mapping) else _ABSENT


def _read_items(rule: Rule, defs: Rule, given: Mapping[str, str], before: Json, path: str) -> Json:
    held = before if isinstance(before, list) else []
    if not any(name.startswith(f"{path}.") for name in given):
        return before
    made = []
    for place in range(len(held) + 1):
        item = held[place] if place < len(held) else None
        one = shape_of(rule["items"], defs, item)
        found = _read(one, defs, given, item, under(path, place), required=False)
        if found is not _ABSENT and found:
            made.append(found)
    return made if made or isinstance(before, list) else _ABSENT


def _read_field(rule: Rule, given: Mapping[str, str], before: Json, path: str, *, required: bool) -> Json:
    text, known = given.get(path), None if before is _ABSENT else before
    # A browser sends the line ends of the web; what nobody has changed stays as its publisher wrote it.
    if text is None or (text := text.replace("\r\n", "\n")) == shown(rule, known, path):
        return before
    if allows_many(rule):
        words = {words: word for word, words in rule["items"].get("x-words", {}).items()}
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        items = [_value(rule["items"], words.get(line, line), path) for line in lines]
        return items if items or required or isinstance(known, list) else _ABSENT
    return _value(rule, text.strip(), path) if text.strip() else _ABSENT


def _value(rule: Rule, text: str, path: str) -> Json:
    """Return the value of a text; what cannot be read stays a text, which the schema refuses."""
    kind = kind_of(rule)
    with suppress(ValueError):
        if kind in NUMBERS:
            plain = re.sub(r"[$.\s]", "", text) if path.endswith(MONEY) else text.replace(",", ".")
            return int(plain) if kind == "integer" else float(plain)
        if rule.get("format") == "date-time":
            at = datetime.fromisoformat(text)
            return (at.replace(tzinfo=ZONE) if at.tzinfo is None else at).isoformat()
    if kind == "boolean" or rule.get("const") is True:
        return {"true": True, "false": False}.get(text, text)
    return text
