"""Malformed input of publishers and providers, by mistake or in malice, as hypothesis strategies."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from hypothesis import strategies as st

from hub.cloudevents import CONTENT_TYPE
from hub.cloudevents.schemas import Schemas

AT: Final = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
ATTRIBUTES: Final = (
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "datacontenttype",
    "dataschema",
    "subject",
)

_SCHEMAS: Final = Schemas.load()
NAMES: Final = sorted(_SCHEMAS.by_name)

TEXT: Final = st.text(max_size=20)
"""With NUL and lone surrogates."""
JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
CONTENT_TYPES: Final = st.sampled_from(
    [None, "", CONTENT_TYPE, f"{CONTENT_TYPE}; charset=latin-1", "application/json", "text/plain", "\udcff/x"]
)
TABLE_VALUES: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | TEXT
    | st.binary(max_size=20)
    | st.just(AT)
    | st.just(Decimal("1.5"))
    | st.lists(st.integers(0, 9) | TEXT, max_size=2)
    | st.dictionaries(st.text(max_size=5), st.integers(0, 9) | TEXT, max_size=2)
)
"""Values that an AMQP table may hold, as the client library hands them over."""
HEADERS: Final = st.dictionaries(
    st.sampled_from(
        [f"{prefix}{name}" for prefix in ("cloudEvents_", "cloudEvents:", "ce-") for name in ATTRIBUTES]
    )
    | TEXT,
    TABLE_VALUES,
    max_size=6,
)


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """Something that comes in under a routing key."""

    body: bytes
    key: str
    content_type: str | None = CONTENT_TYPE
    headers: Mapping[str, Any] = field(default_factory=dict)


def envelope(name: str, number: int = 0) -> dict[str, Any]:
    """Make an event that is right: an example of its schema."""
    examples = _SCHEMAS.by_name[name].examples
    return {
        "specversion": "1.0",
        "id": f"{name}-{number}",
        "source": "urn:test:thrower",
        "type": f"co.coproservicios.{name}.v1",
        "time": AT.isoformat(),
        "data": deepcopy(examples[number % len(examples)]),
    }


@st.composite
def broken(draw: st.DrawFn) -> Thrown:
    """Make an event in which one thing, anywhere, is something else."""
    name = draw(st.sampled_from(NAMES))
    event = envelope(name, draw(st.integers(0, 3)))
    parent, key = draw(st.sampled_from(list(_places(event))))
    if draw(st.booleans()):
        parent[key] = draw(JSON)
    else:
        del parent[key]
    return Thrown(body=json.dumps(event).encode(), key=name)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in it, as its container and its key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in _places(value[key])]


@st.composite
def cut(draw: st.DrawFn) -> Thrown:
    """Make the beginning of an event, or one with some octets exchanged."""
    name = draw(st.sampled_from(NAMES))
    body = json.dumps(envelope(name)).encode()
    at = draw(st.integers(0, len(body)))
    return Thrown(
        body=body[:at] + draw(st.binary(max_size=4)) + (body[at + 4 :] if draw(st.booleans()) else b""),
        key=name,
    )


THROWN: Final = (
    broken()
    | cut()
    | st.builds(
        Thrown,
        body=st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()),
        key=st.sampled_from(NAMES),
        content_type=CONTENT_TYPES,
        headers=HEADERS,
    )
)
