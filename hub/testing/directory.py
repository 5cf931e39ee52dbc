"""The directory in dictionaries: applies `directory.*` events, and resolves groups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from hub.business_time.dates import instant
from hub.contact_rules.working_hours import weeks_of
from hub.model import (
    ON_LEAVE,
    Brand,
    ContactPoint,
    Event,
    Json,
    Mark,
    Person,
    Preferences,
    Role,
    WorkWeek,
)
from hub.people.audience import Group, usable_email, usable_phone
from hub.people.brands import brand_of, packed_brand
from hub.people.contact_changes import ContactChange, former_contacts
from hub.people.rota import FLAGS, absent, on_shift, standing_in
from hub.people.units import in_order, unit_name
from hub.people.versions import Entry, entry_of, require_no_jump

_DEFAULTS: Final[Mapping[str, tuple[str, ...]]] = {"payer": ("owner",)}
"""Role → the roles to use when nobody in the unit has it."""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """The data of an entry's newest event; empty after its removal."""

    version: int
    data: Mapping[str, Json] | None
    brand: Brand | None = None

    @classmethod
    def of(cls, event: Event) -> DirectoryEntry:
        data = None if event.name.endswith(".removed") else event.data
        packed = packed_brand(event.data.get("branding"))
        return cls(event.data["version"], data, packed and brand_of(*packed))


@dataclass(slots=True)
class Directory:
    entries: dict[tuple[str, str], DirectoryEntry] = field(default_factory=dict)
    received: frozenset[tuple[str, str, int]] = frozenset()
    """All received versions, whether they won or not."""
    to_notify: tuple[ContactChange, ...] = ()
    """Changes of people whose former contacts are not notified yet."""
    preferences: Mapping[str, Preferences] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def copy(self) -> Directory:
        return Directory(dict(self.entries), self.received, self.to_notify, self.preferences, self.marks)

    def apply_all(self, events: Sequence[Event], now: datetime) -> None:
        """Apply events, none of whose versions may jump, and note the contact points that they take."""
        require_no_jump(events, {entry: row.version for entry, row in self.entries.items()}, now)
        before = self.copy()
        for event in events:
            self.apply(event)
        sources = {(entry_of(event), event.data["version"]): event.source for event in events}
        people = sorted({ref for noun, ref in map(entry_of, events) if noun == "person"})
        changes = [self._change(ref, before, sources, now) for ref in people]
        noted = (*self.to_notify, *(change for change in changes if change.former))
        self.to_notify = tuple(change for change in noted if self.person(change.person) is not None)

    def apply(self, event: Event) -> bool:
        """Apply an event: the greatest version wins, the first of equals; return whether this one won."""
        key, version = entry_of(event), event.data["version"]
        self.received |= {(*key, version)}
        known = self.entries.get(key)
        if known is not None and version <= known.version:
            return False
        self.entries[key] = DirectoryEntry.of(event)
        return True

    def _change(
        self, ref: str, before: Directory, sources: Mapping[tuple[Entry, int], str], now: datetime
    ) -> ContactChange:
        entry, had, has = self.entries["person", ref], before.person(ref), self.person(ref)
        source = sources.get((("person", ref), entry.version), "")
        former = former_contacts(had.contact_points, has.contact_points, source) if had and has else []
        return ContactChange(
            person=ref,
            version=entry.version,
            at=now,
            source=source,
            name=had.name if had else "",
            former=tuple(former),
        )

    def knows(self, person: str) -> bool:
        entry = self.entries.get(("person", person))
        return entry is not None and entry.data is not None

    def text(self, noun: str, key: str | None, column: str) -> str | None:
        """Return one column of one row: a building's name, a unit's label, its copropiedad."""
        entry = self.entries.get((noun, key or ""))
        return None if entry is None or entry.data is None else entry.data[column]

    def brand(self, copropiedad_id: str | None) -> Brand | None:
        """Return the identity of a copropiedad, where it has one."""
        entry = self.entries.get(("copropiedad", copropiedad_id or ""))
        return entry.brand if entry is not None else None

    def places(self) -> list[str]:
        """Return the ids of the copropiedades."""
        return sorted(key for noun, key in self.entries if noun == "copropiedad")

    def has_place(self, copropiedad_id: str) -> bool:
        """Return whether a copropiedad is known, itself or through one of its units."""
        units = [key for noun, key in self.entries if noun == "unit"]
        by_unit = (self.text("unit", key, "copropiedad_id") == copropiedad_id for key in units)
        return ("copropiedad", copropiedad_id) in self.entries or any(by_unit)

    def people(self, group: Group, now: datetime) -> list[Person]:
        """Return the people of a group now, sorted by ref, with the units by which they belong."""
        scopes: dict[str, set[str]] = {}
        for ref, scope in self._members(group, now):
            scopes.setdefault(ref, set()).add(scope)
        found = [(self.person(ref), self._units(group, among)) for ref, among in sorted(scopes.items())]
        available = [
            self._with_working_hours(person, units, group, now)
            for person, units in found
            if person is not None
        ]
        return sorted([*available, *self._absent(group, now)], key=lambda person: person.ref)

    def _with_working_hours(
        self, person: Person, units: tuple[str, ...], group: Group, now: datetime
    ) -> Person:
        staff = group.person is not None or group.nearest or "staff" in group.roles
        any_hour = staff and (self._on_shift(group, now) or self._is_any_hour(person.ref, now))
        weeks = self.weeks_of(person.ref, now) if staff else ()
        person = replace(person, units=units, any_hour=any_hour, weeks=weeks, elsewhere=bool(group.unless))
        other_tower = bool(group.near) and not self._is_near(person.ref, group, now)
        return replace(person, other_tower=True) if other_tower else person

    def _is_near(self, ref: str, group: Group, now: datetime) -> bool:
        """Return whether somebody lives in a tower of these; one that nobody knows counts as one of them."""
        units = self._towers(group.copropiedad_id)
        if not set(group.near) <= set(units.values()):
            return True
        scopes = {scope for known, scope in self._of_roles(group, now) if known == ref}
        return any(units.get(scope) in {None, *group.near} for scope in scopes)

    def _towers(self, copropiedad_id: str | None) -> dict[str, str | None]:
        """Return the tower of each unit, by its scope."""
        return {
            f"unit:{key}": entry.data.get("tower")
            for (noun, key), entry in self.entries.items()
            if noun == "unit" and entry.data and entry.data["copropiedad_id"] == copropiedad_id
        }

    def _on_shift(self, group: Group, now: datetime) -> bool:
        staff = set(self._staff(group, now)) if group.duty else set[str]()
        scopes = (f"copropiedad:{group.copropiedad_id}", "company")
        return bool(staff) and staff <= {
            ref for scope in scopes for ref in self._on_call(scope, group.duty, now)
        }

    def weeks_of(self, ref: str, now: datetime) -> tuple[WorkWeek | None, ...]:
        """Return the person's own working hours, for staff."""
        mine = [membership for membership in self._memberships(now) if membership["person_id"] == ref]
        return weeks_of(
            membership.get("hours") or None for membership in mine if membership["role"] == "staff"
        )

    def _is_any_hour(self, ref: str, now: datetime) -> bool:
        mine = [membership for membership in self._memberships(now) if membership["person_id"] == ref]
        return any(
            membership.get(flag) or membership.get("duty") == flag for membership in mine for flag in FLAGS
        )

    def unit_name(self, unit_id: str | None) -> str | None:
        """Return the name of a unit."""
        entry = self.entries.get(("unit", unit_id or ""))
        known = None if entry is None else entry.data
        return None if known is None else unit_name(known.get("tower"), known["label"])

    def _units(self, group: Group, scopes: Iterable[str]) -> tuple[str, ...]:
        named = [] if group.everywhere else [self.unit_name(scope.removeprefix("unit:")) for scope in scopes]
        return in_order(name for name in named if name is not None)

    def pays(self, ref: str, unit_id: str | None, now: datetime) -> bool:
        """Return whether a person pays for a unit now."""
        payers = self.people(Group(unit_id=unit_id or "", roles=(Role.PAYER.value,)), now)
        return ref in {person.ref for person in payers}

    def _members(self, group: Group, now: datetime) -> Iterable[tuple[str, str]]:
        """Return refs, each with a scope by which it is in the group."""
        if group.person is not None:
            return [(group.person, "")]
        if group.unit_id is not None:
            return self._of_unit(f"unit:{group.unit_id}", group.roles, now)
        if group.paged:
            return self._of_roles(group, now)
        return [(ref, "") for ref in standing_in(self._staff(group, now), self._away(now))]

    def _absent(self, group: Group, now: datetime) -> list[Person]:
        """Return staff on leave, each with the stand-ins."""
        away = absent(self._staff(group, now), self._away(now))
        found = [(self.person(ref), stand_ins) for ref, stand_ins in away.items()]
        return [
            replace(person, left_out=ON_LEAVE, stand_in=", ".join(stand_ins) or None)
            for person, stand_ins in found
            if person is not None
        ]

    def _of_unit(self, scope: str, roles: Collection[str], now: datetime) -> list[tuple[str, str]]:
        here = [
            membership
            for membership in self._memberships(now)
            if membership["scope"] == scope and self.knows(membership["person_id"])
        ]
        found = [(membership["person_id"], scope) for membership in here if membership["role"] in roles]
        stand_ins = {stand_in for role in roles for stand_in in _DEFAULTS.get(role, ())}
        return found or [
            (membership["person_id"], scope) for membership in here if membership["role"] in stand_ins
        ]

    def _of_roles(self, group: Group, now: datetime) -> list[tuple[str, str]]:
        scopes = None if group.everywhere else self._scopes(group)
        found = [
            membership
            for membership in self._memberships(now)
            if scopes is None or membership["scope"] in scopes
        ]
        out = {membership["person_id"] for membership in found if membership["role"] in group.unless}
        return [
            (membership["person_id"], membership["scope"])
            for membership in found
            if _is_of(group, membership) and membership["person_id"] not in out
        ]

    def _scopes(self, group: Group) -> Collection[str]:
        """Return a copropiedad and its units, or those of some towers."""
        scopes = {f"copropiedad:{group.copropiedad_id}"}
        for (noun, key), entry in self.entries.items():
            if noun == "unit" and entry.data and entry.data["copropiedad_id"] == group.copropiedad_id:
                scopes |= {f"unit:{key}"} if _in_towers(entry.data, group.towers) else set()
        return scopes

    def _staff(self, group: Group, now: datetime) -> list[str]:
        """Return staff of the copropiedad, else of the company, on leave or not."""
        staff = [membership for membership in self._memberships(now) if _serves(membership, group)]
        for scope in (f"copropiedad:{group.copropiedad_id}", "company"):
            here = [
                membership
                for membership in staff
                if membership["scope"] == scope and self.person(membership["person_id"])
            ]
            refs = [membership["person_id"] for membership in _of_area(here, group) or here]
            if found := self._on_call(scope, group.duty, now) or refs:
                return found
        return []

    def _on_call(self, scope: str, duty: str | None, now: datetime) -> list[str]:
        rotas = [entry for entry in self._entries("rota") if (entry["scope"], entry["duty"]) == (scope, duty)]
        return [ref for rota in rotas for ref in on_shift(rota["shifts"], now) if self.person(ref)]

    def on_leave(self, now: datetime) -> Collection[str]:
        """Return the staff on leave now."""
        return self._away(now).keys()

    def _away(self, now: datetime) -> Mapping[str, Collection[str]]:
        away: dict[str, set[str]] = {}
        for leave in self._entries("leave"):
            if _holds(leave, now):
                delegate = leave.get("delegate_id")
                known = {delegate} if delegate and self.person(delegate) else set()
                away.setdefault(leave["person_id"], set()).update(known)
        return away

    def _entries(self, noun: str) -> list[Mapping[str, Json]]:
        found = [entry.data for (kind, _), entry in self.entries.items() if kind == noun]
        return [data for data in found if data is not None]

    def _memberships(self, now: datetime) -> list[Mapping[str, Json]]:
        return [row for row in self._entries("membership") if _holds(row, now)]

    def gave_address(self, ref: str) -> bool:
        """Return whether the person gave an email address or a number, usable or not."""
        entry = self.entries.get(("person", ref))
        points = (entry and entry.data and entry.data["contact_points"]) or ()
        return any(point["kind"] != "push" for point in points)

    def having(self, address: str) -> list[str]:
        """Return the people with this address."""
        known = [self.person(ref) for noun, ref in self.entries if noun == "person"]
        return [
            person.ref
            for person in known
            if person and address.lower() in {point.value.lower() for point in person.contact_points}
        ]

    def person(self, ref: str) -> Person | None:
        """Return a person with the usable contact points."""
        entry = self.entries.get(("person", ref))
        if entry is None or entry.data is None:
            return None
        points = [_contact_point(point) for point in entry.data["contact_points"]]
        preferences = self.preferences.get(ref)
        return Person(
            ref=ref,
            name=entry.data["names"],
            contact_points=tuple(point for point in points if point is not None),
            locale=(preferences and preferences.language) or entry.data.get("locale") or "es",
            digital_access=entry.data.get("digital_access") is not False,
            preferences=preferences,
            mark=self.marks.get(ref),
        )


def _in_towers(unit: Mapping[str, Json], towers: Collection[str]) -> bool:
    return not towers or unit.get("tower") in towers


def _is_of(group: Group, membership: Mapping[str, Json]) -> bool:
    area = group.service_area
    return membership["role"] in group.roles and area in (None, membership.get("service_area"))


def _serves(membership: Mapping[str, Json], group: Group) -> bool:
    if group.duty in FLAGS and membership.get(group.duty):
        return True
    if group.duty is not None:
        return bool(membership.get("duty") == group.duty)
    return group.level is not None and bool(membership.get("level") == group.level)


def _of_area(staff: Iterable[Mapping[str, Json]], group: Group) -> list[Mapping[str, Json]]:
    return [
        membership
        for membership in staff
        if group.service_area and membership.get("service_area") == group.service_area
    ]


def _holds(membership: Mapping[str, Json], now: datetime) -> bool:
    since, until = _instant(membership.get("since")), _instant(membership.get("until"))
    return (since is None or since <= now) and (until is None or until > now)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant(text)


@lru_cache(maxsize=4096)
def _tidied(kind: str, value: str) -> str | None:
    """A year of tests looks at the same addresses a hundred times."""
    return {"email": usable_email, "phone": usable_phone}.get(kind, str.strip)(value)


def _contact_point(point: Mapping[str, Json]) -> ContactPoint | None:
    value = _tidied(point["kind"], point["value"])
    if not value:
        return None
    return ContactPoint(id=point["id"], kind=point["kind"], value=value, verified=bool(point.get("verified")))
