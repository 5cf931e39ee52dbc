"""The AsyncAPI 3.1 document of the events, built from the catalogue and the schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.model import EventType, Json, type_of

_IN: Final = "domain.events"
_OUT: Final = "hub.events.out"


@dataclass(frozen=True, slots=True, kw_only=True)
class _EventChannel:
    """
    An event as an AsyncAPI channel; `action` is the hub's: send or receive.

    With `by_source` the routing key also has the source of the publisher who gets it.
    """

    name: str
    event: str
    action: str
    exchange: str
    schema: Mapping[str, Json]
    by_source: bool = False


def describe(
    catalog: Iterable[EventType],
    schemas: Mapping[str, Json],
    notices: Mapping[str, Mapping[str, Json]],
    results: Mapping[str, Mapping[str, Json]],
    *,
    version: str,
) -> dict[str, Any]:
    """
    Describe each event as a channel; `schemas` maps an event's name to the JSON Schema of its data.

    `notices` maps the name of each event on `hub.events.out` to its schema, `results` those that a publisher
    asks for: their channels are `results.sent` …, because staff hear of `notification.undelivered` too.
    """
    events = [
        *(_event(kind, schemas[kind.name]) for kind in catalog),
        *(
            _EventChannel(name=name, event=name, action="send", exchange=_OUT, schema=schema)
            for name, schema in notices.items()
        ),
        *(_result(name, schema) for name, schema in results.items()),
    ]
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "hub", "version": version, "description": _DESCRIPTION},
        "defaultContentType": "application/cloudevents+json",
        "channels": {event.name: _channel(event) for event in events},
        "operations": {
            f"{event.action}.{event.name}": {
                "action": event.action,
                "channel": {"$ref": f"#/channels/{event.name}"},
                "messages": [{"$ref": f"#/channels/{event.name}/messages/event"}],
            }
            for event in events
        },
        "components": {
            "messages": {event.name: _message(event) for event in events},
            "schemas": {name: part for event in events for name, part in _parts(event.name, event.schema)},
        },
    }


def at(document: Mapping[str, Any], vhost: str) -> dict[str, Any]:
    """Return the document of the hub in this virtual host."""

    def placed(channel: Mapping[str, Any]) -> dict[str, Any]:
        amqp = channel["bindings"]["amqp"]
        return {**channel, "bindings": {"amqp": {**amqp, "exchange": {**amqp["exchange"], "vhost": vhost}}}}

    return {**document, "channels": {name: placed(each) for name, each in document["channels"].items()}}


_DESCRIPTION: Final = (
    "Structured CloudEvents 1.0; the routing key is the channel's address. The hub receives those on the "
    "exchange domain.events, where it also sends those that it emits itself. It sends notices to publishers "
    "about their events to the exchange hub.events.out, where each also has a key that ends in the source of "
    "the event that it is about: a publisher binds those of its own. What cannot be read names no source: "
    "its sender hears of it under event.rejected.user. and the name of its RabbitMQ user."
)

_SOURCE: Final = (
    "The source of the events, as `hub results list` shows it: characters other than letters, digits and "
    ":/-_~ are written as in a URL, a dot as %2E."
)


def _event(kind: EventType, schema: Mapping[str, Json]) -> _EventChannel:
    action = "send" if kind.hub_emitted else "receive"
    return _EventChannel(name=kind.name, event=kind.name, action=action, exchange=_IN, schema=schema)


def _result(name: str, schema: Mapping[str, Json]) -> _EventChannel:
    return _EventChannel(
        name=f"results.{name.rpartition('.')[2]}",
        event=name,
        action="send",
        exchange=_OUT,
        schema=schema,
        by_source=True,
    )


def _channel(event: _EventChannel) -> dict[str, Any]:
    exchange = {
        "name": event.exchange,
        "type": "topic",
        "durable": True,
        "autoDelete": False,
    }
    key: dict[str, Any] = {"address": event.event}
    if event.by_source:
        key = {"address": f"{event.event}.{{source}}", "parameters": {"source": {"description": _SOURCE}}}
    return {
        **key,
        "messages": {"event": {"$ref": f"#/components/messages/{event.name}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _parts(name: str, schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield the schema and each of its definitions by name: `#/$defs/…` has no meaning in this document."""
    whole = {key: value for key, value in schema.items() if key not in {"$schema", "$defs"}}
    yield name, _relocated(whole, name)
    for part, definition in schema.get("$defs", {}).items():
        yield f"{name}.{part}", _relocated(definition, name)


def _relocated(node: Json, name: str) -> Json:
    if isinstance(node, list):
        return [_relocated(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _relocated(value, name) for key, value in node.items()}
    if isinstance(target := node.get("$ref"), str):
        moved["$ref"] = target.replace("#/$defs/", f"#/components/schemas/{name}.")
    return moved


def _message(event: _EventChannel) -> dict[str, Any]:
    kind, data = type_of(event.event), {"$ref": f"#/components/schemas/{event.name}"}
    return {
        "name": kind,
        "title": event.schema.get("title", event.name),
        "contentType": "application/cloudevents+json",
        "payload": envelope({"const": kind}, data, "data"),
    }


def envelope(kind: Mapping[str, Json], data: Mapping[str, Json], *required: str) -> dict[str, Any]:
    """Describe a CloudEvent in structured mode whose type and data are like this."""
    return {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", *required],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string"},
            "source": {"type": "string", "format": "uri-reference"},
            "type": kind,
            "time": {"type": "string", "format": "date-time"},
            "data": data,
        },
    }
