"""The texts that stay of an event are decided in its schema, each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hub.catalog import CATALOG
from hub.cloudevents.kept_texts import APPLIED, decisions, kept_in, kept_of, kept_wherever
from hub.model import Json
from tests.unit.factories import SCHEMAS

NAMES: Final = tuple(kind.name for kind in CATALOG)
PLAIN: Final = frozenset(
    {
        *("$defs", "$schema", "additionalProperties", "const", "description", "enum", "examples", "format"),
        *("maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "pattern", "required"),
        *("title", "type", "uniqueItems", "x-keep"),
        # Words for the form of the event, which are ours.
        *("x-label", "x-words", "x-help", "x-example", "x-order", "x-fill", "x-pick"),
    }
)
"""Keywords under which no text is described."""


def schema(**properties: Json) -> Mapping[str, Json]:
    return {"type": "object", "properties": properties}


def keywords(node: Json) -> Iterator[tuple[str, Json]]:
    """Yield each keyword of a schema with its value."""
    for key, value in node.items():
        yield key, value
        named = value.values() if key in ("properties", "$defs") else ()
        parts = value if isinstance(value, list) else (value,)
        for part in (*named, *(parts if key in APPLIED and key != "properties" else ())):
            if isinstance(part, dict):
                yield from keywords(part)


def test_each_text_of_each_schema_is_decided() -> None:
    """Add `"x-keep": true` to a value that identifies no person, and `"x-keep": false` to words."""
    undecided = [
        f"{name}: {'.'.join(path)}"
        for name in NAMES
        for path, stays in decisions(SCHEMAS.by_name[name].document).items()
        if stays is None
    ]

    assert [] == undecided


def test_no_schema_describes_texts_where_nobody_looks() -> None:
    used = [(name, *each) for name in NAMES for each in keywords(SCHEMAS.by_name[name].document)]

    assert set() == {(name, key) for name, key, _ in used if key not in APPLIED | PLAIN}
    assert {False} == {value for _, key, value in used if key == "additionalProperties"}


def test_text_without_a_decision_is_named_and_goes() -> None:
    document = schema(note={"type": ["string", "null"]}, amount={"type": "integer"}, anything={})

    assert {("note",): None, ("anything",): None} == decisions(document)
    assert frozenset() == kept_in(document)


def test_lists_of_words_and_formats_decide() -> None:
    document = schema(
        kind={"type": "string", "enum": ["queja"]},
        role={"const": "staff"},
        since={"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]},
        message={"type": "string", "format": "uuid"},
        link={"type": "string", "format": "uri"},
        code={"type": "string", "pattern": "^.+$"},
    )

    assert {("kind",), ("role",), ("since",), ("message",)} == kept_in(document)


def test_the_schema_overrules_a_format() -> None:
    assert frozenset() == kept_in(schema(born_on={"type": "string", "format": "date", "x-keep": False}))


def test_texts_are_found_in_lists_and_references() -> None:
    person = {
        "properties": {
            "ref": {"type": "string", "x-keep": True},
            "name": {"type": "string", "x-keep": False},
        },
        "anyOf": [{"properties": {"ref": {"type": "string"}}, "required": ["ref"]}],
    }
    document = {
        **schema(people={"type": "array", "items": {"$ref": "#/$defs/person"}}),
        "$defs": {"person": person},
    }

    assert {("people", "ref"): True, ("people", "name"): False} == decisions(document)


def test_stricter_of_two_rules_is_right() -> None:
    stays, goes = {"type": "string", "x-keep": True}, {"type": "string", "x-keep": False}

    assert [False, False] == [
        decisions(schema(text={"anyOf": rules}))["text",] for rules in ([stays, goes], [goes, stays])
    ]


def test_fields_that_stay_in_each_of_several_events_stay() -> None:
    membership = kept_of("co.coproservicios.directory.membership.upserted.v1")

    assert ("scope",) in membership
    assert ("scope",) not in kept_wherever()
    assert {("pqrs_id",), ("copropiedad_id",), ("petitioner", "ref")} <= kept_wherever()


def test_nothing_of_an_unknown_type_stays() -> None:
    assert frozenset() == kept_of("co.coproservicios.unknown.v1")
