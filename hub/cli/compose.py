"""What `hub publish` reads, made into whole CloudEvents. Pure: no I/O, no clock of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.errors import InvalidEvent
from hub.model import TYPE_PREFIX, Json, type_of

SOURCE = "urn:coproservicios:cli"
_ENVELOPE = frozenset({"specversion", "data", "data_base64", "datacontenttype"})
"""A document with one of these is an event; without any of them it may be an event's data alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is put in where a document leaves it out."""

    type: str | None
    source: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def read_documents(text: str) -> Sequence[Json]:
    """Read one JSON value, an array of them, or one on each line (NDJSON)."""
    try:
        whole = json.loads(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise InvalidEvent(f"not JSON: {error}") from None
        return [_read_line(number, line) for number, line in enumerate(lines, 1)]
    return whole if isinstance(whole, list) else [whole]


def _read_line(number: int, line: str) -> Json:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InvalidEvent(f"line {number} is not JSON: {error}") from None


def complete(document: Json, missing: Missing) -> dict[str, Json]:
    """Make a structured CloudEvent; what the document says itself stays."""
    if not isinstance(document, dict):
        raise InvalidEvent(f"an event is a JSON object, not {type(document).__name__}")
    event = document if _is_event(document, missing) else {"data": document}
    kind = event.get("type") or missing.type
    if not kind:
        raise InvalidEvent('say which event it is: --type pqrs.received, or "type" in the file', field="type")
    filled = {
        "specversion": "1.0",
        "id": missing.new_id(),
        "source": missing.source,
        "time": missing.now().isoformat(),
        "datacontenttype": "application/json",
    }
    return {**filled, **event, "type": full_type(str(kind))}


def _is_event(document: dict[str, Json], missing: Missing) -> bool:
    # With --type the file is data unless it shows an envelope's own marks: data may have a `type` too.
    return bool(_ENVELOPE & document.keys()) or (missing.type is None and "type" in document)


def full_type(kind: str) -> str:
    """`pqrs.received` → `co.coproservicios.pqrs.received.v1`; a full type stays."""
    return kind if kind.startswith(TYPE_PREFIX) else type_of(kind)
