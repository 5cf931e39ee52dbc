"""Term → the group to look up, with the places of the event or its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.model import Json, StoredEvent
from hub.people.audience.groups import STAFF, Group
from hub.people.audience.language import Place, Term, needs_event, parse, refuse
from hub.people.audience.names import ALL, LEVEL, PERSON, ROLE, STAFF_WORD, UNIT, WORDS, ZONE

ZONES: Final = "zones"
"""The field with the parts of a copropiedad that an event is about: `tower:1`."""


class Scene(Struct, frozen=True, kw_only=True):
    """Where an event happens; the default for a term without a place."""

    copropiedad_id: str | None = None
    unit_id: str | None = None
    towers: tuple[str, ...] = ()
    service_area: str | None = None


_NOWHERE = Scene()


def scene_of(stored: StoredEvent) -> Scene:
    data = stored.event.data
    return Scene(
        copropiedad_id=stored.copropiedad_id,
        unit_id=stored.unit_id,
        towers=towers_in(data),
        service_area=data.get("service_area"),
    )


def towers_in(data: Mapping[str, Json]) -> tuple[str, ...]:
    zones: Iterable[str] | None = data.get(ZONES)
    return tuple(sorted(zone.removeprefix("tower:") for zone in zones)) if zones else ()


def asked(words: Iterable[str]) -> list[Group]:
    """
    Read terms without an event as groups, without duplicates.

    Raises InvalidAudience.
    """
    return list(dict.fromkeys(_alone(word) for word in words))


def _alone(word: str) -> Group:
    term = parse(word)
    if needs_event(term):
        examples = ", ".join(
            repr(known.example) for known in WORDS.values() if not needs_event(parse(known.example))
        )
        raise refuse(word, f"what needs no event, as {examples}", [*WORDS])
    return group_of(term, _NOWHERE)


@lru_cache(maxsize=1024)
def group_of(term: Term, scene: Scene) -> Group:
    """Make the group of a term at a scene. Parties and addresses are not in the directory."""
    return replace(_group(term, scene), opted_in=term.opted_in)


def _group(term: Term, scene: Scene) -> Group:
    if term.word == PERSON:
        return Group(person=term.value)
    if term.word == LEVEL or (term.word == STAFF_WORD and term.value != ALL):
        return _staff(term, scene)
    unless = WORDS[term.word].unless
    return replace(_somewhere(_roles(term), term.place, scene), service_area=term.area, unless=unless)


def _staff(term: Term, scene: Scene) -> Group:
    return Group(
        duty=term.value if term.word == STAFF_WORD else None,
        level=int(term.value) if term.word == LEVEL else None,
        copropiedad_id=(term.place and term.place.id) or scene.copropiedad_id,
        service_area=term.area or scene.service_area,
    )


def _roles(term: Term) -> tuple[str, ...]:
    if term.word == STAFF_WORD:
        return STAFF
    return (term.value,) if term.word == ROLE else WORDS[term.word].roles


def _somewhere(roles: tuple[str, ...], place: Place | None, scene: Scene) -> Group:
    """An event without its place means nobody, never everybody."""
    if place is None:
        return Group(roles=roles, everywhere=True)
    if place.kind == UNIT:
        return Group(roles=roles, unit_id=place.id or scene.unit_id or "")
    towers = scene.towers if place.kind == ZONE else (place.tower,) if place.tower else ()
    return Group(roles=roles, copropiedad_id=place.id or scene.copropiedad_id or "", towers=towers)
