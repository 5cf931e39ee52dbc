"""What of a group is seen by somebody who reaches some copropiedades and not all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from hub.model import Person, PropertyScope
from hub.people.audience.groups import Group

Homes = Mapping[str, Collection[str]]
"""`unit:ID` and `person:ID` → the copropiedades that they belong to."""

_PERSON: Final = "person"


def within(groups: Iterable[Group], places: PropertyScope, homes: Homes) -> list[Group]:
    """Leave what belongs to these places, as if there were nothing else; all of it where `places` is None."""
    if places is None:
        return list(groups)
    return [one for group in groups for one in _seen(group, places, homes)]


def at_home(people: Iterable[Person], group: Group, places: PropertyScope, homes: Homes) -> list[Person]:
    """Leave of those who answer for a place whom the places reach: the company's staff is of none."""
    if places is None or not group.nearest:
        return list(people)
    return [person for person in people if set(homes.get(f"{_PERSON}:{person.ref}", ())) & places]


def home_of(group: Group) -> str | None:
    """Answer whose home decides about a group: a unit's or a person's."""
    if group.person is not None:
        return f"{_PERSON}:{group.person}"
    return None if group.unit_id is None else f"unit:{group.unit_id}"


def _seen(group: Group, places: Collection[str], homes: Homes) -> list[Group]:
    if group.everywhere:
        return [replace(group, everywhere=False, copropiedad_id=place) for place in sorted(places)]
    home = home_of(group)
    there = {group.copropiedad_id} if home is None else set(homes.get(home, ()))
    return [group] if there & set(places) else []
