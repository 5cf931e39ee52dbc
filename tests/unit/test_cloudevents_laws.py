"""Properties of every event, and of any other input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.cloudevents import CONTENT_TYPE, decode, encode
from hub.errors import InvalidEvent
from hub.model import Event, Json

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
