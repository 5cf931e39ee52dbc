"""AsyncAPI 3.0 of the events, made from the catalogue and the schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hub.model import EventType, Json

_EXCHANGE: Final = {
    "name": "domain.events",
    "type": "topic",
    "durable": True,
    "autoDelete": False,
    "vhost": "/",
}


def describe(catalog: Iterable[EventType], schemas: Mapping[str, Json], *, version: str) -> dict[str, Any]:
    """Describe each event as a channel; `schemas` maps its name to the JSON Schema of its data."""
    kinds = tuple(catalog)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "hub", "version": version, "description": _DESCRIPTION},
        "defaultContentType": "application/cloudevents+json",
        "channels": {kind.name: _channel(kind) for kind in kinds},
        "operations": {
            f"{_action(kind)}.{kind.name}": {
                "action": _action(kind),
                "channel": {"$ref": f"#/channels/{kind.name}"},
                "messages": [{"$ref": f"#/channels/{kind.name}/messages/event"}],
            }
            for kind in kinds
        },
        "components": {
            "messages": {kind.name: _message(kind, schemas[kind.name]) for kind in kinds},
            "schemas": {name: each for kind in kinds for name, each in _parts(kind.name, schemas[kind.name])},
        },
    }


_DESCRIPTION: Final = (
    "Events on the exchange domain.events, as structured CloudEvents 1.0; the routing key is the channel's "
    "address. The hub receives them all; it sends those that it emits itself."
)


def _action(kind: EventType) -> str:
    return "send" if kind.hub_emitted else "receive"


def _channel(kind: EventType) -> dict[str, Any]:
    return {
        "address": kind.name,
        "messages": {"event": {"$ref": f"#/components/messages/{kind.name}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": _EXCHANGE, "bindingVersion": "0.3.0"}},
    }


def _parts(name: str, schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """The schema and its definitions, side by side: inside this document `#/$defs/…` leads nowhere."""
    whole = {key: value for key, value in schema.items() if key not in {"$schema", "$defs"}}
    yield name, _relocated(whole, name)
    for part, definition in schema.get("$defs", {}).items():
        yield f"{name}.{part}", _relocated(definition, name)


def _relocated(node: Json, name: str) -> Json:
    if isinstance(node, list):
        return [_relocated(each, name) for each in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _relocated(value, name) for key, value in node.items()}
    if isinstance(target := node.get("$ref"), str):
        moved["$ref"] = target.replace("#/$defs/", f"#/components/schemas/{name}.")
    return moved


def _message(kind: EventType, schema: Mapping[str, Json]) -> dict[str, Any]:
    envelope = {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string"},
            "source": {"type": "string", "format": "uri-reference"},
            "type": {"const": kind.type},
            "time": {"type": "string", "format": "date-time"},
            "data": {"$ref": f"#/components/schemas/{kind.name}"},
        },
    }
    return {
        "name": kind.type,
        "title": schema.get("title", kind.name),
        "contentType": "application/cloudevents+json",
        "payload": envelope,
    }
