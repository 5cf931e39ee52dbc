"""Binary mode: attributes in headers of AMQP and HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from hub.cloudevents import decode
from hub.errors import InvalidEvent
from hub.model import Event, Json

TIME: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
ATTRIBUTES: Final[Mapping[str, Json]] = {
    "specversion": "1.0",
    "id": "a-1",
    "source": "/pqrs",
    "type": "co.coproservicios.pqrs.received.v1",
    "time": "2026-03-09T08:05:00-05:00",
}
HEADERS: Final = {f"cloudEvents_{name}": value for name, value in ATTRIBUTES.items()}


def binary(body: bytes = b'{"radicado": "PQ-1"}', **changed: Json) -> Event:
    headers = {**HEADERS, **{f"cloudEvents_{name}": value for name, value in changed.items()}}
    return decode(body, "application/json", headers)


def test_a_binary_event_keeps_its_content_type_with_the_parameter() -> None:
    event = decode(b"{}", "application/json; charset=utf-8", HEADERS)

    assert event.datacontenttype == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-03-09T13:05:00Z", TIME),
        (b"2026-03-09T13:05:00Z", TIME),
        (TIME, TIME),  # the AMQP type T, as aio-pika hands it over
        (TIME.replace(tzinfo=None), TIME),
        (1773061500000, TIME),
        (1773061500500, TIME + timedelta(milliseconds=500)),
    ],
)
def test_binary_event_can_have_a_native_time(time: Json, expected: datetime) -> None:
    assert binary(time=time).time == expected


@pytest.mark.parametrize("time", [1773061500, -1, 10**18, True, 1.5, {}, [], b"\xff"])
def test_native_time_out_of_range_is_refused(time: Json) -> None:
    with pytest.raises(InvalidEvent) as caught:
        binary(time=time)

    assert caught.value.field == "time"


def test_headers_may_be_bytes_and_others_are_ignored() -> None:
    headers = {name: str(value).encode() for name, value in HEADERS.items()}
    event = decode(b"{}", "application/json", {**headers, "x-delivery-count": 2, "traceparent": "00-1"})

    assert event.id == "a-1"
    assert event.extensions == {}


def test_http_headers_are_case_insensitive() -> None:
    headers = {f"Ce-{name.title()}": value for name, value in ATTRIBUTES.items()}

    assert decode(b"{}", "application/json", headers).id == "a-1"


def test_extension_header_can_have_a_native_type() -> None:
    event = binary(expirytime=TIME, quiet="true", sequence=3)

    assert event.extensions == {"expirytime": "2026-03-09T13:05:00+00:00", "quiet": "true", "sequence": 3}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", b"\xff"),
        ("id", "\udcff"),  # what a decoder with surrogateescape leaves behind
        ("id", 7),
        ("subject", "\ud800"),
        ("region", {"a": 1}),
        ("region", b"\xff"),
        ("ID", "x"),
        ("data", "x"),
        ("", "x"),
    ],
)
def test_a_wrong_header_is_named(name: str, value: Json) -> None:
    with pytest.raises(InvalidEvent) as caught:
        binary(**{name: value})

    assert caught.value.field == name


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": 1}', "application/vnd.coproservicios+json; charset=utf-8", {"a": 1}),
        (b'{"a": 1}', None, {"a": 1}),
        (b"", "application/json", None),
        (b"<a/>", "application/xml", b"<a/>"),
        (b"\x00\xff", "application/octet-stream", b"\x00\xff"),
    ],
)
def test_binary_data_is_read_by_its_content_type(
    body: bytes, content_type: str | None, expected: Json
) -> None:
    assert decode(body, content_type, HEADERS).data == expected


def test_a_binary_event_with_broken_json_is_refused() -> None:
    with pytest.raises(InvalidEvent) as caught:
        binary(b'{"radicado": "PQ-1"')

    assert caught.value.field == "data"
