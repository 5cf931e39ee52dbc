"""The spans of intake: how the events of a batch were received, planned and handed over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from hub.model import Event, Json, RawMessage
from hub.model.ids import event_key
from hub.model.traces import TRACEPARENT, Span, SpanKind, Step, parse, step_id, trace_of
from hub.ports import Now
from hub.ports.traces import Tracer


def with_trace(event: Event, headers: Mapping[str, Json]) -> Event:
    """
    Return the event with the `traceparent` of its AMQP or HTTP message, if it has none of its own.

    The event's own trace is where it began, and stays. Only the understood part of the header is kept: its
    end may be of any length, and no text at all.
    """
    found = None if TRACEPARENT in event.extensions else parse(headers.get(TRACEPARENT))
    if found is None:
        return event
    value = f"00-{found.trace_id}-{found.parent}-{int(found.sampled):02x}"
    return replace(event, extensions={**event.extensions, TRACEPARENT: value})


def trace_ids(events: Mapping[UUID, tuple[Event, RawMessage]]) -> Mapping[UUID, Mapping[str, str]]:
    """Return what lines of the log say of the trace of each event."""
    return {key: {"trace_id": trace_of(key, event.extensions).trace_id} for key, (event, _) in events.items()}


@dataclass(slots=True)
class BatchTrace:
    """The instants at which the steps of a batch were done; `record` makes the spans."""

    tracer: Tracer
    now: Now
    began: datetime = field(init=False)
    planned: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.planned = self.now()

    def plan_ended(self) -> None:
        self.planned = self.now()

    def record(self, events: Mapping[UUID, tuple[Event, RawMessage]], ticketed: Collection[UUID]) -> None:
        """Record the steps of these events; `ticketed` are those that have messages to send."""
        self.tracer.record(self._spans(events, ticketed, self.now()))

    def _spans(
        self, events: Mapping[UUID, tuple[Event, RawMessage]], ticketed: Collection[UUID], ended: datetime
    ) -> Iterator[Span]:
        for key, (event, raw) in events.items():
            trace = trace_of(key, event.extensions)
            if not trace.sampled:
                continue
            came = step_id(key, Step.RECEIVE) if raw.caller else trace.parent
            steps = [
                (Step.INTAKE, SpanKind.CONSUMER, raw.received_at, ended, came),
                (Step.PLAN, SpanKind.INTERNAL, self.began, self.planned, step_id(key, Step.INTAKE)),
            ]
            if key in ticketed:
                plan = step_id(key, Step.PLAN)
                steps.append((Step.TICKET, SpanKind.PRODUCER, self.planned, ended, plan))
            for step, kind, since, until, parent in steps:
                yield Span(
                    name=step,
                    kind=kind,
                    trace_id=trace.trace_id,
                    span_id=step_id(key, step),
                    parent=parent,
                    began=since,
                    ended=until,
                    attributes=attributes_of(event),
                )


def received(events: Iterable[Event], *, began: datetime, ended: datetime) -> Iterator[Span]:
    """Make the spans of events that came over HTTP and are with the broker."""
    for event in events:
        key = event_key(event)
        trace = trace_of(key, event.extensions)
        if trace.sampled:
            yield Span(
                name=Step.RECEIVE,
                kind=SpanKind.SERVER,
                trace_id=trace.trace_id,
                span_id=step_id(key, Step.RECEIVE),
                parent=trace.parent,
                began=began,
                ended=ended,
                attributes=attributes_of(event),
            )


def attributes_of(event: Event) -> dict[str, str | int]:
    """Name the event as OpenTelemetry does. Its subject is left out: it may name a person."""
    return {
        "cloudevents.event_id": event.id,
        "cloudevents.event_type": event.type,
        "cloudevents.event_source": event.source,
    }
