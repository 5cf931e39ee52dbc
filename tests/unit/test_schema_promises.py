"""
v1 is a promise to publishers: data that was valid once stays valid.

`tests/vectors/v1_schemas` has the schemas as first published. A schema may grow; it may not require more or
accept less. Any other change needs a new event type, `.v2`, next to the old one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import jsonschema_rs
import pytest
from jsonschema_rs.canonical import Containment

from hub.catalog import BY_NAME
from hub.cloudevents.kept_texts import KEEP
from hub.cloudevents.schemas import Schemas
from hub.model import Json
from tests.for_each import for_each

FOLDER: Final = Path(__file__).parents[1] / "vectors/v1_schemas"
SCHEMAS: Final = Schemas.load()
NAMES: Final = sorted(path.name.removesuffix(".v1.json") for path in FOLDER.iterdir())
WORDS: Final = {"title", "description", "examples", KEEP}
"""Keywords that only people read, and the one that says what stays after an erasure."""


def recorded(name: str) -> dict[str, Json]:
    text = (FOLDER / f"{name}.v1.json").read_text(encoding="utf-8")
    document: dict[str, Json] = json.loads(text)
    return document


def breaks(new: Mapping[str, Json], old: Mapping[str, Json]) -> Iterator[str]:
    """Return how a schema breaks publishers of an older one."""
    for field in sorted(set(new["required"]) - set(old["required"])):
        yield f"{field} has become required"
    for field, was in old["properties"].items():
        now = new["properties"].get(field, {})
        if not takes(_alone(now, new), _alone(was, old)):
            yield f"{field} takes less than before"
    if _rest(new, asked=old["required"]) != _rest(old):
        yield "another rule has changed"


def takes(new: dict[str, Json], old: dict[str, Json]) -> bool:
    if new == old:
        return True
    return jsonschema_rs.canonicalize(new).covers(jsonschema_rs.canonicalize(old)) is Containment.YES


def _alone(part: Mapping[str, Json], whole: Mapping[str, Json]) -> dict[str, Json]:
    shared = {"$defs": _plain(whole["$defs"])} if '"$ref"' in json.dumps(part) else {}
    return {**_plain(part), **shared}


def _rest(document: Mapping[str, Json], asked: Sequence[str] = ()) -> Json:
    """Return the other rules but a choice of fields of which one branch needs no more than was `asked`."""
    known = {"properties", "required", "$defs"}
    rest = {key: value for key, value in document.items() if key not in known}
    choices = [one["anyOf"] for one in rest.get("allOf", ()) if one.keys() <= {"title", "anyOf"}]
    if choices and all(any(set(one["required"]) <= set(asked) for one in choice) for choice in choices):
        del rest["allOf"]
    return _plain(rest)


def _plain(node: Json) -> Json:
    if isinstance(node, Mapping):
        return {
            key: _plain(value) for key, value in node.items() if key not in WORDS or isinstance(value, dict)
        }
    return [_plain(item) for item in node] if isinstance(node, list) else node


@for_each(NAMES)
def test_publishers_of_v1_are_not_broken(name: str) -> None:
    assert list(breaks(SCHEMAS.by_name[name].document, recorded(name))) == []


@for_each(NAMES)
def test_recorded_examples_of_v1_are_still_right(name: str) -> None:
    validator = SCHEMAS.by_name[name].validator

    assert [example for example in recorded(name)["examples"] if not validator.is_valid(example)] == []


def test_every_event_is_promised() -> None:
    assert set(BY_NAME) == set(NAMES)


def _one_of(*fields: str) -> Json:
    return {"anyOf": [{"required": [field]} for field in fields]}


CHANGES: Final[Mapping[str, Callable[[dict[str, Json]], object]]] = {
    "grow required": lambda it: it["required"].append("unit_id"),
    "narrow an enum": lambda it: it["properties"]["kind"]["enum"].remove("queja"),
    "narrow a type": lambda it: it["properties"]["unit_id"].update(type="string"),
    "shorten a text": lambda it: it["properties"]["radicado"].update(maxLength=20),
    "refuse a recipient by email": lambda it: it["$defs"]["person"]["anyOf"].pop(1),
    "refuse unknown fields": lambda it: it.update(additionalProperties=False),
    "ask for one of two new fields": lambda it: it.update(allOf=[_one_of("tone", "mood")]),
}
HARMLESS: Final[Mapping[str, Callable[[dict[str, Json]], object]]] = {
    "widen an enum": lambda it: it["properties"]["kind"]["enum"].append("denuncia"),
    "require less": lambda it: it["required"].remove("radicado"),
    "ask for another field or it": lambda it: it.update(allOf=[_one_of("radicado", "tone")]),
    "add an optional field": lambda it: it["properties"].update(tone={"type": "string"}),
    "say it better": lambda it: it["properties"]["radicado"].update(description="Radicado"),
    "keep it at an erasure": lambda it: it["properties"]["radicado"].update({"x-keep": False}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_breaks_publishers_is_seen(change: str) -> None:
    document = recorded("pqrs.received")
    CHANGES[change](document)

    assert list(breaks(document, recorded("pqrs.received"))) != []


@pytest.mark.parametrize("change", HARMLESS)
def test_a_change_that_breaks_nobody_is_allowed(change: str) -> None:
    document = recorded("pqrs.received")
    HARMLESS[change](document)

    assert list(breaks(document, recorded("pqrs.received"))) == []
