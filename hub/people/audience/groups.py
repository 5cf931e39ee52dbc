"""
Groups: people of the directory, described so that a store can look them up.

Several put together, what of them is seen from some copropiedades, and who holds the levels of a ladder.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hub.model import Clock, Person, PropertyScope, Role
from hub.people.units import in_order

RESIDENTS: Final = ("resident", "tenant")
STAFF: Final = (Role.STAFF.value,)
EVERY_ROLE: Final = tuple(role.value for role in Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """
    People of the directory, described. Exactly one of these shapes:

    `person`; `unit_id` + `roles`; `copropiedad_id` + `roles` (+ `towers`, empty = all);
    `everywhere` + `roles`, of the whole directory; `duty` or `level`, for staff of the copropiedad
    and service area, else of the company.

    With `roles`, `service_area` leaves only its staff. `opted_in` is a purpose: whoever has not
    consented to it is left out.
    """

    person: str | None = None
    roles: tuple[str, ...] = ()
    unit_id: str | None = None
    copropiedad_id: str | None = None
    towers: tuple[str, ...] = ()
    duty: str | None = None
    level: int | None = None
    service_area: str | None = None
    opted_in: str | None = None
    everywhere: bool = False

    @property
    def paged(self) -> bool:
        """True for a group that can be read page by page, by ref."""
        return bool(self.roles) and self.unit_id is None

    @property
    def nearest(self) -> bool:
        """True for whoever answers for a place: its own staff, else the company's."""
        return self.duty is not None or self.level is not None

    @property
    def broad(self) -> bool:
        """
        True for a group that may hold thousands and is expanded page by page, after the others.

        Staff is some hundreds, and comes first: who works here and owns a unit reads what staff reads.
        """
        return self.paged and self.roles != STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A party of the case (the petitioner …) whom no event has named yet."""

    who: str


Addressee = Group | Person | Unknown


def level_groups(clock: Clock, levels: Iterable[int], *, place: str | None) -> Mapping[int, Group]:
    """Make the group of each level: whom the clock's own event would speak to."""
    area = clock.context.get("service_area")
    return {level: Group(level=level, copropiedad_id=place, service_area=area) for level in levels}


def anybody(people: Iterable[Person], away: Container[str]) -> bool:
    """
    Tell whether somebody of these is there; `away` are the refs of those on leave.

    Where all of a group are on leave and nobody stands in, a lookup answers them all the same.
    """
    return any(person.left_out is None and person.ref not in away for person in people)


def merge_groups(found: Iterable[Addressee]) -> list[Addressee]:
    """
    Make broad groups of the same place one, with the roles of all.

    Expanded each by itself, they would find somebody who owns one unit and is proxy for another twice, and
    the message of the first page, which stays, would name one unit only.
    """
    joined: dict[Addressee, Addressee] = {}
    for one in found:
        if isinstance(one, Group) and one.broad:
            place = replace(one, roles=())
            joined[place] = _with_roles(one, joined.get(place))
        else:
            joined[one] = one
    return list(joined.values())


def merge_person(one: Person, again: Person) -> Person:
    """Put somebody together whom two groups of an audience hold: told if either group tells them."""
    left_out = one.left_out if again.left_out is not None else None
    units = in_order((*one.units, *again.units))
    weeks, any_hour = one.weeks or again.weeks, one.any_hour or again.any_hour
    return replace(again, units=units, left_out=left_out, any_hour=any_hour, weeks=weeks)


def _with_roles(group: Group, known: Addressee | None) -> Group:
    before = known.roles if isinstance(known, Group) else ()
    return replace(group, roles=tuple(dict.fromkeys((*before, *group.roles))))


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
