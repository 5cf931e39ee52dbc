"""The directory in dictionaries: what `directory.*` events say, and who belongs to a group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from hub.audience import Group, usable_email, usable_phone
from hub.model import ContactPoint, Event, Json, Person
from hub.rfc3339 import parse

_ZONE: Final = ZoneInfo("America/Bogota")
_DATE_LENGTH: Final = len("2026-03-09")
_DEFAULTS: Final[Mapping[str, tuple[str, ...]]] = {"payer": ("owner",)}
"""Who stands in for a role that nobody of the unit has."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a noun's newest event said; nothing after it was removed."""

    version: int
    data: Mapping[str, Json] | None


@dataclass(slots=True)
class Directory:
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def copy(self) -> Directory:
        return Directory(dict(self.entries))

    def apply(self, event: Event) -> None:
        """Let the greatest version win, the first of equals."""
        _, noun, verb = event.name.split(".")
        key = noun, event.data[f"{noun}_id"]
        known = self.entries.get(key)
        if known is None or event.data["version"] > known.version:
            self.entries[key] = Entry(event.data["version"], event.data if verb == "upserted" else None)

    def text(self, noun: str, key: str | None, column: str) -> str | None:
        """Answer one column of one row: a building's name, a unit's label, its copropiedad."""
        entry = self.entries.get((noun, key or ""))
        return None if entry is None or entry.data is None else entry.data[column]

    def people(self, group: Group, now: datetime) -> list[Person]:
        """Answer who belongs to a group now, sorted by ref."""
        refs = {group.person} if group.person is not None else set(self._members(group, now))
        found = [self._person(ref) for ref in sorted(refs)]
        return [person for person in found if person is not None]

    def _members(self, group: Group, now: datetime) -> Iterable[str]:
        if group.unit_id is not None:
            return self._of_unit(group.unit_id, group.roles, now)
        if group.broad:
            return self._of_copropiedad(group, now)
        return self._staff(group, now)

    def _of_unit(self, unit_id: str, roles: Collection[str], now: datetime) -> list[str]:
        here = [one for one in self._memberships(now) if one["scope"] == f"unit:{unit_id}"]
        found = [one["person_id"] for one in here if one["role"] in roles]
        stand_ins = {other for role in roles for other in _DEFAULTS.get(role, ())}
        return found or [one["person_id"] for one in here if one["role"] in stand_ins]

    def _of_copropiedad(self, group: Group, now: datetime) -> list[str]:
        scopes = {f"copropiedad:{group.copropiedad_id}"}
        for (noun, key), entry in self.entries.items():
            if noun == "unit" and entry.data and entry.data["copropiedad_id"] == group.copropiedad_id:
                scopes |= {f"unit:{key}"} if _in_towers(entry.data, group.towers) else set()
        return [
            one["person_id"]
            for one in self._memberships(now)
            if one["scope"] in scopes and one["role"] in group.roles
        ]

    def _staff(self, group: Group, now: datetime) -> list[str]:
        """Answer the nearest: of place and area, of the place, of the area, anybody of the company."""
        staff = [one for one in self._memberships(now) if _serves(one, group)]
        here = [one for one in staff if one["scope"] == f"copropiedad:{group.copropiedad_id}"]
        company = [one for one in staff if one["scope"] == "company"]
        tiers = (_of_area(here, group), here, _of_area(company, group), company)
        return [one["person_id"] for one in next((tier for tier in tiers if tier), ())]

    def _memberships(self, now: datetime) -> list[Mapping[str, Json]]:
        rows = [entry.data for (noun, _), entry in self.entries.items() if noun == "membership"]
        return [row for row in rows if row is not None and _holds(row, now)]

    def _person(self, ref: str) -> Person | None:
        entry = self.entries.get(("person", ref))
        if entry is None or entry.data is None:
            return None
        points = [_contact_point(point) for point in entry.data["contact_points"]]
        return Person(
            ref=ref,
            name=entry.data["names"],
            contact_points=tuple(point for point in points if point is not None),
            locale=entry.data.get("locale") or "es",
            digital_access=entry.data.get("digital_access") is not False,
        )


def _in_towers(unit: Mapping[str, Json], towers: Collection[str]) -> bool:
    return not towers or unit.get("tower") in towers


def _serves(membership: Mapping[str, Json], group: Group) -> bool:
    if group.duty is not None:
        return bool(membership.get("duty") == group.duty)
    return group.level is not None and bool(membership.get("level") == group.level)


def _of_area(staff: Iterable[Mapping[str, Json]], group: Group) -> list[Mapping[str, Json]]:
    return [one for one in staff if group.service_area and one.get("service_area") == group.service_area]


def _holds(membership: Mapping[str, Json], now: datetime) -> bool:
    since, until = _instant(membership.get("since")), _instant(membership.get("until"))
    return (since is None or since <= now) and (until is None or until > now)


def _instant(text: str | None) -> datetime | None:
    if text is None or len(text) != _DATE_LENGTH:
        return None if text is None else parse(text)
    return datetime.combine(date.fromisoformat(text), time(), _ZONE)


def _contact_point(point: Mapping[str, Json]) -> ContactPoint | None:
    tidy = {"email": usable_email, "phone": usable_phone}.get(point["kind"], str.strip)
    value = tidy(point["value"])
    if not value:
        return None
    return ContactPoint(id=point["id"], kind=point["kind"], value=value, verified=bool(point.get("verified")))
