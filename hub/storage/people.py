"""Looks people up: directory groups → the people in them now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record
from msgspec.structs import replace

from hub.contact_rules.working_hours import weeks_of
from hub.model import ON_LEAVE, ContactPoint, Json, Mark, Person, Preferences
from hub.people.audience import Group
from hub.people.units import in_order, unit_name
from hub.storage import consents, staff
from hub.storage.database import Runner, load

_SQL = load("directory")
_DEFAULTS: Final[Mapping[str, str]] = {"payer": "owner"}
"""Role → the role to use when nobody in the unit has it."""

_OTHER_TOWER, _ELSEWHERE = 1, 2
"""Turns of a page after the first, as its statement counts them."""

Found = dict[Group, Sequence[Person]]
Unit = tuple[str | None, str]
"""Tower and label."""


async def look_up(run: Runner, groups: Collection[Group]) -> Mapping[Group, Sequence[Person]]:
    """Return each group's people, sorted by ref, without repetition."""
    found: Found = {}
    found.update(await _named(run, [group for group in groups if group.person is not None]))
    found.update(await _of_units(run, [group for group in groups if group.unit_id is not None]))
    found.update(await _staff(run, [group for group in groups if group.duty or group.level is not None]))
    for group in groups:
        if group.paged:
            found[group] = await _page(run, group, "", None)
    return {group: await consents.asked_of(run, group, found.get(group, ())) for group in groups}


async def page(
    run: Runner,
    group: Group,
    after: str,
    limit: int | None,
    then: Group | None = None,
    *,
    beyond: bool = False,
) -> Sequence[Person]:
    """
    Return up to `limit` people of a paged group with a ref greater than `after`, then those of `then`.

    People of another tower follow the others; `beyond` says that `after` is one of them.
    """
    found = await _page(run, group, after, limit, then, beyond=beyond)
    return await consents.asked_of(run, group, found)


async def _page(
    run: Runner,
    group: Group,
    after: str,
    limit: int | None,
    then: Group | None = None,
    *,
    beyond: bool = False,
) -> Sequence[Person]:
    if group.chosen is not None:
        return await _chosen(run, group.chosen, after, limit)
    if group.everywhere:
        rows = await run.rows(_SQL["everywhere"], group.roles, after, limit, group.service_area)
        # A notice to all of the company's buildings addresses people, not units.
        return [to_person(row) for row in rows]
    roles, elsewhere = group.roles, then.roles if then else ()
    if group.unless:
        roles, elsewhere = group.unless, group.roles
    here, turn = (group.copropiedad_id, roles, group.towers), _ELSEWHERE if group.unless else int(beyond)
    rows = await run.rows(_SQL["page"], *here, after, limit, group.service_area, elsewhere, turn, group.near)
    people = [to_person(row, row["units"] or ()) for row in rows]
    return [
        replace(person, elsewhere=turn == _ELSEWHERE, other_tower=turn == _OTHER_TOWER) if turn else person
        for person, turn in zip(people, (row["turn"] for row in rows), strict=True)
    ]


async def _chosen(run: Runner, chosen: str, after: str, limit: int | None) -> Sequence[Person]:
    plan, _, part = chosen.partition(".")
    rows = await run.rows(_SQL["chosen"], UUID(plan), int(part), after, limit)
    return [replace(to_person(row), units=tuple(row["units"] or ())) for row in rows]


async def places(run: Runner, units: Collection[str]) -> Mapping[str, str]:
    rows = await run.rows(_SQL["places"], sorted(units))
    return {row["id"]: row["copropiedad_id"] for row in rows}


async def _named(run: Runner, groups: Sequence[Group]) -> Found:
    if not groups:
        return {}
    rows = await run.rows(_SQL["people"], [group.person for group in groups])
    people = {row["id"]: to_person(row) for row in rows}
    return {group: [people[group.person]] for group in groups if group.person in people}


async def _of_units(run: Runner, groups: Sequence[Group]) -> Found:
    if not groups:
        return {}
    units = sorted({group.unit_id for group in groups if group.unit_id is not None})
    roles = {role for group in groups for role in group.roles}
    roles |= {_DEFAULTS[role] for role in roles if role in _DEFAULTS}
    rows = await run.rows(_SQL["of_units"], units, sorted(roles)) if roles else []
    by_unit = staff.by_scope(rows)
    return {group: _in_unit(group, by_unit[group.unit_id]) for group in groups}


async def _staff(run: Runner, groups: Sequence[Group]) -> Found:
    found = await staff.find(run, groups) if groups else {}
    return {group: _with_absent(members) for group, members in found.items()}


def _with_absent(members: staff.Staff) -> Sequence[Person]:
    away = [
        replace(to_person(row), left_out=ON_LEAVE, stand_in=", ".join(members.stand_ins[row["id"]]) or None)
        for row in members.absent
    ]
    people = [to_person(row) for row in members.present]
    present = [replace(person, any_hour=person.any_hour or members.on_shift) for person in people]
    return sorted([*present, *away], key=lambda person: person.ref)


def _in_unit(group: Group, rows: Iterable[Record]) -> Sequence[Person]:
    chosen = [row for row in rows if row["role"] in group.roles]
    if not chosen:
        defaults = {_DEFAULTS[role] for role in group.roles if role in _DEFAULTS}
        chosen = [row for row in rows if row["role"] in defaults]
    people = {row["id"]: row for row in chosen}
    return [to_person(row, _unit(row)) for _, row in sorted(people.items())]


def _unit(row: Record) -> Sequence[Unit]:
    """Return the unit of a membership; staff has none, and the unit may not have been received yet."""
    label = row.get("label")
    return () if label is None else [(row["tower"], label)]


def to_person(row: Record, units: Iterable[Unit] = ()) -> Person:
    """Read a person from columns; `units` are those by which the person is in the group."""
    points, wishes, mark = row["contact_points"], row.get("wishes"), row.get("mark")
    person = Person(
        ref=row["id"],
        name=row["name"],
        contact_points=msgspec.convert(points, tuple[ContactPoint, ...]) if points else (),
        locale=row["locale"],
        digital_access=row["digital_access"],
        units=in_order(unit_name(tower, label) for tower, label in units),
        any_hour=bool(row.get("any_hour")),
        weeks=weeks_of(row.get("weeks") or ()),
    )
    # Most people have neither: then there is nothing more to do.
    return _with_wishes(person, wishes, mark) if wishes or mark else person


def _with_wishes(person: Person, wishes: Json, mark: Json) -> Person:
    preferences = msgspec.convert(wishes, Preferences) if wishes else None
    return replace(
        person,
        preferences=preferences,
        mark=msgspec.convert(mark, Mark) if mark else None,
        locale=(preferences and preferences.language) or person.locale,
    )
