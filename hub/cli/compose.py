"""Completing the documents of `hub publish` to CloudEvents. Pure: no I/O, no clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.errors import InvalidEvent
from hub.model import TYPE_PREFIX, Json, type_of

SOURCE = "urn:coproservicios:cli"
_ENVELOPE = frozenset({"specversion", "data", "data_base64", "datacontenttype"})
"""A document with one of these fields is an event; one without may be only an event's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Values for the attributes that a document leaves out."""

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
    """Return a structured CloudEvent; the document's own attributes stay."""
    if not isinstance(document, dict):
        raise InvalidEvent(f"an event is a JSON object, not {type(document).__name__}")
    event = document if _is_event(document, missing) else {"data": document}
    kind = event.get("type") or missing.type
    if not kind:
        raise InvalidEvent('name the event: --type pqrs.received, or "type" in the file', field="type")
    filled = {
        "specversion": "1.0",
        "id": missing.new_id(),
        "source": missing.source,
        "time": missing.now().isoformat(),
        "datacontenttype": "application/json",
    }
    return {**filled, **event, "type": full_type(str(kind))}


def _is_event(document: dict[str, Json], missing: Missing) -> bool:
    # With --type a document without an _ENVELOPE field is data, even if it has a field `type`.
    return bool(_ENVELOPE & document.keys()) or (missing.type is None and "type" in document)


def full_type(kind: str) -> str:
    """`pqrs.received` → `co.coproservicios.pqrs.received.v1`; a full type stays."""
    return kind if kind.startswith(TYPE_PREFIX) else type_of(kind)
