"""Forms of what a person may send: what is asked, what is filled, and what was typed as the event's data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hub.cloudevents.schemas import Schemas
from hub.model import Json
from hub.rendering.schema_form import FormField, FormGroup, Part, flat, parts_of, shown
from hub.rendering.schema_rules import Rule
from hub.rendering.sendable_form import FILLS, PICKS, Known, filled, read_sendable, sendable_form
from tests.for_each import for_each

SCHEMAS: Final = Schemas.load().by_name
SENDABLE: Final = (
    "accounting.documents.requested",
    "accounting.tax_deadline.approaching",
    "admin.assembly.cancelled",
    "admin.assembly.convened",
    "admin.assembly.second_call",
    "admin.circular.issued",
    "admin.decision.published",
    "admin.financial_report.published",
    "admin.invitation.issued",
    "admin.minutes.published",
    "admin.vote.opened",
    "building.outage.reported",
    "building.outage.restored",
    "maintenance.scheduled.announced",
    "maintenance.scheduled.cancelled",
    "maintenance.scheduled.changed",
    "maintenance.scheduled.completed",
    "policy.updated",
)
FILLED: Final[Mapping[str, Json]] = {
    "copropiedad": "ph-altos-del-rosal",
    "area": "administracion",
    "sender": "account:laura",
    "case": "obra-1",
    "id": "c-1",
    "audience": "both",
    "zones": ["tower:1"],
    "unit": None,
    "document": "programa",
    "document_digest": "0a" * 32,
    "now": "2026-12-01T14:05:00-05:00",
}
EARLIER: Final = "2026-12-01T11:00:00-05:00"
ENGLISH: Final = re.compile(r"\b(the|of|when|what|whom|its?|to|are|as)\b", re.IGNORECASE)
CIRCULAR: Final = SCHEMAS["admin.circular.issued"].document


def fields_of(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Yield each field that a form of the schema has, those of its parts too."""
    for name, field in rule.get("properties", {}).items():
        yield name, field
        yield from fields_of(field)
        yield from fields_of(field.get("items", {}))
    for part in rule.get("$defs", {}).values():
        yield from fields_of(part)


def names(parts: Sequence[Part]) -> set[str]:
    return {part.name for part in parts}


def field(parts: Sequence[Part], name: str) -> FormField:
    return next(one for one in flat(parts) if one.name == name)


def typed(rule: Rule, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Yield what somebody types who follows the example of each field."""
    defs = {name: found for name, found in fields_of(rule) if "x-example" in found}
    for one in flat(parts):
        example = defs.get(one.name.rpartition(".")[2])
        if example is not None:
            yield one.name, shown(example, example["x-example"], one.name)


@for_each(SENDABLE)
def test_each_sendable_schema_has_help_and_order_in_spanish(name: str) -> None:
    found = dict(fields_of(SCHEMAS[name].document))

    assert [] == [one for one, rule in found.items() if not isinstance(rule.get("x-order"), int)]
    assert [] == [one for one, rule in found.items() if not rule.get("x-help", "").endswith(".")]
    assert [] == [one for one, rule in found.items() if ENGLISH.search(rule["x-help"])]
    assert {rule["x-fill"] for rule in found.values() if "x-fill" in rule} <= {*FILLS}
    assert {rule["x-pick"] for rule in found.values() if "x-pick" in rule} <= {*PICKS}
    orders = [rule["x-order"] for rule in SCHEMAS[name].document["properties"].values()]
    assert sorted(set(orders)) == sorted(orders)


@for_each(SENDABLE)
def test_what_an_event_needs_is_asked_or_filled(name: str) -> None:
    schema = SCHEMAS[name].document
    for fills in ({}, FILLED):
        form = sendable_form(schema, Known(fills=fills))
        known = {one for one, rule in schema["properties"].items() if fills.get(rule.get("x-fill"))}
        known -= {one for one, rule in schema["properties"].items() if rule.get("x-fill") == "now"}

        assert {f"data.{one}" for one in {*schema["required"]} - known} == names(form.asked)
        assert [] == [one for one in names(form.more) if one.removeprefix("data.") in known]


@for_each(SENDABLE)
def test_a_form_filled_with_its_examples_is_accepted(name: str) -> None:
    schema, known = SCHEMAS[name], Known(fills=FILLED)
    form = sendable_form(schema.document, known)
    read = read_sendable(schema.document, dict(typed(schema.document, [*form.asked, *form.more])), known)

    assert {} == read.faults
    assert [] == [error.message for error in schema.validator.iter_errors(read.data)]


def test_what_the_hub_knows_is_not_asked() -> None:
    nothing, known = sendable_form(CIRCULAR, Known()), sendable_form(CIRCULAR, Known(fills=FILLED))

    assert ["data.title", "data.body_markdown"] == [part.name for part in known.asked]
    assert ["data.valid_until"] == [part.name for part in known.more]
    assert {"data.copropiedad_id", "data.circular_id", "data.audience"} <= names(nothing.asked)
    assert field(known.asked, "data.title").required
    assert known.is_folded


def test_a_new_form_lacks_nothing_until_it_is_sent() -> None:
    known = Known(fills=FILLED)
    drawn = sendable_form(CIRCULAR, known, {"valid_until": "mañana"})
    read = read_sendable(CIRCULAR, {"data.title": " ", "data.body_markdown": "<b> </b>"}, known)

    assert ({"data.valid_until": "No es fecha y hora."}, False) == (drawn.faults, drawn.is_folded)
    assert {"data.title": "Falta.", "data.body_markdown": "Falta."} == read.faults
    refused = sendable_form(CIRCULAR, known, {"title": "Uno"}, wrong="data.title")
    assert {"data.title": "Así no se puede recibir."} == refused.faults


def test_what_was_typed_is_tidied_and_filled() -> None:
    posted = {
        "data.title": "Agua",
        "data.body_markdown": "Uno\r\n•\tDos",
        "data.valid_until": "2026-12-03T13:00",
    }
    read = read_sendable(CIRCULAR, posted, Known(fills={**FILLED, "document": None, "document_digest": None}))

    assert {
        "title": "Agua",
        "body_markdown": "Uno\n- Dos",
        "valid_until": "2026-12-03T13:00:00-05:00",
        "copropiedad_id": "ph-altos-del-rosal",
        "circular_id": "c-1",
        "audience": "both",
        "service_area": "administracion",
    } == read.data


def test_a_case_is_picked_from_what_the_hub_has() -> None:
    cancelled = SCHEMAS["maintenance.scheduled.cancelled"].document
    known = Known(picks={"works": [("obra-1", "Lavado de tanques"), ("obra-2", "Ascensores")]})
    works = field(sendable_form(cancelled, known).asked, "data.work_id")
    chosen = read_sendable(cancelled, {"data.work_id": "obra-2"}, known)
    foreign = read_sendable(cancelled, {"data.work_id": "obra-9"}, known)

    assert ("select", ("obra-2", "Ascensores")) == (works.kind, works.options[-1])
    assert ("obra-2", "Elija una de las opciones.") == (
        chosen.data["work_id"],
        foreign.faults["data.work_id"],
    )
    assert "text" == field(sendable_form(cancelled, Known()).asked, "data.work_id").kind


def test_the_present_is_proposed_and_may_be_changed() -> None:
    outage, known = SCHEMAS["building.outage.reported"].document, Known(fills=FILLED)

    assert "2026-12-01T14:05" == field(sendable_form(outage, known).asked, "data.since").value
    earlier = sendable_form(outage, known, {"since": EARLIER})
    assert "2026-12-01T11:00" == field(earlier.asked, "data.since").value
    assert "2026-12-01T14:05:00-05:00" == filled(outage, {}, FILLED)["since"]
    assert (
        "2026-12-01T11:00:00-05:00" == filled(outage, {"since": "2026-12-01T11:00:00-05:00"}, FILLED)["since"]
    )


def test_who_answers_for_another_date_is_who_writes() -> None:
    assembly, known = SCHEMAS["admin.assembly.convened"].document, Known(fills=FILLED)
    form = sendable_form(assembly, known)
    [override] = [part for part in form.more if isinstance(part, FormGroup) and part.name == "data.override"]
    read = read_sendable(assembly, {"data.override.reason": "El reglamento."}, known)

    assert {"data.override.reason"} == names(override.parts)
    assert {"by": "account:laura", "reason": "El reglamento."} == read.data["override"]
    assert "override" not in read_sendable(assembly, {}, known).data


def test_fields_come_in_their_order_with_help_and_example() -> None:
    schema: Any = {
        "properties": {
            "last": {"type": "string", "x-label": "Último"},
            "second": {"type": "string", "x-label": "Dos", "x-order": 2},
            "first": {
                "type": "array",
                "items": {"type": "string"},
                "x-order": 1,
                "x-label": "Uno",
                "x-help": "Lo que falta.",
                "x-example": ["agua", "luz"],
            },
        }
    }
    parts = parts_of(schema, {})

    assert ["first", "second", "last"] == [part.name for part in parts]
    assert ("Lo que falta. Uno por renglón.", "agua\nluz") == (
        field(parts, "first").help,
        field(parts, "first").example,
    )
