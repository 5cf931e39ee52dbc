"""Binary events, and any bytes: decoded or refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.cloudevents import CONTENT_TYPE, decode, encode
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


ENVELOPE: Final[Mapping[str, Json]] = {
    "specversion": "1.0",
    "id": "a-1",
    "source": "/pqrs",
    "type": "co.coproservicios.pqrs.received.v1",
    "time": "2026-03-09T08:05:00-05:00",
    "data": {"radicado": "PQ-1"},
}

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20).filter(
    lambda name: name not in {*ENVELOPE, "subject", "datacontenttype", "dataschema", "quiet", "expirytime"}
)
VISIBLE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=50)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
EVENTS = st.builds(
    Event,
    id=VISIBLE,
    source=st.sampled_from(["urn:hub", "/pqrs", "https://a.example/b?c#d"]),
    type=VISIBLE,
    time=st.datetimes(datetime(1970, 1, 2), datetime(9998, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    data=JSON | st.binary(max_size=50),
    subject=st.none() | VISIBLE,
    datacontenttype=st.none() | VISIBLE,
    dataschema=st.none() | VISIBLE,
    extensions=st.dictionaries(NAMES, st.booleans() | st.integers() | VISIBLE, max_size=3),
)


@given(EVENTS)
def test_encoded_event_is_decoded_to_the_same(event: Event) -> None:
    assert decode(encode(event), CONTENT_TYPE, {}) == event


@given(st.binary(max_size=200), st.sampled_from([None, "", CONTENT_TYPE, "application/json", "text/plain"]))
@example(b"", CONTENT_TYPE)
def test_any_bytes_are_decoded_or_refused(body: bytes, content_type: str | None) -> None:
    with pytest.raises(InvalidEvent):
        decode(body, content_type, {})


@given(st.dictionaries(st.sampled_from([*ENVELOPE, "datacontenttype", "x", "Ü"]), JSON))
def test_any_envelope_is_decoded_or_refused(changed: dict[str, Json]) -> None:
    try:
        event = decode(json.dumps({**ENVELOPE, **changed}).encode(), CONTENT_TYPE, {})
    except InvalidEvent as error:
        assert error.reason  # noqa: PT017 - one of two right answers
    else:
        assert event.time.tzinfo is UTC
