"""Results for publishers: the events, and the keys under which they go out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import jsonschema_rs
import pytest

from hub.messages.results import events_of
from hub.model import State
from hub.model.results import KINDS, Result, ResultKind, source_key
from hub.web.documents.notices import results
from tests.contract.values import FALLBACK
from tests.unit.factories import MONDAY

CRM = "urn:coproservicios:crm"


def result(state: State = State.SENT, source: str = CRM, **fields: object) -> Result:
    values: dict[str, object] = {
        "message_id": UUID(int=7),
        "state": state,
        "at": MONDAY,
        "source": source,
        "event_key": UUID(int=5),
        "event_id": "pay-1",
        "event": "admin.payment.received",
        "person": "p-maria",
        "channel": "email",
        "occasion": "initial",
        **fields,
    }
    return Result(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "key"),
    [
        (CRM, CRM),
        ("https://crm.example.co/a", "https://crm%2Eexample%2Eco/a"),
        ("urn:a.#.*", "urn:a%2E%23%2E%2A"),
        ("señor", "se%C3%B1or"),
    ],
)
def test_a_source_is_one_word_of_a_routing_key(source: str, key: str) -> None:
    assert key == source_key(source)
    assert not set(".*# ") & set(source_key(source))


def test_a_very_long_source_is_named_by_its_digest() -> None:
    long = "urn:" + "é" * 250

    assert source_key(long).startswith("sha256:")
    assert len(f"notification.undelivered.{source_key('urn:' + 'x' * 251)}") <= 255
    assert source_key(long) != source_key(long + "é")


def test_result_names_the_event_and_the_person_and_nothing_else_of_them() -> None:
    [(kind, event)] = events_of(result(State.BOUNCED, reason="smtp_550", fallback=FALLBACK))

    assert (ResultKind.FAILED, "notification.failed") == (kind, event.name)
    assert event.data == {
        "event_id": "pay-1",
        "event_source": CRM,
        "event_type": "co.coproservicios.admin.payment.received.v1",
        "message_id": str(UUID(int=7)),
        "person": "p-maria",
        "channel": "email",
        "occasion": "initial",
        "state": "bounced",
        "reason": "smtp_550",
        "final": True,
        "next": ["sms"],
        "at": "2026-03-09T13:05:00+00:00",
    }


def test_ids_are_of_the_change_and_the_same_again() -> None:
    sent, later = result(), result(at=MONDAY + timedelta(hours=1))
    ids = [event.id for given in (sent, sent, later) for _, event in events_of(given)]

    assert ids[0] == ids[1] != ids[2]


def test_person_without_any_message_is_undelivered_once_after_any_last_message() -> None:
    lost = result(State.FAILED, undelivered=True)
    other = result(State.EXPIRED, undelivered=True, message_id=UUID(int=8))
    told = [event for given in (lost, other) for kind, event in events_of(given) if kind == "undelivered"]

    assert 2 == len(told)
    assert 1 == len({event.id for event in told})
    assert ("expired", True) == (told[1].data["reason"], told[1].data["final"])


def test_each_kind_but_the_persons_own_comes_from_a_state() -> None:
    assert set(ResultKind) - {ResultKind.UNDELIVERED} == set(KINDS.values())


@pytest.mark.parametrize("state", KINDS)
def test_each_result_keeps_its_schema(state: State) -> None:
    schemas = results()
    lost = KINDS[state] is ResultKind.FAILED
    for given in (result(state, undelivered=lost), result(state, reason="x", fallback=FALLBACK)):
        for _, event in events_of(given):
            validator = jsonschema_rs.validator_for(dict(schemas[event.name]))
            assert [] == [error.message for error in validator.iter_errors(event.data)]


@pytest.mark.parametrize("name", results())
def test_each_schema_has_examples_that_keep_it(name: str) -> None:
    schema = results()[name]
    validator = jsonschema_rs.validator_for(dict(schema))

    assert schema["examples"]
    assert all(validator.is_valid(example) for example in schema["examples"])
