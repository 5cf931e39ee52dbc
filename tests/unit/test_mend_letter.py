"""Mending of dead letters: mistakes are marked; mended, a letter stays the same event of its sender."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

import pytest

from hub.cloudevents import decode
from hub.desk.dead_letters.mending import LONGEST, changed_paths, mended, payload_lines, trace
from hub.errors import InvalidEvent, TooLate
from hub.model import DeadLetter, Event, Json
from tests.integration.web_doubles import dead_letter
from tests.unit.factories import SCHEMAS

BODY: Mapping[str, Json] = {
    "specversion": "1.0",
    "id": "evt-9",
    "source": "urn:coproservicios:crm",
    "type": "co.coproservicios.pqrs.received.v1",
    "time": "2026-03-09T17:00:00Z",
    "datacontenttype": "application/json",
    "data": {"pqrs_id": "P-1", "people": [{"name": "María"}, {}]},
}


def check(body: bytes, content_type: str | None, headers: Mapping[str, Json]) -> Event:
    event = decode(body, content_type, headers)
    if "radicado" not in (event.data or {}):
        raise InvalidEvent("data.radicado: required", field="data.radicado")
    return event


def letter(**fields: object) -> DeadLetter:
    return dead_letter(json.dumps(BODY).encode(), **fields)


def with_data(**data: Json) -> bytes:
    return json.dumps({**BODY, "data": data}).encode()


@pytest.mark.parametrize(
    ("field", "marked"),
    [
        ("data.pqrs_id", '    "pqrs_id": "P-1",'),
        ("data.radicado", '  "data": {'),
        ("data.people[1].name", "      {}"),
        ("id", '  "id": "evt-9",'),
        (None, None),
        ("nosuch", None),
    ],
)
def test_line_of_the_invalid_part_is_marked(field: str | None, marked: str | None) -> None:
    found = [line.text for line in payload_lines(json.dumps(BODY).encode(), field) if line.is_wrong]

    assert found == ([] if marked is None else [marked])


def test_lines_are_the_same_json() -> None:
    text = "\n".join(line.text for line in payload_lines(json.dumps(BODY).encode(), None))

    assert json.loads(text) == BODY
    assert "María" in text


def test_what_is_no_json_is_shown_as_it_came() -> None:
    lines = payload_lines(b"{\xff\nmore", "data")

    assert [line.text for line in lines] == ["{\N{REPLACEMENT CHARACTER}", "more"]
    assert not any(line.is_wrong for line in lines)


def test_what_is_nested_too_deeply_is_shown_as_it_came() -> None:
    body = b"[" * 985 + b"]" * 985

    assert [line.text for line in payload_lines(body, None)] == [body.decode()]


def test_mended_letter_has_the_new_words_and_all_else_of_the_old_one() -> None:
    old = letter()
    new = mended(old, with_data(radicado="R-1"), check, by="account:ana")

    assert json.loads(new.body)["data"] == {"radicado": "R-1"}
    assert (old.mended_by, new.mended_by) == (None, "account:ana")
    assert (new.id, new.routing_key, new.sender, new.times) == (
        old.id,
        old.routing_key,
        old.sender,
        old.times,
    )


def test_unlawful_call_is_mended_by_who_answers_for_it() -> None:
    def lawful(body: bytes, content_type: str | None, headers: Mapping[str, Json]) -> Event:
        event = decode(body, content_type, headers)
        SCHEMAS.check(event, now=event.time)
        return event

    call = {**BODY, "type": "co.coproservicios.admin.assembly.convened.v1"}
    data = SCHEMAS.by_name["admin.assembly.convened"].examples[0]
    soon = {**call, "time": "2026-03-20T17:00:00Z", "data": data}
    answered = {**soon, "data": {**data, "override": {"by": "account:ana", "reason": "Cambia el salón."}}}
    refused = dead_letter(json.dumps(soon).encode(), event_type=call["type"])

    with pytest.raises(InvalidEvent, match=r"art\. 39"):
        mended(refused, refused.body, lawful, by="account:ana")
    assert answered == json.loads(
        mended(refused, json.dumps(answered).encode(), lawful, by="account:ana").body
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"source": "urn:coproservicios:erp"}, "source"),
        ({"id": "evt-10"}, "id"),
        ({"type": "co.coproservicios.payment.receipt.issued.v1"}, "type"),
    ],
)
def test_another_event_cannot_be_published_in_a_senders_name(changed: Mapping[str, Json], field: str) -> None:
    text = json.dumps({**BODY, "data": {"radicado": "R-1"}, **changed}).encode()
    with pytest.raises(InvalidEvent) as refused:
        mended(letter(), text, check, by="account:ana")

    assert refused.value.field == field


def test_letter_of_a_wrong_sender_cannot_be_mended() -> None:
    with pytest.raises(InvalidEvent, match="who sent it"):
        mended(letter(wrong_sender=True), with_data(radicado="R-1"), check, by="account:ana")


def test_what_is_still_wrong_is_said() -> None:
    with pytest.raises(InvalidEvent, match=r"data\.radicado: required"):
        mended(letter(), with_data(pqrs_id="P-1"), check, by="account:ana")


def test_too_long_a_letter_is_for_its_publisher() -> None:
    with pytest.raises(InvalidEvent, match="too long"):
        mended(letter(), b" " * (LONGEST + 1), check, by="account:ana")


@pytest.mark.parametrize("unread", ["source", "event_id", "event_type"])
def test_letter_of_which_nobody_can_say_whose_it_is_cannot_be_mended(unread: str) -> None:
    with pytest.raises(InvalidEvent, match="whose event"):
        mended(letter(**{unread: None}), with_data(radicado="R-1"), check, by="account:ana")


@pytest.mark.parametrize("state", ["replayed", "discarded"])
def test_only_an_open_letter_is_mended(state: str) -> None:
    with pytest.raises(TooLate, match=state):
        mended(letter(state=state), with_data(radicado="R-1"), check, by="account:ana")


def test_audit_keeps_which_fields_were_changed_and_a_digest_but_no_words() -> None:
    old = letter()
    whole = mended(
        old, with_data(radicado="R-1", people=[{"name": "María"}, {"María Peña": 1}]), check, by="x"
    )
    kept = trace(old, whole)

    assert kept == {
        "sha256": sha256(whole.body).hexdigest(),
        "changed": ["data.people.1", "data.people.1.?", "data.pqrs_id", "data.radicado"],
    }


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        (b'{"a": 1}', b'{ "a":1 }', []),
        (b'{"a": [1, 2]}', b'{"a": [1]}', ["a.1"]),
        (b"1", b"2", ["*"]),
        (b"{", b"{}", ["*"]),
        (b"[" * 985 + b"]" * 985, b"{}", ["*"]),
    ],
)
def test_changes_are_those_of_the_values(old: bytes, new: bytes, paths: list[str]) -> None:
    assert changed_paths(old, new) == paths
