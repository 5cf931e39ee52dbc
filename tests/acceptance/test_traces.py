"""One trace from the publisher to the provider, seen by a collector."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from hub.local.loopback import free_port
from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, event, hub_process, publisher, until
from tests.providers.otlp import Collector, Taken

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
WAY = ["event intake", "event plan", "message ticket", "message deliver", "provider call"]


@pytest.fixture
async def collector(house: House) -> AsyncIterator[Collector]:
    async with Collector() as opened:
        house.settings["HUB_TRACES_URL"] = opened.url
        yield opened
    assert [] == opened.violations


async def payment(publisher: Publisher, headers: dict[str, str] | None = None, **attributes: str) -> str:
    envelope = event("admin.payment.received", directory.PAYMENT, **attributes)
    body = json.dumps(envelope).encode()
    await publisher.publish_bytes(body, "admin.payment.received", headers=headers)
    return str(envelope["id"])


def way_of(call: Taken, spans: list[Taken]) -> list[Taken]:
    """The spans from the publisher to this one."""
    by_id = {span.span_id: span for span in spans}
    way = [call]
    while (parent := by_id.get(way[0].parent)) is not None:
        way.insert(0, parent)
    return way


def mail_calls(spans: list[Taken]) -> list[Taken]:
    return [
        span for span in spans if span.name == "provider call" and span.attributes["hub.channel"] == "email"
    ]


async def traced(collector: Collector, trace_id: str = TRACE) -> list[Taken]:
    await until(lambda: bool(mail_calls(collector.of(trace_id))), "the call of the provider in the trace")
    call = mail_calls(collector.of(trace_id))[0]
    await until(lambda: len(way_of(call, collector.of(trace_id))) >= len(WAY), "all steps")
    return way_of(call, collector.of(trace_id))


async def test_one_trace_leads_from_the_publisher_over_rabbitmq_to_the_provider(
    house: House, collector: Collector
) -> None:
    hub = house.hub()
    async with hub_process(hub), publisher(house.amqp_url) as publishing:
        await directory.publish_all(publishing)
        event_id = await payment(publishing, {"traceparent": GIVEN})
        way = await traced(collector)
        await house.settled(event_id)

    assert WAY == [span.name for span in way]
    assert SPAN == way[0].parent
    assert ["CONSUMER", "INTERNAL", "PRODUCER", "CONSUMER", "CLIENT"] == [span.kind for span in way]
    assert {TRACE} == {span.trace_id for span in way}
    assert event_id == way[0].attributes["cloudevents.event_id"]
    assert ("smtp", "accepted") == (way[-1].attributes["hub.provider"], way[-1].attributes["hub.outcome"])
    sent = [line for line in hub.lines() if line.get("event_id") == event_id]
    assert sent
    assert {TRACE} == {line["trace_id"] for line in sent}
    assert {span.attributes["hub.message_id"] for span in way[3:]} <= {line["message_id"] for line in sent}
    # Nothing of a person: the collector has refused each attribute that it does not know.
    assert "ana@example.co" not in str(collector.spans)


async def test_the_trace_of_the_event_itself_counts_and_one_that_is_not_sampled_is_none(
    house: House, collector: Collector
) -> None:
    async with house.running() as publishing:
        await directory.publish_all(publishing)
        silent = await payment(publishing, traceparent=f"00-{'d' * 32}-{SPAN}-00")
        await house.settled(silent)
        await payment(publishing, {"traceparent": f"00-{'e' * 32}-{SPAN}-01"}, traceparent=GIVEN)
        await traced(collector)

    assert [] == collector.of("d" * 32) == collector.of("e" * 32)


async def test_an_event_that_comes_over_http_keeps_the_trace_of_its_request(
    house: House, collector: Collector
) -> None:
    house.settings["HUB_HTTP"] = address = f"127.0.0.1:{free_port()}"
    async with house.running() as publishing, aiohttp.ClientSession(f"http://{address}") as api:
        await directory.publish_all(publishing)
        body = event("admin.payment.received", directory.PAYMENT)
        async with api.post("/api/events", json=body, headers={"traceparent": GIVEN}) as answer:
            assert 202 == answer.status
        await traced(collector)
        await until(lambda: "event receive" in {span.name for span in collector.of(TRACE)}, "the request")
        way = await traced(collector)

    assert ["event receive", *WAY] == [span.name for span in way]
    assert SPAN == way[0].parent


async def test_an_event_without_a_trace_begins_one(house: House, collector: Collector) -> None:
    async with house.running() as publishing:
        await directory.publish_all(publishing)
        event_id = await payment(publishing)
        await until(lambda: bool(mail_calls(collector.spans)), "the call of the provider")
        call = mail_calls(collector.spans)[0]
        way = await traced(collector, call.trace_id)

    assert WAY == [span.name for span in way]
    assert ("", event_id) == (way[0].parent, way[0].attributes["cloudevents.event_id"])
