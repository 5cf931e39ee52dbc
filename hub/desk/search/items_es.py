"""Words of a search for each thing that it has found, in Spanish. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from hub.desk.communications.rows import KINDS_ES, STATES_ES
from hub.desk.search.rows import (
    FoundCommunication,
    FoundEvent,
    FoundMessage,
    FoundPerson,
    FoundPlace,
    GroupKind,
    SearchItem,
)
from hub.model import Event
from hub.operations.cases.lookup import title_of
from hub.people.masking import mask_name
from hub.people.units import own_name
from hub.ports.cases import KnownCase
from hub.rendering.filters import lista, nombre
from hub.rendering.labels_es import CHANNELS, ROLES, state_label
from hub.rendering.titles_es import EVENTS

GROUPS: Final[Mapping[GroupKind, str]] = {
    "people": "Personas",
    "units": "Unidades",
    "copropiedades": "Copropiedades",
    "cases": "Casos",
    "communications": "Comunicaciones",
    "events": "Avisos",
    "messages": "Mensajes",
}
"""Group of the answer → its title."""


def person(found: FoundPerson, *, named: bool) -> SearchItem:
    homes = {place for _, _, place in found.roles if place}
    where = [found.building] if found.building else []
    return SearchItem(
        kind="person",
        id=found.ref,
        title=found.name if named else mask_name(found.name),
        detail=" · ".join([*_roles(found), *where]),
        copropiedad=homes.pop() if len(homes) == 1 else None,
    )


def _roles(found: FoundPerson) -> Iterator[str]:
    """Yield `propietario y residente, Torre 1, apartamento 101`: each unit once."""
    homes: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for role, unit, _ in found.roles:
        homes[unit][ROLES.get(role, role)] = None
    for unit, roles in homes.items():
        yield f"{lista(list(roles))}, {unit}" if unit else lista(list(roles))


def unit(found: FoundPlace) -> SearchItem:
    return SearchItem(
        kind="unit",
        id=found.id,
        title=found.name,
        detail=own_name(found.building or found.copropiedad),
        copropiedad=found.copropiedad,
    )


def copropiedad(found: FoundPlace) -> SearchItem:
    return SearchItem(
        kind="copropiedad",
        id=found.id,
        title=found.name,
        detail=found.address or "",
        copropiedad=found.id,
    )


def case(found: KnownCase, *, words: bool) -> SearchItem:
    first = found.first
    data = first.event.data if words and first is not None and isinstance(first.event.data, dict) else {}
    number = _number(found.case, first.event if first else None)
    return SearchItem(
        kind="case",
        id=found.case,
        title=title_of(found),
        detail=" · ".join(filter(None, (number, str(data.get("subject") or "")))),
        copropiedad=first.copropiedad_id if first else None,
        at=first.event.time if first else None,
    )


def _number(key: str, first: Event | None) -> str:
    radicado = first.data.get("radicado") if first is not None and isinstance(first.data, dict) else None
    if isinstance(radicado, str):
        return radicado
    kind, _, number = key.partition(":")
    # What somebody wrote has a number that only machines read.
    return "" if kind == "thread_id" else number or key


def communication(found: FoundCommunication) -> SearchItem:
    kind = KINDS_ES.get(found.kind, "")
    named = [kind] if kind != found.title else []
    return SearchItem(
        kind="communication",
        id=str(found.id),
        title=found.title or kind,
        detail=" · ".join([*named, STATES_ES[found.state]]),
        copropiedad=found.places[0] if found.places is not None and len(found.places) == 1 else None,
        at=found.changed_at,
    )


def event_type(name: str) -> SearchItem:
    return SearchItem(kind="event_type", id=name, title=EVENTS.get(name, name), detail="Sus mensajes")


def event(found: FoundEvent, *, words: bool) -> SearchItem:
    name = Event(id=found.id, source="", type=found.type, time=found.time).name
    return SearchItem(
        kind="event",
        id=str(found.key),
        title=EVENTS.get(name, name),
        detail=found.words if words and found.words else found.id,
        copropiedad=found.copropiedad,
        at=found.time,
    )


def message(found: FoundMessage, *, named: bool) -> SearchItem:
    name = nombre(found.name)
    state = state_label(found.state, found.reason, found.channel)
    channel = CHANNELS.get(found.channel, found.channel)
    return SearchItem(
        kind="message",
        id=str(found.id),
        title=EVENTS.get(found.event, found.event),
        detail=" · ".join(filter(None, (channel, state, name if named else mask_name(name)))),
        copropiedad=found.copropiedad,
        at=found.created_at,
    )
