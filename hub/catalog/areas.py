"""The service area of the company that an event type belongs to, as `service_area` names it in events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_AREAS: Final[Mapping[str, tuple[str, ...]]] = {
    "atencion": ("support", "pqrs", "sla", "inbound"),
    "administracion": ("admin", "service", "policy", "staff", "contract"),
    "contabilidad": ("accounting",),
    "inmobiliaria": ("realestate",),
    "conserjeria": ("concierge",),
    "mantenimiento": ("maintenance", "building"),
    "satisfaccion": ("survey", "satisfaction", "quality"),
    "datos_personales": ("privacy",),
    "emergencias": ("emergency",),
}
"""Area → the first words of its events' names. Events about the directory or the hub itself have none."""

AREA_OF: Final[Mapping[str, str]] = {word: area for area, words in _AREAS.items() for word in words}


def area_of(event_name: str) -> str:
    """Return the area of an event type; empty for one of none."""
    return AREA_OF.get(event_name.partition(".")[0], "")
