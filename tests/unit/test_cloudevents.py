from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from hub.cloudevents import CONTENT_TYPE, MAX_BODY, decode, encode
from hub.cloudevents.strict_json import MAX_DEPTH
from hub.errors import InvalidEvent
from hub.model import Event, Json

VECTORS: Final = json.loads(
    (Path(__file__).parents[1] / "vectors/cloudevents_amqp.json").read_text(encoding="utf-8")
)["vectors"]
VALID: Final = [vector for vector in VECTORS if vector["valid"]]
INVALID: Final = [vector for vector in VECTORS if not vector["valid"]]

TIME: Final = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
ENVELOPE: Final[Mapping[str, Json]] = {
    "specversion": "1.0",
    "id": "a-1",
    "source": "/pqrs",
    "type": "co.coproservicios.pqrs.received.v1",
    "time": "2026-03-09T08:05:00-05:00",
    "data": {"radicado": "PQ-1"},
}


def structured(**changed: Json) -> Event:
    """Decode the envelope with these changes; `...` leaves an attribute out."""
    given = {name: value for name, value in {**ENVELOPE, **changed}.items() if value is not ...}
    return decode(json.dumps(given).encode(), CONTENT_TYPE, {})


def with_data(raw: bytes) -> Event:
    """Decode with data written as is, for values that json.dumps would not write."""
    body = json.dumps({**ENVELOPE, "data": "@"}).encode().replace(b'"@"', raw)
    return decode(body, CONTENT_TYPE, {})


def refused(body: bytes, content_type: str | None = CONTENT_TYPE) -> InvalidEvent:
    with pytest.raises(InvalidEvent) as caught:
        decode(body, content_type, {})
    return caught.value


@pytest.mark.parametrize("vector", VALID, ids=lambda vector: vector["id"])
def test_a_valid_vector_is_decoded(vector: dict[str, Any]) -> None:
    event = decode(vector["body_utf8"].encode(), vector["content_type"], vector["headers"])

    assert event.id == "01JQ7Z5Y8W3N9V6T4R2P0M1K8H"
    assert event.source == "/coproservicios/pqrs"
    assert event.name == "pqrs.received"
    assert event.time == TIME
    assert event.subject == "PQ-2026-000123"
    assert event.dataschema == "https://schemas.coproservicios.example/pqrs/received/v1"
    if vector["id"] == "structured_data_base64":
        assert event.data == b"\x00\xff"
    else:
        assert event.data["titular"] == "Peña Muñoz"


@pytest.mark.parametrize("vector", INVALID, ids=lambda vector: vector["id"])
def test_an_invalid_vector_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidEvent):
        decode(vector["body_utf8"].encode(), vector["content_type"], vector["headers"])


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "time"])
@pytest.mark.parametrize("missing", [..., None], ids=["absent", "null"])
def test_a_required_attribute_is_never_invented(name: str, missing: Json) -> None:
    with pytest.raises(InvalidEvent) as caught:
        structured(**{name: missing})

    assert caught.value.field == name
    assert caught.value.reason == f"{name}: required"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specversion", "0.3"),
        ("specversion", True),
        ("id", ""),
        ("id", 7),
        ("id", "x" * 256),
        ("id", "a\nb"),
        ("id", "a\0b"),
        ("source", "no spaces"),
        ("source", "/peña"),
        ("source", "1a:b"),
        ("source", "/a#b#c"),
        ("source", "/100%"),
        ("type", ["co.coproservicios.pqrs.received.v1"]),
        ("time", "ayer"),
        ("time", "2026-03-09T08:05:00"),
        ("time", 1773061500000),  # native timestamps are of AMQP, not of JSON
        ("time", True),
        ("subject", ""),
        ("subject", 3),
        ("dataschema", {}),
        ("Region", "x"),
        ("a_name_with_strokes", "x"),
        ("x" * 21, "x"),
        ("region", {"a": 1}),
        ("region", ["a"]),
        ("region", 1.5),
        ("expirytime", "mañana"),
        ("quiet", "yes"),
        ("data_base64", "AP8="),  # beside data
    ],
)
def test_a_wrong_attribute_is_named_without_its_value(name: str, value: Json) -> None:
    with pytest.raises(InvalidEvent) as caught:
        structured(**{name: value})

    assert caught.value.field == name
    assert "expected" in caught.value.reason
    assert repr(value) not in caught.value.reason


@pytest.mark.parametrize(
    "source",
    ["/coproservicios/pqrs", "urn:hub", "https://a.example/b?c=d#e", "pqrs", "//h/p", "a%20b", "../x"],
)
def test_a_source_is_any_uri_reference(source: str) -> None:
    assert structured(source=source).source == source


def test_extensions_are_kept_and_null_ones_are_absent() -> None:
    event = structured(
        correlationid="c-1", quiet=True, sequence=7, partitionkey=None, expirytime="2026-03-10T00:00:00-05:00"
    )

    assert event.extensions == {
        "correlationid": "c-1",
        "quiet": True,
        "sequence": 7,
        "expirytime": "2026-03-10T05:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        (b"", None, "JSON"),
        (b"{", None, "JSON"),
        (b"[]", None, "a JSON object"),
        (b'"text"', None, "a JSON object"),
        (b"null", None, "a JSON object"),
        (b"{} trailing", None, "JSON"),
        ('{"id": "á"}'.encode("latin-1"), None, "UTF-8"),
        ('{"id": "a"}'.encode("utf-16"), None, "UTF-8"),
        (b"[" * 100_000, None, "levels"),
        (b'{"id": "\xed\xa0\x80"}', None, "UTF-8"),  # a surrogate written as UTF-8
        (b"x" * (MAX_BODY + 1), None, "bytes"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_body_without_an_event_is_refused(body: bytes, field: str | None, expected: str) -> None:
    error = refused(body)

    assert error.field == field
    assert expected in error.reason


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b'{"a": "x\\u0000y"}', "data.a"),
        (b'{"a": [{"b": "\\u0000"}]}', "data.a"),
        (b'{"a\\u0000": 1}', "data.a?"),
        (b'"\\u0000"', "data"),
        (b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "data.a"),
        (b'{"a": "\\ud800"}', None),
        (b'{"a": "\\udc00\\ud800"}', None),
        (b'{"a": "\\ud83d x"}', None),
        (b'{"a": NaN}', None),
        (b'{"a": Infinity}', None),
        (b'{"a": 1e999}', None),
        (b'{"a": "x\x00y"}', None),
    ],
)
def test_data_that_a_database_cannot_store_is_refused(raw: bytes, field: str | None) -> None:
    with pytest.raises(InvalidEvent) as caught:
        with_data(raw)

    assert caught.value.field == field


def test_deepest_allowed_data_is_accepted() -> None:
    raw = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH

    assert json.dumps(with_data(raw).data).encode() == raw


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"[1, -1, 0.5]", [1, -1, 0.5]),
        (b"3.0", 3),  # JSON has one kind of number, and SQL integers take no float
        (b"18446744073709551616", 2**64),
        (b"1e308", 1e308),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"\\ud83c\\udfe0 \\\\u0000"', "🏠 \\u0000"),
        (b'"<b>{{ x }}\\r\\nBcc: a@b"', "<b>{{ x }}\r\nBcc: a@b"),
    ],
)
def test_data_is_kept_unchanged(raw: bytes, expected: Json) -> None:
    event = with_data(raw)

    assert event.data == expected
    assert decode(encode(event), CONTENT_TYPE, {}) == event


def test_a_large_number_survives_being_written_out_by_the_database() -> None:
    written_out = b"1" + b"0" * 308  # what jsonb makes of 1e308

    assert with_data(written_out).data == 10**308


def test_byte_order_mark_is_skipped() -> None:
    body = json.dumps(dict(ENVELOPE)).encode("utf-8-sig")

    assert decode(body, CONTENT_TYPE, {}).id == "a-1"


def test_largest_allowed_event_is_accepted() -> None:
    rest = len(json.dumps({**ENVELOPE, "data": {"texto": ""}}))

    assert len(structured(data={"texto": "x" * (MAX_BODY - rest)}).data["texto"]) == MAX_BODY - rest


@pytest.mark.parametrize("encoded", ["AP8", "ñ", 7, ["AP8="]])
def test_invalid_base64_data_is_refused(encoded: Json) -> None:
    with pytest.raises(InvalidEvent) as caught:
        structured(data=..., data_base64=encoded)

    assert caught.value.field == "data_base64"


def test_missing_content_type_and_headers_are_refused_with_advice() -> None:
    error = refused(json.dumps(dict(ENVELOPE)).encode(), None)

    assert error.field == "specversion"
    assert "application/cloudevents+json" in error.reason
