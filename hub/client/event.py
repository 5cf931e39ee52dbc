"""An event as its publisher has it in hand, and its bytes. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from hub.client import event_types
from hub.errors import InvalidEvent

PREFIX: Final = "co.coproservicios."
SUFFIX: Final = ".v1"
CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
MAX_BODY: Final = 1_048_576
"""Bytes of the largest event that the hub accepts."""
_NAMESPACE: Final = UUID("6f1f4b2e-5a0b-5c67-9f0e-3c6d0c0e5b7a")
_RESERVED: Final = frozenset(
    {
        *("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data", "data_base64"),
        # The hub's own: it takes anybody else's away.
        "mendedby",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """
    One CloudEvent 1.0: `CloudEvent(type="pqrs.replied", data={…}, id="reply-7")`.

    `type` is the event's name or its full type. (`source`, `id`) is its identity: the same pair again changes
    nothing. Without an `id` one is made of source, type, time and data, so that the same event has the same
    one. Give `time`, which is when it happened, or that is now. `source` is the publisher's, if it has none.
    `traceparent` is that of the trace that it belongs to (W3C). `extensions` are further attributes of
    CloudEvents, such as `quiet` and `expirytime`.
    """

    type: str
    data: Mapping[str, Any]
    id: str | None = None
    source: str | None = None
    time: datetime | None = None
    subject: str | None = None
    traceparent: str | None = None
    extensions: Mapping[str, str | int | bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The routing key: `pqrs.replied`."""
        return self.type.removeprefix(PREFIX).removesuffix(SUFFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An event that is ready to be sent: its routing key, its bytes, and what was filled in."""

    key: str
    body: bytes
    id: str
    source: str
    time: datetime
    traceparent: str | None


def envelope(event: CloudEvent, *, source: str | None, now: datetime) -> Envelope:
    """Complete and encode an event. Raises InvalidEvent; only the hub knows whether its data is right."""
    origin = _required(event.source or source, "source")
    at = event.time or now
    if at.tzinfo is None:
        raise InvalidEvent("time: expected an offset from UTC", field="time")
    if taken := _RESERVED & event.extensions.keys():
        raise InvalidEvent(f"extensions: {min(taken)} is no extension", field=min(taken))
    kind = f"{PREFIX}{_known(_required(event.name, 'type'))}{SUFFIX}"
    time, data = at.astimezone(UTC).isoformat(), _json(event.data)
    key = event.id or str(uuid5(_NAMESPACE, f"{origin}\n{kind}\n{time}\n{data}"))
    attributes = {
        "specversion": "1.0",
        "id": key,
        "source": origin,
        "type": kind,
        "time": time,
        "subject": event.subject,
        "datacontenttype": "application/json",
        "traceparent": event.traceparent,
        **event.extensions,
    }
    body = _json({name: value for name, value in attributes.items() if value is not None})
    # The data is written once: it may be large.
    encoded = f'{body[:-1]},"data":{data}}}'.encode()
    if len(encoded) > MAX_BODY:
        raise InvalidEvent(f"the event has more than {MAX_BODY} bytes: put large things elsewhere")
    return Envelope(
        key=event.name, body=encoded, id=key, source=origin, time=at, traceparent=event.traceparent
    )


def _required(value: str | None, name: str) -> str:
    if not value:
        raise InvalidEvent(f"{name}: required", field=name)
    return value


def _known(name: str) -> str:
    # RabbitMQ takes any type, and the hub makes a dead letter of one that it does not know.
    if (known := event_types.names()) and name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        hint = f"; near: {', '.join(near)}" if near else ""
        raise InvalidEvent(f"type: unknown, expected an event of the hub's catalogue{hint}", field="type")
    return name


def _json(value: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        # Its text may quote the value.
        raise InvalidEvent(
            f"data: not to be written as JSON ({type(error).__name__})", field="data"
        ) from None
    return text
