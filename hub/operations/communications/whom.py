"""People of a communication: from the words that choose them to one row each, in one copropiedad."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hub.errors import InvalidAudience, TooLarge
from hub.model import Person, PropertyScope
from hub.model.communications import Whom
from hub.people.audience import Group, asked, merge_person, parse, within
from hub.storage import communication_drafts, people
from hub.storage.database import Runner

_PAGE: Final = 500
_TOO_MANY: Final = "More than {most} people."
_ELSEWHERE: Final = "audience: {read!r} is not of your copropiedades"

Chosen = Mapping[str, Sequence[Person]]
"""Copropiedad → its people, by ref; each person is in one copropiedad alone."""


class Scope(Struct, frozen=True, kw_only=True):
    """Where words reach: `allowed` are the copropiedades of whoever chooses, `every` all that there are."""

    allowed: PropertyScope
    every: Sequence[str]


async def choose(run: Runner, whom: Whom, scope: Scope, *, most: int | None = None) -> Chosen:
    """
    Return the people whom these words mean now, without those of the exceptions.

    Who belongs to several copropiedades is told once, in the first by id of those that were asked for.
    Raises InvalidAudience, and TooLarge for more than `most`.
    """
    found = await _found(run, whom.to, scope, most)
    without = await _found(run, whom.without, scope) if whom.without else {}
    chosen: dict[str, list[Person]] = {}
    for ref, homes in sorted(found.items()):
        if ref not in without:
            place = min(homes)
            chosen.setdefault(place, []).append(homes[place])
    return chosen


def refuse_elsewhere(words: Iterable[str], groups: Sequence[Group], allowed: PropertyScope) -> None:
    """Refuse words that name a copropiedad which the operator does not reach. Raises InvalidAudience."""
    if allowed is None:
        return
    for word, group in zip(words, groups, strict=True):
        if group.everywhere or (group.copropiedad_id is not None and group.copropiedad_id not in allowed):
            raise InvalidAudience(_ELSEWHERE.format(read=word))


async def places_of(run: Runner, whom: Whom, allowed: PropertyScope) -> list[str] | None:
    """
    Return the copropiedades of the people whom the words mean, None for the whole company.

    Raises InvalidAudience for a place, unit or person that the operator does not reach.
    """
    groups = asked(whom.to)
    refuse_elsewhere(whom.to, groups, allowed)
    if any(group.everywhere for group in groups):
        return None
    found = {group.copropiedad_id for group in groups if group.copropiedad_id is not None}
    units = [group.unit_id for group in groups if group.unit_id is not None]
    persons = [group.person for group in groups if group.person is not None]
    known = await people.places(run, units) if units else {}
    homes = await communication_drafts.homes(run, persons) if persons else {}
    for ref in (*units, *persons):
        near = [known[ref]] if ref in known else list(homes.get(ref, ()))
        reached = [place for place in near if allowed is None or place in allowed]
        if not reached:
            raise InvalidAudience(_ELSEWHERE.format(read=ref))
        found.add(reached[0])
    return sorted(found)


def buildings_of(whom: Whom) -> list[str]:
    """Return the copropiedades that the words themselves name."""
    return sorted({group.copropiedad_id for group in asked(whom.to) if group.copropiedad_id})


def is_whole(whom: Whom, place: str, towers: Iterable[str] = ()) -> bool:
    """Return whether everybody who lives there, or in each of these towers, is meant."""
    homes = {
        one.place.tower
        for one in map(parse, whom.to)
        if one.word == "residents" and not one.opted_in and one.place is not None and one.place.id == place
    }
    return not whom.without and homes >= (set(towers) or {""})


def towers_of(whom: Whom, place: str) -> tuple[str, ...]:
    """Return the towers whose people are meant; none where others of the building are meant too."""
    terms = [one for one in map(parse, whom.to) if one.place is not None and one.place.id == place]
    towers = [one.place.tower for one in terms if one.place is not None]
    return tuple(sorted(set(towers))) if towers and all(towers) and not whom.without else ()


async def _found(
    run: Runner, words: Sequence[str], scope: Scope, most: int | None = None
) -> dict[str, dict[str, Person]]:
    """Return person → copropiedad → the person as a member of it. Raises TooLarge for more than `most`."""
    terms = list(dict.fromkeys(words))
    groups = [asked([word])[0] for word in terms]
    refuse_elsewhere(terms, groups, scope.allowed)
    found: dict[str, dict[str, Person]] = {}
    wide = [group for group in _in_each(groups, scope) if group.paged and group.copropiedad_id is not None]
    others = [group for group in groups if not group.paged]
    for members in (*(_pages(run, group) for group in wide), _few(run, others, scope)):
        async for place, person in members:
            homes = found.setdefault(person.ref, {})
            homes[place] = merge_person(homes.get(place, person), person)
            if most is not None and len(found) > most:
                raise TooLarge(_TOO_MANY.format(most=most))
    return found


def _in_each(groups: Iterable[Group], scope: Scope) -> list[Group]:
    """Turn a group of the whole directory into one for each copropiedad."""
    return [
        part
        for group in groups
        for part in (within([group], frozenset(scope.every), {}) if group.everywhere else [group])
    ]


async def _pages(run: Runner, group: Group) -> AsyncIterator[tuple[str, Person]]:
    after, place = "", group.copropiedad_id or ""
    while page := await people.page(run, group, after, _PAGE):
        for person in page:
            yield place, person
        after = page[-1].ref


async def _few(run: Runner, groups: Sequence[Group], scope: Scope) -> AsyncIterator[tuple[str, Person]]:
    """Yield the people of units, of duties and those who are named, all in a few statements."""
    members = await people.look_up(run, groups) if groups else {}
    refs = {person.ref for group in groups for person in members[group]}
    homes = await communication_drafts.homes(run, refs) if refs else {}
    units = [group.unit_id for group in groups if group.unit_id is not None]
    places = await people.places(run, units) if units else {}
    for group in groups:
        named = places.get(group.unit_id or "") or group.copropiedad_id
        for person in members[group]:
            near = (home for home in homes.get(person.ref, ()) if reaches(scope, home))
            place = named or next(near, None)
            if place is None or not reaches(scope, place):
                raise InvalidAudience(_ELSEWHERE.format(read=_word(group)))
            yield place, replace(person, left_out=None)


def reaches(scope: Scope, place: str) -> bool:
    """Return whether whoever chooses may choose people of this copropiedad."""
    return scope.allowed is None or place in scope.allowed


def _word(group: Group) -> str:
    return f"person:{group.person}" if group.person is not None else f"unit:{group.unit_id}"
