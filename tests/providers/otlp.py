"""
An OpenTelemetry collector that takes traces by OTLP over HTTP as JSON, stricter than a real one.

The official protocol buffers read each request; besides, ids and instants must be possible, and no attribute
may be there that this file does not name: a new one could be of a person.
"""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.providers.http import HttpServer

ATTRIBUTES: Final = frozenset(
    {"cloudevents.event_id", "cloudevents.event_type", "cloudevents.event_source", "hub.message_id"}
    | {"hub.channel", "hub.lane", "hub.state", "hub.reason", "hub.attempt", "hub.provider", "hub.outcome"}
)
RESOURCE: Final = {"service.name", "service.version", "service.instance.id"}
IDS: Final = {"traceId": 32, "spanId": 16, "parentSpanId": 16}
SECOND: Final = 10**9


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A span as the collector has understood it; ids in hex."""

    name: str
    kind: str
    trace_id: str
    span_id: str
    parent: str
    attributes: dict[str, str | int]
    failed: bool


class Collector(HttpServer):
    """Takes traces at /v1/traces. `spans` are those that it has taken."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[Taken] = []
        self.requests = 0

    def routes(self) -> Sequence[web.RouteDef]:
        return [web.post("/v1/traces", self._take)]

    @property
    def url(self) -> str:
        return f"{self.base}/v1/traces"

    def of(self, trace_id: str) -> list[Taken]:
        return [span for span in self.spans if span.trace_id == trace_id]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        self.require("JSON", holds=request.content_type == "application/json")
        self.require("no cookie", holds=not request.cookies)
        if scripted := await self.scripted(request):
            return scripted
        taken = json_format.ParseDict(self._binary_ids(json.loads(await request.read())), _new())
        self.require("spans", holds=bool(taken.resource_spans))
        for of_resource in taken.resource_spans:
            named = {attribute.key for attribute in of_resource.resource.attributes}
            self.require(f"the resource's attributes, not {named}", holds=named == RESOURCE)
            for of_scope in of_resource.scope_spans:
                self.spans += map(self._taken, of_scope.spans)
        return web.json_response({})

    def _binary_ids(self, value: Any) -> Any:
        """Turn hex into base64: OTLP's ids are the exception to the JSON of protocol buffers."""
        if isinstance(value, list):
            return [self._binary_ids(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {
            key: self._id(key, item) if key in IDS else self._binary_ids(item) for key, item in value.items()
        }

    def _id(self, key: str, value: Any) -> str:
        possible = isinstance(value, str) and re.fullmatch(rf"[0-9a-f]{{{IDS[key]}}}", value) is not None
        self.require(f"{key}: {value}", holds=possible and int(value, 16) != 0)
        return base64.b64encode(bytes.fromhex(value)).decode()

    def _taken(self, span: Span) -> Taken:
        attributes = {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
        self.require(f"known attributes, not {sorted(attributes)}", holds=set(attributes) <= ATTRIBUTES)
        self.require("unique attributes", holds=len(attributes) == len(span.attributes))
        self.require("a kind", holds=span.kind != Span.SPAN_KIND_UNSPECIFIED)
        self.require("a name", holds=bool(span.name))
        begun, ended = span.start_time_unix_nano, span.end_time_unix_nano
        self.require("instants in order", holds=0 < begun <= ended < begun + 3600 * SECOND)
        return Taken(
            name=span.name,
            kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent=span.parent_span_id.hex(),
            attributes=attributes,
            failed=span.status.code == Status.STATUS_CODE_ERROR,
        )


def _new() -> ExportTraceServiceRequest:
    return ExportTraceServiceRequest()
