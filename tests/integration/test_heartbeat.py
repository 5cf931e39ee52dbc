"""The outside address is called while all is well, and only then."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat

import pytest
from aiohttp import web
from msgspec import structs
from structlog.testing import capture_logs

from hub.app.otlp import KEPT, OtlpTracer
from hub.health import heartbeat
from hub.model.traces import Span, SpanKind, new_span_id
from hub.settings import SecretUrl
from hub.tasks import cancel
from tests.acceptance.harness import until
from tests.providers.http import Behaviour, HttpServer, answering, drop, hang
from tests.providers.otlp import Collector, Taken

SOON = timedelta(milliseconds=20)
PATIENCE = timedelta(milliseconds=200)
WORD = "a-word-that-is-a-secret"


class Listener(HttpServer):
    """Counts GETs of one path, and complains of everything else."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.get(f"/{WORD}", self._count_call)]

    @property
    def url(self) -> SecretUrl:
        return SecretUrl(f"{self.base}/{WORD}")

    async def _count_call(self, request: web.Request) -> web.StreamResponse:
        self.require("no body", holds=not request.can_read_body)
        self.require("no cookie", holds=not request.cookies)
        self.calls += 1
        return await self.scripted(request) or web.Response(text="OK")


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with Listener() as opened:
        yield opened
    assert [] == opened.violations


@asynccontextmanager
async def pinging(url: SecretUrl, well: Iterator[bool]) -> AsyncIterator[None]:
    task = asyncio.create_task(heartbeat.run(url, lambda: next(well), every=SOON, patience=PATIENCE))
    try:
        yield
    finally:
        await cancel(task)


async def test_while_all_is_well_it_is_called_again_and_again(listener: Listener) -> None:
    async with pinging(listener.url, repeat(True)):
        await until(lambda: listener.calls >= 3, "three pings")


async def test_it_is_not_called_while_something_is_wrong(listener: Listener) -> None:
    asked: list[bool] = []

    def well() -> Iterator[bool]:
        for answer in chain(repeat(False, 5), repeat(True)):
            asked.append(answer)
            if answer is False:
                assert listener.calls == 0
            yield answer

    async with pinging(listener.url, well()):
        await until(lambda: listener.calls >= 1, "the ping after the repair")

    assert [False] * 5 == asked[:5]


@pytest.mark.parametrize(
    "behaviour", [answering(500), answering(302, headers={"Location": "/else"}), drop, hang]
)
async def test_next_ping_comes_after_any_answer_and_the_word_is_not_logged(
    listener: Listener, behaviour: Behaviour
) -> None:
    # Twice: the client itself asks again where a connection was lost.
    listener.script += [behaviour] * 2
    with capture_logs() as logs:
        async with pinging(listener.url, repeat(True)):
            await until(lambda: listener.calls >= 3, "the pings after it")

    assert {"heartbeat.refused", "heartbeat.unheard"} & {line["event"] for line in logs}
    assert WORD not in str(logs)


async def test_nobody_there_is_only_logged() -> None:
    with capture_logs() as logs:
        async with pinging(SecretUrl(f"http://127.0.0.1:1/{WORD}"), repeat(True)):
            await until(lambda: len(logs) >= 2, "two tries")

    assert {"heartbeat.unheard"} == {line["event"] for line in logs}
    assert WORD not in str(logs)


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
