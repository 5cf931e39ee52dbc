"""What is left of an event once a person is erased from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from hub.catalog import CATALOG
from hub.model import Json
from hub.people.erasing import (
    KEPT,
    Traces,
    addresses_in,
    concerns,
    is_alone,
    scrubbed,
    without_inline,
)
from tests.unit.factories import SCHEMAS

HER: Final = Traces(refs=frozenset({"p-1"}), words=("maría peña", "maria@example.com"))


def erased(data: Mapping[str, Json]) -> Json:
    return scrubbed(data, HER, alone=is_alone(data, HER))


def test_event_about_her_alone_keeps_ids_instants_and_words_of_lists() -> None:
    data = {
        "pqrs_id": "PQ-1",
        "kind": "queja",
        "received_at": "2026-03-09T08:00:00-05:00",
        "subject": "Mi vecina del 301 grita",
        "petitioner": {"ref": "p-1", "name": "María Peña"},
        "amount": 3,
    }

    assert {
        **data,
        "subject": "",
        "petitioner": {"ref": "p-1", "name": ""},
    } == erased(data)


def test_sentence_where_others_have_a_word_goes() -> None:
    data = {"subject_id": "p-1", "outcome": "Se acordó una visita", "stage": "done"}

    assert {**data, "outcome": ""} == erased(data)


def test_event_with_others_loses_only_what_is_hers() -> None:
    other = {"name": "Sofía", "email": "sofia@example.com"}
    data = {
        "subject": "Ruido",
        "title": "Queja de María Peña",
        "petitioner": [{"ref": "p-1", "name": "María Peña"}, other],
    }

    assert {"subject": "Ruido", "title": "", "petitioner": [{"ref": "p-1", "name": ""}, other]} == erased(
        data
    )


def test_staff_at_work_is_nobody_else() -> None:
    assert is_alone({"petitioner": {"ref": "p-1"}, "assignee": {"ref": "p-staff"}}, HER)
    assert not is_alone({"petitioner": {"ref": "p-1"}, "counterparty": {"ref": "p-2"}}, HER)


def test_event_that_says_nothing_of_her_does_not_concern_her() -> None:
    assert not concerns({"petitioner": {"ref": "p-10"}, "subject": "Ruido"}, HER)
    assert concerns({"text": "dice MARÍA PEÑA que…"}, HER)


def test_addresses_are_compared_as_messages_write_them() -> None:
    found = addresses_in({"a": "300 123 4567", "b": [" M@Example.com "], "c": "hola"})

    assert {"300 123 4567": "+573001234567", " M@Example.com ": "M@example.com"} == found


def test_people_without_a_reference_are_taken_out_and_others_stay() -> None:
    data = {"petitioner": [{"name": "Ana", "email": "a@example.com"}, {"ref": "p-2", "name": "B"}]}

    assert {"petitioner": [{"name": ""}, {"ref": "p-2", "name": "B"}]} == without_inline(data)


def test_what_stays_of_an_event_is_closed_in_every_schema() -> None:
    """Of every text field that stays, the schema, or the list of exceptions, says that it is no free text."""
    free = {
        (kind.name, name)
        for kind in CATALOG
        for name, rule in SCHEMAS.by_name[kind.name].document["properties"].items()
        if name in KEPT and "string" in json.dumps(rule.get("type", ""))
        if "enum" not in rule and rule.get("format") not in ("date", "date-time")
    }

    assert {name for _, name in free} <= EXCEPTIONS


EXCEPTIONS: Final = {
    *("audience", "case", "category", "channel", "clock", "duty", "emergency_kind", "entry_channel"),
    *("event_source", "event_type", "evidence_hash", "kind", "line", "locale", "method", "modality"),
    *("occasion", "period", "purpose", "radicado", "report_kind", "role", "scope"),
    *("service_area", "severity", "status", "text_version", "timezone"),
}
"""Fields without a list of words in the schema, which hold one word of the publisher's all the same."""
