"""
Traces of events, as W3C Trace Context and OpenTelemetry name them. Pure.

Nothing of a trace is stored: its id is the publisher's, which the event carries, or else the event's key; the
ids of its steps are made from the key. So each role knows them by itself, also after a night in `held`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from hashlib import blake2b
from typing import Final
from uuid import UUID, uuid4

from msgspec import Struct

from hub.model.json import Json

TRACEPARENT: Final = "traceparent"
"""The attribute of a CloudEvent, the header of AMQP and of HTTP."""
_FORM: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED: Final = 1


class SpanKind(IntEnum):
    """OTLP's numbers."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class Step(StrEnum):
    """The steps of an event that happen once; each is the parent of the next one."""

    RECEIVE = "event receive"
    """It came over HTTP."""
    INTAKE = "event intake"
    PLAN = "event plan"
    TICKET = "message ticket"


class Trace(Struct, frozen=True, kw_only=True):
    """The trace of an event; `parent` is the publisher's span, if it has named one."""

    trace_id: str
    parent: str | None = None
    sampled: bool = True


class Span(Struct, frozen=True, kw_only=True):
    """One step, after it has ended. Attributes are ids, names and numbers: never data of a person."""

    name: str
    kind: SpanKind
    trace_id: str
    span_id: str
    parent: str | None
    began: datetime
    ended: datetime
    attributes: Mapping[str, str | int]
    failed: bool = False


def parse(value: Json) -> Trace | None:
    """Read a `traceparent`; None if it is none by https://www.w3.org/TR/trace-context/#traceparent-header."""
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    version, trace_id, parent, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not int(trace_id, 16) or not int(parent, 16):
        return None
    return Trace(trace_id=trace_id, parent=parent, sampled=bool(int(flags, 16) & _SAMPLED))


def trace_of(key: UUID, extensions: Mapping[str, Json]) -> Trace:
    """Return the trace of the event with this key."""
    return parse(extensions.get(TRACEPARENT)) or Trace(trace_id=key.hex)


def step_id(key: UUID, step: Step) -> str:
    """Return the id of a step's span, the same in every process."""
    return blake2b(f"{step}:{key}".encode(), digest_size=8).hexdigest()


def new_span_id() -> str:
    """Return an id for a step that may happen again, such as a delivery."""
    return uuid4().hex[:16]
