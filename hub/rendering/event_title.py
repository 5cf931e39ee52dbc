"""The Spanish title of an event by its type."""

from __future__ import annotations

from hub.model import TYPE_PREFIX, TYPE_SUFFIX
from hub.rendering.titles_es import EVENTS


def event_title(event_type: str) -> str:
    """Return the title of `co.coproservicios.pqrs.received.v1`; of an unknown type its name."""
    name = event_type.removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)
    return EVENTS.get(name, name)
