"""`hub publish --example`: a complete event of each type, from the examples of its schema."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Final
from uuid import uuid4

from hub.business_time import WorkCalendar
from hub.catalog import BY_NAME, CATALOG
from hub.cloudevents.schemas import Schemas
from hub.contact_rules.lawful_dates import unlawful_dates
from hub.doors.terminal import print_json, print_table
from hub.errors import UnknownName
from hub.model import HUB_SOURCE, RECALL, TYPE_PREFIX, TYPE_SUFFIX, Event, Json
from hub.rendering.titles_es import EVENTS

_SOURCE: Final = "urn:my-system"


def print_examples(name: str | None, *, as_json: bool) -> None:
    """Print the example of an event; without a name list the events."""
    if name is not None:
        print_json(example_of(name, now=datetime.now(UTC), event_id=str(uuid4())))
    elif as_json:
        print_json([{"name": kind.name, "type": kind.type, "own": kind.hub_emitted} for kind in CATALOG])
    else:
        rows = [
            (kind.name, EVENTS.get(kind.name, ""), "solo el hub" if kind.hub_emitted else "")
            for kind in CATALOG
        ]
        print_table(("evento", "qué es", "quién lo publica"), rows)


def example_of(name: str, *, now: datetime, event_id: str) -> Mapping[str, Json]:
    """Return a complete event; one that only the hub publishes has the hub's source. Raises UnknownName."""
    kind = BY_NAME.get(name.removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX))
    if kind is None:
        near = get_close_matches(name, BY_NAME, n=1)
        meant = f": do you mean {near[0]}?" if near else "; --example without a name lists all"
        raise UnknownName(f"there is no event {name}{meant}")
    schemas = Schemas.load()
    data = schemas.by_name[kind.name].examples[0]
    own = data["source"] if kind.name == RECALL else _SOURCE  # only its own publisher takes an event back
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": HUB_SOURCE if kind.hub_emitted else own,
        "type": kind.type,
        "time": now.isoformat(timespec="seconds"),
        "datacontenttype": "application/json",
        "data": _lawful(kind.type, data, now, schemas.calendar),
    }


def _lawful(
    type_: str, data: Mapping[str, Json], now: datetime, calendar: WorkCalendar
) -> Mapping[str, Json]:
    """Return the example with dates that may be announced now: those of the schema are of one day."""
    event = Event(id="", source=_SOURCE, type=type_, time=now, data=data)
    for found in unlawful_dates(event, calendar):
        return _lawful(type_, {**data, found.field: found.lawful.isoformat()}, now, calendar)
    return data
