"""The OpenAPI 3.1 document of the HTTP API, built from the route table and the schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any, Final

import msgspec
from aiohttp import hdrs
from msgspec import Struct

from hub.cloudevents import BATCH_TYPE
from hub.desk.nouns import NOUNS as DESK
from hub.desk.people.rows import NOUNS
from hub.web.documents.asyncapi import envelope
from hub.web.rate_limit import LIMIT, POLICY
from hub.web.requests import shapes_of
from hub.web.responses import PROBLEM_TYPE
from hub.web.route import Route
from hub.web.schemas.common import Archive, NoQuery, Pdf, Problem, SentFile, SheetFile
from hub.web.schemas.inbox import InboxEvents

_REF: Final = "#/components/schemas/{name}"
_PARAMETER: Final = re.compile(r"{(\w+)}")
_EVENT: Final = {
    "description": "A CloudEvent 1.0 in structured mode; `/asyncapi.json` describes the data of each type.",
    **envelope({"type": "string", "examples": ["co.coproservicios.pqrs.received.v1"]}, {}),
}
_ONE: Final = {"$ref": _REF.format(name="Event")}
_BINARY: Final = {"type": "string", "format": "binary"}
_OCTETS: Final = "application/octet-stream"
_FILES: Final[Mapping[type, str]] = {
    SentFile: _OCTETS,
    Archive: "application/zip",
    Pdf: "application/pdf",
    SheetFile: "text/csv",
}
"""Answers that are no JSON, and their media types."""
BODIES: Final = {shape: example for noun in DESK for shape, example in noun.examples.items()}
"""Examples of bodies; a test reads each one as the shape that it is of."""
_SEVERAL: Final = {"type": "array", "items": _ONE}
_EVENTS_BODY: Final = {
    "required": True,
    "content": {
        "application/json": {"schema": {"oneOf": [_ONE, _SEVERAL]}},
        "application/cloudevents+json": {"schema": _ONE},
        BATCH_TYPE: {"schema": _SEVERAL},
    },
}
_RAW_BODIES: Final[Mapping[str, Any]] = {
    "/api/events": _EVENTS_BODY,
    "/api/dead/{id}/mend": {
        "required": True,
        "description": "The body of the event as it should have come: the whole event, or, of one in binary "
        "mode, its data. It may also be sent as application/cloudevents+json.",
        # One media type alone: of two, openapi-python-client makes a module that cannot be imported.
        "content": {"application/json": {"schema": {}}},
    },
}
"""Path → the body of a handler that reads its octets by itself."""


def describe(routes: Iterable[Route], *, version: str) -> dict[str, Any]:
    """Describe the routes that have `answers`; the rest are pages."""
    documented = [route for route in routes if route.answers]
    shapes = [shape for route in documented for shape in route.answers.values()]
    queries = [_query(route) for route in documented]
    bodies = [body for route in documented if (body := _body(route)) is not None]
    _, made = msgspec.json.schema_components([*shapes, *bodies, *queries], ref_template=_REF)
    components = _for_generators(made)
    unnamed = {query.__name__ for query in queries} | {shape.__name__ for shape in _FILES}
    paths: dict[str, dict[str, Any]] = {}
    for route in documented:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "hub", "version": version, "description": _DESCRIPTION},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Event": _EVENT,
                **{name: shape for name, shape in components.items() if name not in unnamed},
            },
        },
    }


_DESCRIPTION: Final = (
    "Events in, and what became of them. With HUB_API_KEY set a key is needed as a Bearer token, with one "
    "of the `x-scopes`; without it the hub answers on this machine only. Errors are problems (RFC 9457). A "
    "list is read page by page: `next`, also as a Link (RFC 8288), is the `after` of the next page. "
    "RateLimit says how many requests are left; 429 comes with Retry-After. `docs/api.md` has more."
)


def at(document: Mapping[str, Any], public_url: str) -> dict[str, Any]:
    """Return the document of the hub that has this address."""
    return {**document, "servers": [{"url": public_url}]}


def _for_generators(schema: Any) -> Any:
    """
    Say of arrays what programs that make clients need, and what means the same.

    `items` is never `false`, for `maxItems` says it of a tuple, and never left out.
    """
    if isinstance(schema, list):
        return [_for_generators(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _for_generators(part) for name, part in schema.items() if (name, part) != ("items", False)}
    is_open = found.get("type") == "array" and not found.keys() & {"items", "prefixItems"}
    return {**found, "items": {}} if is_open else found


def _operation(route: Route, components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": _summary(route),
        "tags": [route.path.split("/")[1 + route.is_api]],
        **({"x-scopes": sorted(route.needs)} if route.needs else {}),
        "parameters": [*_path_parameters(route), *_query_parameters(components[_query(route).__name__])],
        "responses": {
            str(status): _response(route, status, shape) for status, shape in _answers(route).items()
        },
    }
    if route.path in _RAW_BODIES:
        operation["requestBody"] = _RAW_BODIES[route.path]
    if (body := _body(route)) is not None:
        schema = {"$ref": _REF.format(name=body.__name__)}
        example = {"example": BODIES[body]} if body in BODIES else {}
        operation["requestBody"] = {
            "required": _needs_body(body),
            "content": {"application/json": {"schema": schema, **example}},
        }
    if route.needs is None:
        operation["security"] = []
    return operation


def _query(route: Route) -> type[Struct]:
    return shapes_of(route.handler).get("query", NoQuery)


def _body(route: Route) -> type[Struct] | None:
    return shapes_of(route.handler).get("body", route.body)


def _summary(route: Route) -> str:
    return cleandoc(route.handler.__doc__ or "").partition("\n")[0].removesuffix(".")


def _answers(route: Route) -> dict[int, Any]:
    return dict(sorted({**dict.fromkeys(_errors(route), Problem), **route.answers}.items()))


def _errors(route: Route) -> set[int]:
    """Return the statuses that follow from the kind of the route."""
    errors = {403, 500}
    if not route.is_api:
        return errors
    # `guard` may refuse the caller, the query or the rate; a server may be down.
    errors |= {400, 401, 429, 503}
    if _PARAMETER.search(route.path):
        errors.add(404)
    if route.method != hdrs.METH_GET:
        errors.add(415)
    if _body(route) is not None:
        errors.add(413)
    return errors


def _needs_body(body: type[Struct]) -> bool:
    """Return whether a field has no default: an empty body counts as `{}`."""
    return any(field.required for field in msgspec.structs.fields(body))


def _response(route: Route, status: int, shape: type) -> dict[str, Any]:
    schema = _BINARY if shape in _FILES else {"$ref": _REF.format(name=shape.__name__)}
    names = _headers(route, status, shape)
    headers = {name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in names}
    return {
        "description": _MEANINGS[status],
        **({"headers": headers} if headers else {}),
        "content": {_media_type(shape): {"schema": schema}},
    }


def _headers(route: Route, status: int, shape: type) -> list[str]:
    names = [LIMIT, POLICY] if route.is_api and status < 400 else []
    if route.method == hdrs.METH_GET and "after" in _query(route).__struct_fields__ and status == 200:
        names.append(hdrs.LINK)
    if status in {429, 503} and issubclass(shape, Problem):
        names.append(hdrs.RETRY_AFTER)
    asked = [hdrs.WWW_AUTHENTICATE] if status == 401 else []
    return [str(name) for name in (*names, *asked)]


_HEADERS: Final[Mapping[str, str]] = {
    LIMIT: 'What is left: `"api";r=5999;t=60` is 5999 requests within 60 seconds',
    POLICY: 'The quota: `"api";q=6000;w=60` is 6000 requests in 60 seconds',
    hdrs.LINK: '`<…>; rel="next"`: the next page, if there is one',
    hdrs.RETRY_AFTER: "Seconds after which to try again",
    hdrs.WWW_AUTHENTICATE: "`Bearer`",
}


def _media_type(shape: type) -> str:
    if shape in _FILES:
        return _FILES[shape]
    if issubclass(shape, Problem):
        return PROBLEM_TYPE
    return "text/event-stream" if issubclass(shape, InboxEvents) else "application/json"


_MEANINGS: Final = {
    200: "As asked",
    201: "Made",
    202: "Taken: what is accepted is with the broker, durably; what is refused is listed",
    300: "Several; ask again for one of them",
    400: "The request is not right",
    401: "The key is missing or wrong",
    403: "Not from there, or the key has not the scope",
    404: "Not there",
    405: "Nothing of this kind is taken out",
    409: "There is one already, or it is too late",
    413: "Too large",
    415: "Not JSON, or encoded",
    422: "No event is accepted; each is refused with its reason",
    429: "Too many requests; try again later",
    500: "A fault of the hub: its log has the `instance`",
    503: "A server of the hub does not answer; try again",
}


_PARTS: Final = {
    "id": {"type": "string", "format": "uuid"},
    "name": {"type": "string"},
    "ref": {"type": "string"},
    "key": {"type": "string", "examples": ["PQ-2026-000901", "pqrs_id:pqrs-ejemplo-1"]},
    "kind": {"enum": list(NOUNS)},
    "code": {"type": "string", "examples": ["K7F2M9QDTX"]},
    "event": {"type": "string", "examples": ["pqrs.received"]},
    "channel": {"type": "string", "examples": ["email"]},
    "place": {"type": "integer", "minimum": 1, "maximum": 99},
}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PARTS[name]}
        for name in _PARAMETER.findall(route.path)
    ]


def _query_parameters(shape: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in shape.get("required", ()),
            "schema": _without_null(schema),
        }
        for name, schema in shape.get("properties", {}).items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Remove null from a parameter's schema: callers omit a parameter, they never send null."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name != "anyOf" and value is not None}
    return (
        {**options[0], **kept} if len(options) == 1 else {**kept, **({"anyOf": options} if options else {})}
    )
