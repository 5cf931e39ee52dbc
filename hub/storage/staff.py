"""Looks staff up: the nearest with a duty or a level, by the rota, without people on leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from asyncpg import Record

from hub.people.audience import Group
from hub.people.rota import FLAGS, absent, on_shift, standing_in
from hub.storage.database import Runner, load

_SQL = load("directory")
_COMPANY: Final = ""
"""The scope id of staff who work for the whole company."""

Scoped = Mapping[str | None, Sequence[Record]]
Duty = tuple[str, str]
"""A scope id, and a duty there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """
    The rows of the staff present, and of the staff on leave with the refs of their stand-ins.

    `on_shift` is true when a rota names all of them for this hour.
    """

    present: Sequence[Record] = ()
    absent: Sequence[Record] = ()
    stand_ins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    on_shift: bool = False


async def find(run: Runner, groups: Sequence[Group]) -> Mapping[Group, Staff]:
    """Return the staff of each group at this instant."""
    places = sorted({group.copropiedad_id for group in groups if group.copropiedad_id})
    duties = sorted({group.duty for group in groups if group.duty})
    levels = sorted({group.level for group in groups if group.level is not None})
    by_duty = await _with_duty(run, duties, places) if duties else {}
    by_level = by_scope(await run.rows(_SQL["staff_by_level"], levels, places) if levels else ())
    known = {row["id"]: row for staff in (by_duty, by_level) for rows in staff.values() for row in rows}
    called = await _called(run, duties, places) if duties else {}
    known |= await _people(run, {ref for refs in called.values() for ref in refs} - known.keys())
    # Removed people are not called.
    on_call = {duty: refs & known.keys() for duty, refs in called.items()}
    meant = {group: _meant(group, by_duty if group.duty else by_level, on_call) for group in groups}
    shift = {ref for refs in on_call.values() for ref in refs}
    found = await _present(run, meant, known)
    return {
        group: replace(members, on_shift=bool(meant[group]) and set(meant[group]) <= shift)
        for group, members in found.items()
    }


async def _with_duty(run: Runner, duties: Sequence[str], places: Sequence[str]) -> Scoped:
    rows = await run.rows(_SQL["staff_by_duty"], duties, places)
    if any(duty in FLAGS for duty in duties):
        rows += await run.rows(_SQL["staff_flagged"], duties, places)
    return by_scope(rows)


async def _called(run: Runner, duties: Sequence[str], places: Sequence[str]) -> Mapping[Duty, set[str]]:
    """Return the refs on call now, by the scope and duty of each rota."""
    called: defaultdict[Duty, set[str]] = defaultdict(set)
    for row in await run.rows(_SQL["rotas"], duties, places):
        called[row["scope_id"], row["duty"]].update(on_shift(row["shifts"], row["at"]))
    return called


def _meant(group: Group, staff: Scoped, on_call: Mapping[Duty, Collection[str]]) -> Collection[str]:
    """Return staff of the copropiedad, else of the company: those on call, else of the area, else all."""
    for scope in (group.copropiedad_id, _COMPANY):
        rows = [row for row in staff.get(scope, ()) if _answers_for(row, group)]
        called = on_call.get((scope, group.duty)) if scope is not None and group.duty else ()
        if found := called or {row["id"] for row in _of_area(rows, group) or rows}:
            return found
    return ()


async def _present(
    run: Runner, meant: Mapping[Group, Collection[str]], known: Mapping[str, Record]
) -> Mapping[Group, Staff]:
    """Replace people on leave by their delegates; fetch missing rows."""
    away: defaultdict[str, set[str]] = defaultdict(set)
    if everybody := sorted({ref for refs in meant.values() for ref in refs}):
        for row in await run.rows(_SQL["away"], everybody):
            away[row["person_id"]].update({row["delegate_id"]} - {None})
    answered = {group: standing_in(refs, away) for group, refs in meant.items()}
    missing = {ref for refs in (*answered.values(), *meant.values()) for ref in refs} - known.keys()
    people = {**known, **await _people(run, missing)}
    return {group: _staff(meant[group], refs, away, people) for group, refs in answered.items()}


async def on_leave(run: Runner, refs: Collection[str]) -> set[str]:
    """Return the people on leave at this instant, among these and their delegates."""
    return {row["person_id"] for row in await run.rows(_SQL["away"], sorted(refs))} if refs else set()


def _staff(
    meant: Collection[str],
    answering: Sequence[str],
    away: Mapping[str, Collection[str]],
    people: Mapping[str, Record],
) -> Staff:
    stand_ins = absent(meant, away)
    return Staff(
        present=[people[ref] for ref in answering if ref in people],
        absent=[people[ref] for ref in stand_ins if ref in people],
        stand_ins=stand_ins,
    )


async def _people(run: Runner, refs: Collection[str]) -> Mapping[str, Record]:
    rows = await run.rows(_SQL["people"], sorted(refs)) if refs else ()
    return {row["id"]: row for row in rows}


def _answers_for(row: Record, group: Group) -> bool:
    if group.duty in FLAGS and row[group.duty]:
        return True
    return group.duty in (None, row["duty"]) and group.level in (None, row["level"])


def by_scope(rows: Iterable[Record]) -> Scoped:
    """Group rows by the id of their scope."""
    grouped: defaultdict[str | None, list[Record]] = defaultdict(list)
    for row in rows:
        grouped[row["scope_id"]].append(row)
    return grouped


def _of_area(rows: Iterable[Record], group: Group) -> list[Record]:
    return [row for row in rows if group.service_area and row["service_area"] == group.service_area]
