"""The notices to publishers on `hub.events.out`, and the results: the JSON Schema of each one's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from hub.client.event_types import FOLDER
from hub.messages.results import PREFIX
from hub.model import UnreachedReason
from hub.model.extensions import ExtensionRefusal
from hub.model.results import ResultKind

_OPTIONAL: Final = ["string", "null"]
_EXTENSION: Final[Mapping[str, Any]] = {
    "event_id": {"description": "The event that asked for the extension.", "type": "string"},
    "event_source": {"type": "string", "format": "uri-reference"},
    "event_type": {"type": "string"},
    "case": {"description": "The key of the case: `pqrs_id:…`.", "type": "string"},
    "radicado": {"type": _OPTIONAL},
    "clock": {"type": "string", "examples": ["legal_term"]},
    "asked_on": {"description": "The last day that the event named.", "type": _OPTIONAL, "format": "date"},
    "kept_on": {"description": "The day on which the clock ends.", "type": _OPTIONAL, "format": "date"},
    "due_at": {"description": "The instant.", "type": _OPTIONAL, "format": "date-time"},
    "reason": {"enum": [*ExtensionRefusal, None]},
    "detail": {"description": "The reason in words.", "type": _OPTIONAL},
}


def _extension(title: str, description: str) -> Mapping[str, Any]:
    return {
        "title": title,
        "description": description,
        "type": "object",
        "required": list(_EXTENSION),
        "properties": _EXTENSION,
    }


NOTICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "event.rejected": {
        "title": "Event rejected",
        "description": "An event could not be taken in. It is kept as a dead letter.",
        "type": "object",
        "required": ["dead_letter_id", "reason", "field", "event_type", "event_id", "event_source"],
        "properties": {
            "dead_letter_id": {"type": "string", "format": "uuid"},
            "reason": {"description": "What to correct; never quotes a value.", "type": "string"},
            "field": {"description": "The field at fault: `data.kind`.", "type": _OPTIONAL},
            "event_type": {"description": "As far as it can be read.", "type": _OPTIONAL},
            "event_id": {"description": "As far as it can be read.", "type": _OPTIONAL},
            "event_source": {"description": "As far as it can be read.", "type": _OPTIONAL},
            "routing_key": {"type": "string"},
        },
    },
    "hub.event.unreached": {
        "title": "Event unreached",
        "description": "An event was taken in and does not reach all whom it is for.",
        "type": "object",
        "required": ["event_id", "event_source", "event_type", "reasons"],
        "properties": {
            "event_id": {"type": "string"},
            "event_source": {"type": "string", "format": "uri-reference"},
            "event_type": {"type": "string"},
            "reasons": {
                "description": "What is unknown, empty, late or missing, or whom no channel reaches.",
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"enum": list(UnreachedReason)},
            },
            "document": {
                "description": "With `no_document`: why it was not fetched, like `cut_short` or `http_404`.",
                "type": "string",
            },
            "fields": {
                "description": "With `bad_contact`: where the data name it, like `petitioner.phone`.",
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
            },
        },
    },
    "clock.extension.refused": _extension(
        "Clock extension refused",
        "A clock does not end on the day that an event named. People are told `kept_on`.",
    ),
    "clock.extension.granted": _extension(
        "Clock extension granted",
        "An extension that was reported as refused counts after all: an earlier event has arrived since.",
    ),
}


def results() -> Mapping[str, Mapping[str, Any]]:
    """Read the schemas of the events that publish the results of messages."""
    names = [f"{PREFIX}{kind}" for kind in ResultKind]
    return {name: msgspec.json.decode((FOLDER / f"{name}.v1.json").read_bytes()) for name in names}
