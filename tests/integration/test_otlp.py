"""The collector of traces: the spans that it gets, and the losses while it is away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from hub.app.otlp import KEPT, OtlpTracer
from hub.model.traces import Span, SpanKind, new_span_id
from hub.settings import SecretUrl
from tests.acceptance.harness import until
from tests.providers.http import Behaviour, answering, drop, hang
from tests.providers.otlp import Collector, Taken

NOW = datetime(2026, 3, 9, 13, 0, 0, 250_000, tzinfo=UTC)
SPAN = Span(
    name="provider call",
    kind=SpanKind.CLIENT,
    trace_id="a" * 32,
    span_id="b" * 16,
    parent="c" * 16,
    began=NOW,
    ended=NOW + timedelta(milliseconds=20),
    attributes={"hub.provider": "smtp", "hub.attempt": 2, "hub.reason": ""},
    failed=True,
)


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with Collector() as opened:
        yield opened
    assert [] == opened.violations


def tracer(collector: Collector) -> OtlpTracer:
    return OtlpTracer(SecretUrl(collector.url), every=0.01, patience=0.2)


def spans(number: int) -> Iterable[Span]:
    return [structs.replace(SPAN, span_id=new_span_id()) for _ in range(number)]


async def test_a_span_arrives_as_it_is(collector: Collector) -> None:
    async with tracer(collector) as tracing:
        tracing.record([SPAN])
        await until(lambda: bool(collector.spans), "the span")

    expected = Taken(
        name="provider call",
        kind="CLIENT",
        trace_id="a" * 32,
        span_id="b" * 16,
        parent="c" * 16,
        attributes={"hub.provider": "smtp", "hub.attempt": 2},
        failed=True,
    )
    assert [expected] == collector.spans
    assert "" == replace(collector.spans[0], parent="").parent


async def test_what_is_left_is_sent_when_the_process_ends(collector: Collector) -> None:
    async with OtlpTracer(SecretUrl(collector.url), every=3600) as tracing:
        tracing.record(spans(1300))

    assert 1300 == len({span.span_id for span in collector.spans})
    assert 3 == collector.requests


@pytest.mark.parametrize("fault", [answering(503), answering(429), drop, hang])
async def test_a_collector_that_is_away_for_a_while_loses_nothing(
    collector: Collector, fault: Behaviour
) -> None:
    collector.script.extend([fault, fault])
    async with tracer(collector) as tracing:
        tracing.record(spans(3))
        await until(lambda: bool(collector.spans), "the spans")

    assert 3 == len({span.span_id for span in collector.spans})


async def test_a_refusal_drops_its_spans_and_says_so(collector: Collector) -> None:
    collector.script.append(answering(400))
    with capture_logs() as logs:
        async with tracer(collector) as tracing:
            tracing.record(spans(2))
            await until(lambda: bool(logs), "the refusal")
            tracing.record([SPAN])
            await until(lambda: bool(collector.spans), "the next span")

    assert ["b" * 16] == [span.span_id for span in collector.spans]
    assert [("traces.not_sent", "HTTP 400", 2)] == [
        (log["event"], log["error"], log["dropped"]) for log in logs
    ]


async def test_what_waits_has_a_limit(collector: Collector) -> None:
    async with OtlpTracer(SecretUrl(collector.url), every=3600) as tracing:
        tracing.record(spans(KEPT + 10))

    assert KEPT == len(collector.spans)
