"""The spans of delivery: each message of a ticket, and each call of a provider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from hub.errors import Unavailable
from hub.model import Attempt, Claimed, Outcome
from hub.model.state_machine import LOST
from hub.model.traces import Span, SpanKind, Step, Trace, new_span_id, step_id, trace_of
from hub.ports import DeliveryStore
from hub.tasks import reraise_if_cancelled

log = structlog.get_logger()

Traces = Mapping[UUID, Trace]
"""By the key of the event."""
NOT_TRACED: Final[Traces] = {}


async def traces_of(claimed: Sequence[Claimed], store: DeliveryStore) -> Traces:
    """Look up the traces of these messages. Nothing is traced while the database is away."""
    try:
        found = await store.events_of({claim.message.event_key for claim in claimed})
    except Unavailable as exc:
        reraise_if_cancelled()
        log.warning("traces.not_found", error=str(exc))
        return {}
    return {key: trace_of(key, stored.event.extensions) for key, stored in found.items()}


def log_fields(traces: Traces, key: UUID) -> Mapping[str, str]:
    """Return the fields about the trace of this event for a line of the log."""
    return {"trace_id": traces[key].trace_id} if key in traces else {}


def spans_of(
    decided: Sequence[tuple[Claimed, Outcome]], traces: Traces, *, began: datetime, ended: datetime
) -> Iterator[Span]:
    """Make the spans of messages whose outcomes are recorded."""
    for claim, outcome in decided:
        trace = traces.get(claim.message.event_key)
        if trace is None or not trace.sampled:
            continue
        delivery = _delivery(claim, outcome, trace, began=began, ended=ended)
        yield delivery
        for attempt in outcome.attempts:
            yield _call(claim, attempt, delivery)


def _delivery(claim: Claimed, outcome: Outcome, trace: Trace, *, began: datetime, ended: datetime) -> Span:
    message = claim.message
    return Span(
        name="message deliver",
        kind=SpanKind.CONSUMER,
        trace_id=trace.trace_id,
        span_id=new_span_id(),
        parent=step_id(message.event_key, Step.TICKET),
        began=began,
        ended=ended,
        attributes={
            "hub.message_id": str(message.id),
            "cloudevents.event_id": message.event_id,
            "hub.channel": message.channel,
            "hub.lane": str(message.lane),
            "hub.state": str(outcome.state),
            "hub.reason": outcome.reason or "",
            "hub.attempt": claim.attempt,
        },
        failed=outcome.state in LOST,
    )


def _call(claim: Claimed, attempt: Attempt, delivery: Span) -> Span:
    return Span(
        name="provider call",
        kind=SpanKind.CLIENT,
        trace_id=delivery.trace_id,
        span_id=new_span_id(),
        parent=delivery.span_id,
        began=attempt.at,
        ended=attempt.at + attempt.took,
        attributes={
            "hub.message_id": str(attempt.message_id),
            "hub.channel": claim.message.channel,
            "hub.provider": attempt.provider,
            "hub.outcome": attempt.outcome,
        },
        failed=attempt.outcome != "accepted",
    )
