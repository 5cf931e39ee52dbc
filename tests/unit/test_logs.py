from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import bound_contextvars

from hub.errors import BrokerUnavailable, StorageRefused
from hub.logs import configure, mask_person_data
from hub.model import Person
from hub.settings import Secret, SecretUrl

ID = UUID("0195f6a0-1c2b-8d3e-9f40-573001abcdef")


pytestmark = pytest.mark.usefixtures("untouched_logging")


class Lines(StringIO):
    """A stream that reads back as one JSON object per line."""

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def lines() -> Lines:
    stream = Lines()
    configure(as_json=True, level="info", stream=stream)
    return stream


def masked(**fields: Any) -> dict[str, Any]:
    return dict(mask_person_data(None, "", fields))


def test_a_log_line_is_an_event_with_its_fields(lines: Lines) -> None:
    with bound_contextvars(event_id="e-1", message_id=ID):
        structlog.get_logger().info("message.sent", channel="sms", attempt=2)

    (event,) = lines.events
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "message.sent",
        "level": "info",
        "channel": "sms",
        "attempt": 2,
        "event_id": "e-1",
        "message_id": str(ID),
    }


def test_event_below_the_level_is_not_written(lines: Lines) -> None:
    structlog.get_logger().debug("message.claimed")

    assert lines.events == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("550 5.1.1 <ana.perez+alta@correo.example.co>: unknown", "550 5.1.1 <***>: unknown"),
        ("rcpt to:ana@localhost", "rcpt to:***"),
        ("/u?to=ana%40example.org", "/u?to=***"),
        ("amqp://hub:pa55@broker:5672", "amqp://***:5672"),
        ("amqp://hub:pa(5;5=@broker:5672", "amqp://***:5672"),
        ("whatsapp+https://pa55@graph.example: no", "whatsapp+https://***: no"),
        ("/hooks/sms/x?message=1&sig=0f9a", "/hooks/sms/x?message=1&sig=***"),
        ("señor@compañía.example said no", "*** said no"),
        ("sms to +573001234567 failed", "sms to *** failed"),
        ("+57 (300) 123-4567", "***"),
        ("3001234567, 300 123 4567; 300-123-4567/573001234567", "***, ***; ***/***"),
        ("tel:6012345678", "tel:***"),
        ("+1 415 555 2671", "***"),
    ],
)
def test_an_address_inside_any_text_is_masked(text: str, expected: str) -> None:
    assert masked(error=text) == {"error": expected}


@pytest.mark.parametrize(
    "text",
    [
        str(ID),
        "5d41402abc3001234567b76b9719d911017c592",
        "2026-03-09T10:30:00.123456+00:00",
        "2026-03-09 10:30:00-05:00",
        "127.0.0.1:56720",
        "hub.messages.email.normal",
        "PQRS-2026-000123",
        "1741534200000",
        "$ 1.250.000",
    ],
)
def test_text_without_an_address_is_unchanged(text: str) -> None:
    assert masked(field=text) == {"field": text}


@pytest.mark.parametrize(
    "key", ["email", "phone", "address", "name", "to", "To", "contact_email", "recipients", "device_token"]
)
def test_person_key_is_masked_with_any_value(key: str) -> None:
    assert masked(**{key: "Ana Pérez"}) == {key: "***"}
    assert masked(data={"list": [{key: ["Ana"]}]}) == {"data": {"list": [{key: "***"}]}}


@pytest.mark.parametrize("key", ["secret", "password", "Authorization", "api_key", "app_secret", "cookie"])
def test_secret_key_is_masked_with_any_value(key: str) -> None:
    assert masked(**{key: "pa55"}) == {key: "***"}


CANARY = "c4n4ry"
HIDDEN = st.sampled_from(
    [Secret(CANARY), SecretUrl(f"amqp://hub:{CANARY}@broker/"), SecretUrl(f"https://h/?key={CANARY}")]
)


@given(
    st.recursive(
        HIDDEN,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.tuples(inner)
            | st.dictionaries(st.text(max_size=5) | HIDDEN, inner, min_size=1, max_size=3)
        ),
        max_leaves=5,
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12),
    st.booleans(),
)
def test_secret_is_never_printed_under_any_key_at_any_depth(value: Any, key: str, as_json: bool) -> None:
    stream = StringIO()
    configure(as_json=as_json, level="info", stream=stream)
    fields = {f"x{key}": value}

    structlog.get_logger().info("event.taken", **fields)
    structlog.get_logger().info("message.failed", exc_info=failure(value), **fields)
    logging.getLogger("aio_pika").warning("cannot connect %s %r", value, {key: value})

    assert stream.getvalue()
    assert CANARY not in stream.getvalue()


def failure(value: object) -> BaseException:
    """An error of the hub whose cause quotes personal data."""
    error = StorageRefused()
    error.__cause__ = RuntimeError(value, f"{value}")
    return error


def test_numbers_and_none_are_unchanged() -> None:
    fields = {"count": 3, "seconds": 0.5, "last": True, "reason": None, "phones": 2, "to_level": 2}

    assert masked(**fields) == fields


def test_values_become_text_and_objects_only_their_type() -> None:
    person = Person(ref="p-1", name="Ana Pérez")

    fields = masked(
        who=person,
        why=ValueError("no ana@x.co"),
        ours=BrokerUnavailable("RabbitMQ does not answer ana@x.co"),
        at=datetime(2026, 3, 9, tzinfo=UTC),
        took=timedelta(seconds=2),
        path=Path("/var/x"),
        body=b"Ana",
        pair=("a", "b@x.co"),
    )

    assert fields == {
        "who": "<Person>",
        "why": "ValueError",
        "ours": "BrokerUnavailable: RabbitMQ does not answer ***",
        "at": "2026-03-09 00:00:00+00:00",
        "took": "0:00:02",
        "path": "/var/x",
        "body": "<bytes>",
        "pair": ["a", "***"],
    }


SOMEBODY = "Ana Pérez"


def test_foreign_error_is_logged_without_its_message(lines: Lines) -> None:
    try:
        try:
            refuse(SOMEBODY)
        except ValueError as exc:
            raise StorageRefused("the database refuses a value") from exc
    except StorageRefused:
        structlog.get_logger().exception("message.failed")

    (event,) = lines.events
    assert "StorageRefused: the database refuses a value" in event["exception"]
    assert "in refuse" in event["exception"]
    assert event["exception"].endswith("ValueError")
    assert "Ana" not in lines.getvalue()


def test_system_error_is_logged_without_its_path(lines: Lines) -> None:
    try:
        Path("/no/such/folder/ana-perez").read_text()
    except OSError:
        structlog.get_logger().exception("letter.unread")

    (event,) = lines.events
    assert event["exception"].endswith("FileNotFoundError: No such file or directory")
    assert "ana-perez" not in event["exception"].splitlines()[-1]


def refuse(address: str) -> None:
    raise ValueError(f"refused {address}")


def test_library_logs_are_masked_in_the_same_format(lines: Lines) -> None:
    with bound_contextvars(event_id="e-1"):
        logging.getLogger("aiormq.connection").warning("bad frame for %s", "ana@example.org")

    (event,) = lines.events
    assert event.pop("timestamp")
    assert event == {
        "event": "bad frame for ***",
        "level": "warning",
        "logger": "aiormq.connection",
        "event_id": "e-1",
    }


def test_the_debug_lines_of_libraries_are_never_written() -> None:
    stream = Lines()
    configure(as_json=True, level="debug", stream=stream)
    logging.getLogger("aio_pika").info("body: Ana Pérez")

    assert stream.getvalue() == ""


def test_libraries_obey_a_stricter_level() -> None:
    stream = Lines()
    configure(as_json=True, level="error", stream=stream)
    logging.getLogger("aio_pika").warning("reconnecting")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("text", ["a" * 1_000_000 + "@", "%40" * 300_000, "+1 " * 300_000])
@pytest.mark.timeout(10)
def test_huge_text_is_cut_quickly(text: str) -> None:
    assert len(masked(error=text)["error"]) <= 20_001


def test_a_readable_line_cannot_be_forged_and_shows_no_local_variables() -> None:
    stream = StringIO()
    configure(as_json=False, level="info", stream=stream)
    structlog.get_logger().info("event.taken", event_id="x\n\x1b[31mforged")
    try:
        refuse("\x1b[2Jana@example.org")
    except ValueError:
        structlog.get_logger().exception("message.failed")

    first, *rest = stream.getvalue().splitlines()
    assert "event.taken" in first
    assert r"event_id='x\n?[31mforged'" in first
    assert rest[-1] == "ValueError"
    assert "\x1b" not in stream.getvalue()
    assert "ana@" not in stream.getvalue()
