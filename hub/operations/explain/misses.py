"""
How near somebody was to an audience: the history of the memberships against what was looked up. Pure.

Two times count. A membership *counts* from when until when it says; the hub *heard* of it at another
time. Who counted then and had not been heard of was missed for another reason than who came later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from functools import partial
from itertools import groupby

from hub.operations.explain.sentences_es import copropiedad_of, unit_of, unit_ref
from hub.people.audience import Group
from hub.people.rota import DIRECTION, ON_CALL
from hub.ports import AudienceSnapshot, ExplainFacts, Unit, Version


class Near(IntEnum):
    """How near; the least tells most."""

    HEARD_LATER = 1
    ADDED_LATER = 2
    ROLE_LATER = 3
    """As `ADDED_LATER`, of who was there already as something else."""
    ENDED = 4
    OTHER_ROLE = 5
    OTHERS_TURN = 6
    """Staff that counted and was known, and others were told: another's shift, or a nearer team."""
    MOVED = 7
    """It counted and was known, and the directory had its unit elsewhere then."""
    UNIT_UNKNOWN = 8
    """It counted and was known, and the directory did not have its unit then."""
    UNCLEAR = 9
    """It counted and was known. News may have come while the event was planned; not all is to be seen."""
    OTHER_PLACE = 10
    OTHER_COPROPIEDAD = 11
    REMOVED = 12
    NOT_YET_KNOWN = 13
    NO_MEMBERSHIP = 14


COUNTED = (Near.OTHERS_TURN, Near.MOVED, Near.UNIT_UNKNOWN, Near.UNCLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """
    Why somebody is not of a group that was planned; `at` is when what was missing came or ended.

    `home` is where the directory had the unit then, where that is the reason. `alone` says that nothing else
    was missing.
    """

    near: Near
    group: Group
    planned: datetime
    at: datetime
    version: Version | None = None
    home: Unit | None = None
    alone: bool = False

    @property
    def distance(self) -> tuple[float, float]:
        """Order by how near in kind, then in role (who owns and lives elsewhere lives there), in time."""
        as_meant = self.version is None or _has_role(self.version, self.group)
        near = 0.0 if self.alone else self.near + (0.0 if as_meant else 0.1)
        return near, abs((self.at - self.planned).total_seconds())


def nearest(group: Group, kept: AudienceSnapshot, facts: ExplainFacts) -> Miss:
    """Answer the miss of this group that explains most."""
    person = [version for version in facts.history if version.kind == "person"]
    memberships = sorted((one for one in facts.history if one.kind == "membership"), key=lambda one: one.id)
    somebody = _somebody(person, group, kept)
    found = [somebody]
    for _, versions in groupby(memberships, key=lambda one: one.id):
        found.extend(_of_membership(list(versions), group, kept, facts))
    if somebody.near is not Near.NO_MEMBERSHIP and any(miss.near in COUNTED for miss in found):
        # Whoever was not there was not told whatever the membership said.
        return replace(somebody, alone=True)
    best = min(found, key=lambda miss: miss.distance)
    if best.near is Near.ADDED_LATER and any(miss.near is Near.OTHER_ROLE for miss in found):
        return replace(best, near=Near.ROLE_LATER)
    return best


def counting(versions: Iterable[Version], at: datetime, heard: int | None = None) -> Version | None:
    """Answer the version that counts at an instant, as is known now or was by the `heard`-th news."""
    begun = [
        version
        for version in versions
        if version.since <= at and (heard is None or version.position <= heard)
    ]
    newest = max(begun, key=lambda one: one.version, default=None)
    if newest is None or newest.removed or (newest.until is not None and newest.until <= at):
        return None
    return newest


def _of_membership(
    versions: Sequence[Version], group: Group, kept: AudienceSnapshot, facts: ExplainFacts
) -> Iterator[Miss]:
    planned, mine = kept.record.planned_at, [version for version in versions if _is_of(version, group, facts)]
    now_known = counting(versions, planned)
    then_known = counting(versions, planned, kept.directory_version)
    miss = partial(Miss, group=group, planned=planned)
    if now_known is not None and now_known in mine:
        if then_known is None or then_known not in mine:
            yield miss(near=Near.HEARD_LATER, version=now_known, at=_heard(now_known, planned))
        else:
            near, home = _unmet(then_known, group, kept, facts)
            yield miss(near=near, version=now_known, at=planned, home=home)
        return
    if now_known is not None and now_known.person == facts.person:
        yield miss(near=_elsewhere(now_known, group, facts), version=now_known, at=planned)
    # What was taken back before it began, or corrected from its beginning on, never counted.
    for one in (one for one in mine if one == counting(versions, one.since)):
        if one.since > planned:
            yield miss(near=Near.ADDED_LATER, version=one, at=one.since)
        elif (ended := _end(one, versions, planned)) is not None:
            yield miss(near=Near.ENDED, version=one, at=ended)


def _heard(late: Version, planned: datetime) -> datetime:
    """Answer when late news came: written down before, perhaps, and seen only after the planning."""
    return max(late.received_at, planned)


def _unmet(
    version: Version, group: Group, kept: AudienceSnapshot, facts: ExplainFacts
) -> tuple[Near, Unit | None]:
    """Answer why a version that counted and was known did not bring anybody in."""
    if group.duty is not None or group.level is not None:
        return Near.OTHERS_TURN, None
    told = facts.unit_history.get(unit_ref(version) or "", ())
    if group.everywhere or group.unit_id is not None or not told:
        return Near.UNCLEAR, None
    known = [one for one in told if one.position <= kept.directory_version]
    if not known:
        return Near.UNIT_UNKNOWN, None
    home = max(known, key=lambda one: one.version).unit
    here = home.copropiedad_id == group.copropiedad_id
    there = here and (not group.towers or home.tower in group.towers)
    return (Near.UNCLEAR, None) if there else (Near.MOVED, home)


def _end(one: Version, versions: Sequence[Version], planned: datetime) -> datetime | None:
    """Answer when a version ended that counted before: as it says, or with the next that took its place."""
    ends = [newer.since for newer in versions if newer.version > one.version and newer.since > one.since]
    ends += [one.until] if one.until is not None else []
    return min((end for end in ends if end <= planned), default=None)


def _somebody(person: Sequence[Version], group: Group, kept: AudienceSnapshot) -> Miss:
    """Answer what is missing of the person, before any membership is looked at."""
    planned = kept.record.planned_at
    first = min(person, key=lambda one: one.position, default=None)
    if first is None:
        return _none(group, planned)
    if first.position > kept.directory_version:
        return Miss(near=Near.NOT_YET_KNOWN, group=group, planned=planned, at=_heard(first, planned))
    newest = max((one for one in person if one.since <= planned), key=lambda one: one.version, default=None)
    if newest is not None and newest.removed:
        return Miss(near=Near.REMOVED, group=group, planned=planned, at=newest.since)
    return _none(group, planned)


def _none(group: Group, planned: datetime) -> Miss:
    return Miss(near=Near.NO_MEMBERSHIP, group=group, planned=planned, at=planned)


def _elsewhere(version: Version, group: Group, facts: ExplainFacts) -> Near:
    if _in_place(version, group, facts):
        return Near.OTHER_ROLE
    where = copropiedad_of(version, facts)
    return Near.OTHER_PLACE if where == _copropiedad(group, facts) else Near.OTHER_COPROPIEDAD


def _copropiedad(group: Group, facts: ExplainFacts) -> str | None:
    home = facts.units.get(group.unit_id or "")
    return home.copropiedad_id if home is not None else group.copropiedad_id


def _is_of(version: Version, group: Group, facts: ExplainFacts) -> bool:
    mine = not version.removed and version.person == facts.person
    return mine and _has_role(version, group) and _in_place(version, group, facts)


def _has_role(version: Version, group: Group) -> bool:
    if group.duty is not None:
        flagged = (version.on_call and ON_CALL) or None, (version.direction and DIRECTION) or None
        return version.role == "staff" and group.duty in (version.duty, *flagged)
    if group.level is not None:
        return version.role == "staff" and version.level == group.level
    of_area = group.service_area in (None, version.service_area)
    return version.role in group.roles and of_area


def _in_place(version: Version, group: Group, facts: ExplainFacts) -> bool:
    if group.everywhere:
        return True
    if group.unit_id is not None:
        return version.scope == f"unit:{group.unit_id}"
    if group.duty is not None or group.level is not None:
        return version.scope in ("company", f"copropiedad:{group.copropiedad_id}")
    home = unit_of(version, facts)
    here = copropiedad_of(version, facts) == group.copropiedad_id
    return here and (home is None or not group.towers or home.tower in group.towers)
