"""Several words of one audience may mean the same people: each is told once, of all their units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hub.model import Person
from hub.people.audience.groups import Addressee, Group
from hub.people.units import in_order


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
