from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from hub.catalog import BY_NAME, CATALOG
from hub.cloudevents.schemas import FUTURE, Schemas
from hub.errors import ConfigurationError, InvalidEvent
from hub.model import HUB_SOURCE, Event, Json, Move
from hub.policy import load_policy
from hub.sla import replay, step_event
from tests.for_each import for_each

NOW: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
SCHEMAS: Final = Schemas.load()
NAMES: Final = sorted(BY_NAME)


def an_event(name: str, data: Json, **changed: Any) -> Event:
    kind = BY_NAME[name]
    source = HUB_SOURCE if kind.hub_emitted else "urn:coproservicios:crm"
    return Event(**{"id": "1", "source": source, "type": kind.type, "time": NOW, "data": data, **changed})


def first_example(name: str) -> dict[str, Json]:
    example: dict[str, Json] = copy.deepcopy(SCHEMAS.by_name[name].examples[0])
    return example


def refusal(event: Event) -> InvalidEvent:
    with pytest.raises(InvalidEvent) as caught:
        SCHEMAS.check(event, now=NOW)
    return caught.value


def refusal_of(name: str, **changed: Json) -> InvalidEvent:
    return refusal(an_event(name, {**first_example(name), **changed}))


@for_each(NAMES)
def test_the_examples_of_a_schema_are_right(name: str) -> None:
    for example in SCHEMAS.by_name[name].examples:
        SCHEMAS.check(an_event(name, example), now=NOW)


@for_each(NAMES)
def test_a_schema_has_examples_and_one_of_them_is_minimal(name: str) -> None:
    document = SCHEMAS.by_name[name].document
    keys = [set(example) for example in document["examples"]]

    assert len(keys) >= 2
    choices = [branch["required"] for one in document.get("allOf", ()) for branch in one["anyOf"]] or [()]
    assert all({*document["required"], *choice} in keys for choice in choices)


@for_each(NAMES)
def test_a_schema_explains_itself_and_takes_unknown_fields(name: str) -> None:
    document = SCHEMAS.by_name[name].document

    jsonschema_rs.meta.validate(dict(document))
    assert document["title"]
    assert document["description"]
    assert [field for field, each in document["properties"].items() if not each.get("description")] == []
    SCHEMAS.check(an_event(name, {**first_example(name), "campo_nuevo": {"x": [1]}}), now=NOW)


@for_each(NAMES)
def test_each_required_field_is_missed_by_its_name(name: str) -> None:
    for field in SCHEMAS.by_name[name].document["required"]:
        data = first_example(name)
        del data[field]
        error = refusal(an_event(name, data))

        assert error.field == f"data.{field}"
        assert error.reason == f"data.{field}: required"


def test_shared_definitions_of_schemas_are_equal() -> None:
    """Each schema is complete, so that a publisher needs one file; this keeps their common parts equal."""
    shared = [s.document["$defs"] for s in SCHEMAS.by_name.values() if "$defs" in s.document]

    assert shared == [shared[0]] * len(shared)


RECIPIENT = "a recipient: {ref}, or {name} with email or phone, or a list of them"
PETITIONER = (
    "a recipient: {ref}, or {name} with email, phone or address, or {name} alone, or {anonymous: true}, "
    "or a list of people"
)
INSTANT = "an RFC 3339 instant with its offset, like 2026-03-09T08:05:00-05:00, from 1970 to 9998"


@pytest.mark.parametrize(
    ("name", "field", "value", "expected"),
    [
        ("admin.payment.received", "amount_cop", "385000", "expected integer, got string"),
        ("admin.payment.received", "amount_cop", 385000.5, "expected integer, got number"),
        ("admin.payment.received", "amount_cop", None, "expected integer, got null"),
        ("admin.payment.received", "amount_cop", True, "expected integer, got boolean"),
        ("admin.payment.received", "amount_cop", -1, "expected at least 1"),
        ("admin.payment.received", "balance_cop", 10**30, "expected at most 999999999999999"),
        ("admin.payment.received", "receipt_no", "", "expected at least 1 characters"),
        ("admin.payment.received", "receipt_no", "9" * 201, "expected at most 200 characters"),
        ("admin.payment.received", "unit_id", {"id": "u"}, "expected string, got object"),
        ("admin.payment.received", "paid_at", "2026-03-09", f"expected {INSTANT}"),
        ("admin.payment.received", "paid_at", "2026-03-09T08:05:00", f"expected {INSTANT}"),
        (
            "pqrs.received",
            "kind",
            "tutela",
            "expected one of peticion, queja, reclamo, sugerencia, informacion, consulta",
        ),
        ("pqrs.received", "unit_id", 101, "expected string or null, got integer"),
        ("pqrs.replied", "petitioner", {"name": "Ana"}, f"expected {RECIPIENT}"),
        ("pqrs.received", "petitioner", {"email": "ana@example.com"}, f"expected {PETITIONER}"),
        ("pqrs.replied", "petitioner", {"name": "Ana", "email": None}, f"expected {RECIPIENT}"),
        ("pqrs.received", "petitioner", "p-ana", f"expected {PETITIONER}"),
        ("pqrs.received", "petitioner", None, f"expected {PETITIONER}"),
        ("pqrs.received", "petitioner", [], f"expected {PETITIONER}"),
        ("pqrs.received", "petitioner", [{"ref": "p-1"}, {"ref": 2}], f"expected {PETITIONER}"),
        ("maintenance.request.received", "priority", "ya", "expected one of urgente, alta, media, baja"),
        ("maintenance.scheduled.announced", "starts_at", "2026-03-09T08:05:00z", f"expected {INSTANT}"),
        ("maintenance.scheduled.announced", "affected_services", [], "expected at least 1 items"),
        ("maintenance.scheduled.announced", "zones", ["tower:1", "tower:1"], "expected items that differ"),
        ("emergency.updated", "status", "over", "expected one of update, cleared"),
        ("emergency.declared", "drill", "no", "expected boolean, got string"),
        (
            "directory.membership.upserted",
            "scope",
            "tower:1",
            "expected unit:ID, copropiedad:ID or company",
        ),
        ("directory.membership.upserted", "since", "ayer", "expected a date or an RFC 3339 instant"),
        ("directory.person.upserted", "contact_points", "ana", "expected array, got string"),
    ],
)
def test_an_error_names_the_field_and_what_was_expected(
    name: str, field: str, value: Json, expected: str
) -> None:
    error = refusal_of(name, **{field: value})

    assert error.field == f"data.{field}"
    assert error.reason == f"data.{field}: {expected}"


def test_an_error_deep_inside_has_a_path() -> None:
    point = {"id": "cp-1", "kind": "fax", "value": "1"}
    error = refusal_of("directory.person.upserted", contact_points=[point])

    assert error.field == "data.contact_points.0.kind"
    assert error.reason == "data.contact_points.0.kind: expected one of email, phone, push"


def test_staff_needs_a_duty_or_a_level() -> None:
    error = refusal_of("directory.membership.upserted", role="staff", duty=None)

    assert error.field == "data"
    assert error.reason == "data: expected staff with a duty or a level"


def test_first_errors_are_reported_together() -> None:
    name = "admin.payment.received"
    error = refusal_of(name, amount_cop="x", method=1, paid_at=2, receipt_no=3, balance_cop="y")

    assert error.reason.count("expected") == 3
    assert error.reason.endswith("; and more")


def test_unknown_fields_are_named_beside_a_missing_one() -> None:
    data = {**first_example("maintenance.request.received"), "prioridad": "alta", "zona": "A"}
    del data["priority"]

    error = refusal(an_event("maintenance.request.received", data))

    assert error.reason == "data.priority: required; unknown: prioridad, zona"
    assert error.field == "data.priority"


def test_unknown_fields_are_named_where_the_missing_one_belongs() -> None:
    point = {"id": "cp-1", "kind": "email", "valor": "ana@example.com"}
    error = refusal_of("directory.person.upserted", contact_points=[point])

    assert error.reason == "data.contact_points.0.value: required; unknown: valor"


def test_key_unlike_a_field_name_is_not_quoted() -> None:
    data = {**first_example("pqrs.received"), "ana@example.com": 1, "3001234567": 1, "x" * 41: 1}
    del data["radicado"]

    assert refusal(an_event("pqrs.received", data)).reason == "data.radicado: required"


def test_unknown_fields_alone_are_valid_and_not_named() -> None:
    error = refusal_of("pqrs.received", kind="tutela", prioridad="alta")

    assert "prioridad" not in error.reason


def test_no_error_ever_quotes_a_value() -> None:
    secret = "ana.secreta@example.com"
    for name in NAMES:
        for field in SCHEMAS.by_name[name].document["properties"]:
            for value in (secret * 500, [secret], {secret: secret, "name": secret}):
                event = an_event(name, {**first_example(name), field: value})
                try:
                    SCHEMAS.check(event, now=NOW)
                except InvalidEvent as error:
                    assert secret not in error.reason  # noqa: PT017 - some of these values are right


@pytest.mark.parametrize("data", [None, b"\x00", "text", [{"radicado": "PQ-1"}], 7])
def test_data_that_is_no_object_is_refused(data: Json) -> None:
    error = refusal(an_event("pqrs.received", data))

    assert error.field == "data"
    assert error.reason == "data: expected a JSON object"


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("co.coproservicios.pqrs.recieved.v1", "co.coproservicios.pqrs.received.v1"),
        ("co.coproservicios.pqrs.received.v2", "co.coproservicios.pqrs.received.v1"),
        ("pqrs.received", "co.coproservicios.pqrs.received.v1"),
        ("co.coproservicios.emergency.declare.v1", "co.coproservicios.emergency.declared.v1"),
    ],
)
def test_an_unknown_type_is_answered_with_near_ones(given: str, near: str) -> None:
    error = refusal(an_event("pqrs.received", {}, type=given))

    assert error.field == "type"
    assert near in error.reason


def test_a_type_like_no_other_is_refused_without_a_guess() -> None:
    error = refusal(an_event("pqrs.received", {}, type="zzz"))

    assert error.reason == "type: unknown, expected one of the catalogue"


@pytest.mark.parametrize("name", [kind.name for kind in CATALOG if kind.hub_emitted])
def test_only_the_hub_publishes_its_own_events(name: str) -> None:
    error = refusal(an_event(name, first_example(name), source="urn:hub:other"))

    assert error.field == "type"
    assert error.reason == "type: only the hub itself publishes this"


def test_a_time_in_the_future_is_refused() -> None:
    example = first_example("pqrs.received")
    SCHEMAS.check(an_event("pqrs.received", example, time=NOW + FUTURE), now=NOW)
    error = refusal(an_event("pqrs.received", example, time=NOW + FUTURE + timedelta(microseconds=1)))

    assert error.field == "time"
    assert error.reason == "time: expected at most 5 minutes from now"


@pytest.mark.parametrize(
    ("name", "field"), [("privacy.consent.granted", "captured_at"), ("privacy.consent.revoked", "revoked_at")]
)
def test_future_consent_is_refused(name: str, field: str) -> None:
    def stated(at: datetime) -> Event:
        return an_event(name, {**first_example(name), field: at.isoformat()})

    SCHEMAS.check(stated(NOW + FUTURE), now=NOW)
    error = refusal(stated(NOW + FUTURE + timedelta(microseconds=1)))

    assert error.field == f"data.{field}"
    assert error.reason == f"data.{field}: expected at most 5 minutes from now"


def test_an_inline_contact_that_is_unusable_does_not_stop_a_case() -> None:
    """The legal clocks run anyway; the message ends as no_contact."""
    petitioner = {"name": "Ana\r\nBcc: todos@example.com", "email": "not an address"}

    SCHEMAS.check(
        an_event("pqrs.received", {**first_example("pqrs.received"), "petitioner": petitioner}), now=NOW
    )


def test_a_folder_without_schemas_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"\.v1\.json: no usable schema"):
        Schemas.load(tmp_path)


@pytest.mark.parametrize("text", ["{", '{"type": "nothing"}', '{"format": "no-such"}', "[]"])
def test_a_schema_that_does_not_compile_is_a_configuration_error(tmp_path: Path, text: str) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.v1.json").write_text(text)

    with pytest.raises(ConfigurationError):
        Schemas.load(tmp_path)


@pytest.mark.parametrize(
    "opening", [kind.name for kind in CATALOG if any(m.move is Move.START for m in kind.clocks)]
)
def test_clock_events_of_the_hub_are_valid(opening: str) -> None:
    policy = load_policy()
    for example in SCHEMAS.by_name[opening].examples:
        for clock in replay("case:1", [an_event(opening, example)], BY_NAME, policy):
            for step in clock.steps:
                SCHEMAS.check(step_event(clock, step, now=NOW), now=NOW)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("directory.")])
def test_directory_version_beyond_the_present_is_refused(name: str) -> None:
    """It would be the last one: nothing that comes later would count."""
    latest = 20260310130500  # a day from now, for any zone
    for version in (1, int(NOW.timestamp() * 1000), latest):
        SCHEMAS.check(an_event(name, {**first_example(name), "version": version}), now=NOW)

    assert "data.version" == refusal_of(name, version=latest + 1).field
    assert "data.version" == refusal_of(name, version=9007199254740991).field
