"""
Misses of an audience by a person: the history of memberships against the planned groups. Pure.

There are two times. A membership is *valid* in the period that it states; the hub *received* it at another
time. A membership that was valid but not yet received is another reason than one that began later.
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
    """The nearness of the person; the lowest value explains most."""

    HEARD_LATER = 1
    ADDED_LATER = 2
    ROLE_LATER = 3
    """Like `ADDED_LATER`, for a person who was there already in another role."""
    ENDED = 4
    OTHER_ROLE = 5
    OTHERS_TURN = 6
    """Valid and received, but others were notified: another's shift, or a nearer team."""
    MOVED = 7
    """Valid and received, but the directory had the unit in another place then."""
    UNIT_UNKNOWN = 8
    """Valid and received, but the directory did not have the unit then."""
    UNCLEAR = 9
    """Valid and received. A directory event may have arrived during planning; the history cannot show it."""
    OTHER_PLACE = 10
    OTHER_COPROPIEDAD = 11
    REMOVED = 12
    NOT_YET_KNOWN = 13
    NO_MEMBERSHIP = 14


COUNTED = (Near.OTHERS_TURN, Near.MOVED, Near.UNIT_UNKNOWN, Near.UNCLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """
    The reason why a person is not in a planned group; `at` is when the missing fact began or ended.

    `home` is where the directory had the unit then, if that is the reason. `alone` is true when nothing else
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
        """Order by kind, then by role (an owner who lives elsewhere is a resident there), then by time."""
        as_meant = self.version is None or _has_role(self.version, self.group)
        near = 0.0 if self.alone else self.near + (0.0 if as_meant else 0.1)
        return near, abs((self.at - self.planned).total_seconds())


def nearest(group: Group, kept: AudienceSnapshot, facts: ExplainFacts) -> Miss:
    """Return the miss of this group that explains most."""
    person = [version for version in facts.history if version.kind == "person"]
    memberships = sorted(
        (version for version in facts.history if version.kind == "membership"), key=lambda version: version.id
    )
    person_miss = _person_miss(person, group, kept)
    misses = [person_miss]
    for _, versions in groupby(memberships, key=lambda version: version.id):
        misses.extend(_membership_misses(list(versions), group, kept, facts))
    if person_miss.near is not Near.NO_MEMBERSHIP and any(miss.near in COUNTED for miss in misses):
        # A person who was not in the directory is missed with any membership.
        return replace(person_miss, alone=True)
    best = min(misses, key=lambda miss: miss.distance)
    if best.near is Near.ADDED_LATER and any(miss.near is Near.OTHER_ROLE for miss in misses):
        return replace(best, near=Near.ROLE_LATER)
    return best


def valid_version(versions: Iterable[Version], at: datetime, known_at: int | None = None) -> Version | None:
    """Return the version valid at an instant, as known now or at directory version `known_at`."""
    begun = [
        version
        for version in versions
        if version.since <= at and (known_at is None or version.position <= known_at)
    ]
    newest = max(begun, key=lambda version: version.version, default=None)
    if newest is None or newest.removed or (newest.until is not None and newest.until <= at):
        return None
    return newest


def _membership_misses(
    versions: Sequence[Version], group: Group, kept: AudienceSnapshot, facts: ExplainFacts
) -> Iterator[Miss]:
    planned, mine = kept.record.planned_at, [version for version in versions if _is_of(version, group, facts)]
    now_known = valid_version(versions, planned)
    then_known = valid_version(versions, planned, kept.directory_version)
    miss = partial(Miss, group=group, planned=planned)
    if now_known is not None and now_known in mine:
        if then_known is None or then_known not in mine:
            yield miss(near=Near.HEARD_LATER, version=now_known, at=_visible_at(now_known, planned))
        else:
            near, home = _why_not_expanded(then_known, group, kept, facts)
            yield miss(near=near, version=now_known, at=planned, home=home)
        return
    if now_known is not None and now_known.person == facts.person:
        yield miss(near=_elsewhere(now_known, group, facts), version=now_known, at=planned)
    # A version withdrawn before it began, or corrected from its beginning on, was never valid.
    for version in (version for version in mine if version == valid_version(versions, version.since)):
        if version.since > planned:
            yield miss(near=Near.ADDED_LATER, version=version, at=version.since)
        elif (ended := _end(version, versions, planned)) is not None:
            yield miss(near=Near.ENDED, version=version, at=ended)


def _visible_at(late: Version, planned: datetime) -> datetime:
    """Return when a late version became visible, which may be after it was written."""
    return max(late.received_at, planned)


def _why_not_expanded(
    version: Version, group: Group, kept: AudienceSnapshot, facts: ExplainFacts
) -> tuple[Near, Unit | None]:
    """Return why a version that was valid and received did not put the person in the group."""
    if group.duty is not None or group.level is not None:
        return Near.OTHERS_TURN, None
    versions = facts.unit_history.get(unit_ref(version) or "", ())
    if group.everywhere or group.unit_id is not None or not versions:
        return Near.UNCLEAR, None
    received = [version for version in versions if version.position <= kept.directory_version]
    if not received:
        return Near.UNIT_UNKNOWN, None
    home = max(received, key=lambda version: version.version).unit
    here = home.copropiedad_id == group.copropiedad_id
    there = here and (not group.towers or home.tower in group.towers)
    return (Near.UNCLEAR, None) if there else (Near.MOVED, home)


def _end(version: Version, versions: Sequence[Version], planned: datetime) -> datetime | None:
    """Return when an earlier valid version ended: at its own end, or when a newer one replaced it."""
    ends = [
        newer.since for newer in versions if newer.version > version.version and newer.since > version.since
    ]
    ends += [version.until] if version.until is not None else []
    return min((end for end in ends if end <= planned), default=None)


def _person_miss(person: Sequence[Version], group: Group, kept: AudienceSnapshot) -> Miss:
    """Return the miss of the person's own record, before looking at memberships."""
    planned = kept.record.planned_at
    miss = partial(Miss, group=group, planned=planned)
    first = min(person, key=lambda version: version.position, default=None)
    if first is not None and first.position > kept.directory_version:
        return miss(near=Near.NOT_YET_KNOWN, at=_visible_at(first, planned))
    begun = [version for version in person if version.since <= planned]
    newest = max(begun, key=lambda version: version.version, default=None)
    if newest is not None and newest.removed:
        return miss(near=Near.REMOVED, at=newest.since)
    return miss(near=Near.NO_MEMBERSHIP, at=planned)


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
