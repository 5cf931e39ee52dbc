"""Who holds the levels of a clock's ladder, where it belongs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from hub.model import Clock, Person
from hub.people.audience.groups import Group


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
