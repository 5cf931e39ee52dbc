"""
Groups: people of the directory, described so that a store can look them up.

Also merges groups, limits them to some copropiedades, and makes the groups of escalation levels.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.model import Clock, Person, PropertyScope, Role
from hub.people.units import in_order

RESIDENTS: Final = ("resident", "tenant")
ABSENTEES: Final = (Role.OWNER.value, Role.PROXY.value)
"""Whom a property concerns that they do not live in."""
STAFF: Final = (Role.STAFF.value,)
EVERY_ROLE: Final = tuple(role.value for role in Role)


class Group(Struct, frozen=True, kw_only=True):
    """
    People of the directory, described. Exactly one of these shapes:

    `person`; `unit_id` + `roles`; `copropiedad_id` + `roles` (+ `towers`, empty = all; + `near`, towers
    whose people come first, and the others are of an `other_tower`);
    `everywhere` + `roles`, of the whole directory; `chosen`; `duty` or `level`, for staff of the copropiedad
    and service area, else of the company.

    With `roles`, `service_area` selects only its staff; `unless`, of a copropiedad, leaves out whoever also
    has one of those roles there. `opted_in` is a purpose: people who have not
    consented to it are left out. `authorised` is one too: people come with what is on record about it.
    `chosen` names rows of people that a communication has chosen (`PLAN.PART`).
    """

    person: str | None = None
    roles: tuple[str, ...] = ()
    unit_id: str | None = None
    copropiedad_id: str | None = None
    towers: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    duty: str | None = None
    level: int | None = None
    service_area: str | None = None
    opted_in: str | None = None
    authorised: str | None = None
    everywhere: bool = False
    unless: tuple[str, ...] = ()
    chosen: str | None = None

    @property
    def paged(self) -> bool:
        """True for a group that a store can read page by page, by ref."""
        return (bool(self.roles) and self.unit_id is None) or self.chosen is not None

    @property
    def nearest(self) -> bool:
        """True for the staff responsible for a place: its own, else the company's."""
        return self.duty is not None or self.level is not None

    @property
    def broad(self) -> bool:
        """
        True for a group that may have thousands of people; it is expanded page by page, after the others.

        Staff is some hundreds and comes first: a person who is staff and owner gets the text for staff.
        """
        return self.paged and self.roles != STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A party of the case (the petitioner …) that no event has named yet."""

    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastResort:
    """Somebody who is notified when nobody else of the audience can be."""

    person: Person


Addressee = Group | Person | Unknown | LastResort


def level_groups(clock: Clock, levels: Iterable[int], *, place: str | None) -> Mapping[int, Group]:
    """Make the group of each level: the audience of the clock's own event."""
    area = clock.context.get("service_area")
    return {level: Group(level=level, copropiedad_id=place, service_area=area) for level in levels}


def anybody(people: Iterable[Person], away: Container[str]) -> bool:
    """
    Return whether any of these people is available; `away` are the refs of those on leave.

    If all of a group are on leave without delegates, a lookup returns them anyway.
    """
    return any(person.left_out is None and person.ref not in away for person in people)


def merge_groups(addressees: Iterable[Addressee]) -> list[Addressee]:
    """
    Merge broad groups of the same place into one, with all their roles.

    Expanded separately, they would find a person twice who owns one unit and is proxy for another; the
    message of the first page, which is kept, would name only one unit.
    """
    addressees = list(addressees)
    if len(addressees) < 2:
        return addressees
    merged: dict[Addressee, Addressee] = {}
    for addressee in addressees:
        if isinstance(addressee, Group) and addressee.broad:
            place = replace(addressee, roles=())
            merged[place] = _with_roles(addressee, merged.get(place))
        else:
            merged[addressee] = addressee
    return list(merged.values())


def merge_person(person: Person, duplicate: Person) -> Person:
    """Merge a person who is in two groups of an audience: notified if either group notifies them."""
    left_out = person.left_out if duplicate.left_out is not None else None
    units = in_order((*person.units, *duplicate.units))
    weeks, any_hour = person.weeks or duplicate.weeks, person.any_hour or duplicate.any_hour
    return replace(duplicate, units=units, left_out=left_out, any_hour=any_hour, weeks=weeks)


def _with_roles(group: Group, known: Addressee | None) -> Group:
    before = known.roles if isinstance(known, Group) else ()
    return replace(group, roles=tuple(dict.fromkeys((*before, *group.roles))))


Homes = Mapping[str, Collection[str]]
"""`unit:ID` and `person:ID` → the copropiedades that they belong to."""

_PERSON: Final = "person"


def within(groups: Iterable[Group], places: PropertyScope, homes: Homes) -> list[Group]:
    """Limit groups to these places; None means no limit."""
    if places is None:
        return list(groups)
    return [part for group in groups for part in _limited(group, places, homes)]


def at_home(people: Iterable[Person], group: Group, places: PropertyScope, homes: Homes) -> list[Person]:
    """Limit the responsible staff of a group to these places; company staff belong to none."""
    if places is None or not group.nearest:
        return list(people)
    return [person for person in people if set(homes.get(f"{_PERSON}:{person.ref}", ())) & places]


def home_of(group: Group) -> str | None:
    """Return the key in `Homes` that decides the place of a group; None if the group names it."""
    if group.person is not None:
        return f"{_PERSON}:{group.person}"
    return None if group.unit_id is None else f"unit:{group.unit_id}"


def _limited(group: Group, places: Collection[str], homes: Homes) -> list[Group]:
    if group.everywhere:
        return [replace(group, everywhere=False, copropiedad_id=place) for place in sorted(places)]
    home = home_of(group)
    there = {group.copropiedad_id} if home is None else set(homes.get(home, ()))
    return [group] if there & set(places) else []
