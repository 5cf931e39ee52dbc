"""What a form offers to choose from: works, outages and assemblies that were written here and may go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from hub.doors.operator import Operator
from hub.model import Json
from hub.people.units import own_name
from hub.rendering.filters import fecha

LATELY: Final = timedelta(days=180)
_OPENED_BY: Final[Mapping[str, tuple[str, str]]] = {
    "works": ("maintenance.scheduled.announced", "work_id"),
    "outages": ("building.outage.reported", "outage_id"),
    "assemblies": ("admin.assembly.convened", "assembly_id"),
}
"""Word of `x-pick` → the event that opens such a case, and the field with its id."""
_ABOUT: Final = ("description", "title", "service", "affected_services", "kind")
_WHEN: Final = ("starts_at", "since")


async def picks_of(by: Operator, schema: Mapping[str, Json]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return, for each list that the form of an event chooses from, the ids with their words."""
    asked = {rule.get("x-pick") for rule in schema["properties"].values()} & _OPENED_BY.keys()
    return {word: await _picks(by, *_OPENED_BY[word]) for word in sorted(asked)}


async def _picks(by: Operator, event: str, field: str) -> Sequence[tuple[str, str]]:
    found = await by.stores.communications.opened(event, by.now - LATELY, by.places)
    return [(data[field], _words(data, own_name(name))) for data, name in found]


def _words(data: Mapping[str, Json], building: str) -> str:
    about = next((data[name] for name in _ABOUT if data.get(name)), "")
    shown = ", ".join(about) if isinstance(about, list) else str(about)
    day = next((fecha(data[name]) for name in _WHEN if data.get(name)), "")
    return ", ".join(word for word in (shown, day, building) if word)
