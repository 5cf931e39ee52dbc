"""The directory as operators see and mend it, over the memory store; names and addresses are hidden whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec

from hub.business_time import dates
from hub.model import Event, Json, PropertyScope
from hub.ports import Holders, Page, Standing, Written
from hub.testing import consents
from hub.testing.directory import Directory
from hub.testing.filters import within
from hub.testing.paging import page
from hub.testing.store import MemoryStore

_HIDDEN = "***"
_FLAGS = ("on_call", "direction")
_SHOWN = ("scope", "role", "duty", "level", "service_area", *_FLAGS, "hours")


class MemoryDirectoryHistory:
    """`hub.ports.RosterStore`."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    @property
    def _directory(self) -> Directory:
        return self._store.tables.directory

    async def write(self, event: Event) -> Written:
        applied = self._directory.apply(event, self._store.now())
        _, noun, _ = event.name.split(".")
        return Written(
            applied=applied, version=self._directory.entries[noun, event.data[f"{noun}_id"]].version
        )

    async def standing(self, noun: str, ref: str) -> Standing | None:
        entry = self._directory.entries.get((noun, ref))
        if entry is None:
            return None
        data = entry.data or {}
        placed = {"copropiedad": ref, "unit": data.get("copropiedad_id")}.get(noun)
        scope = f"copropiedad:{placed}" if placed and entry.data else data.get("scope")
        return Standing(scope=scope, person=ref if noun == "person" else data.get("person_id"))

    async def reached(
        self, scopes: Collection[str], people: Collection[str], places: Collection[str]
    ) -> bool:
        there = frozenset(places)
        return all(self._of(scope, there) for scope in scopes) and all(
            self._lives(self._memberships(person, there)) for person in people
        )

    def _of(self, scope: str, places: PropertyScope) -> bool:
        kind, _, ref = scope.partition(":")
        place = self._directory.text("unit", ref, "copropiedad_id") if kind == "unit" else ref
        return within(place if kind != "company" else None, places)

    def _memberships(self, ref: str, places: PropertyScope) -> list[dict[str, Json]]:
        return [
            _membership(key, one.data)
            for (noun, key), one in sorted(self._directory.entries.items())
            if noun == "membership" and one.data and one.data["person_id"] == ref
            if self._of(one.data["scope"], places)
        ]

    def _lives(self, memberships: list[dict[str, Json]]) -> bool:
        ends = [membership["until"] for membership in memberships]
        return any(end is None or dates.instant(end) > self._store.now() for end in ends)

    async def holders(
        self, asked: Holders, *, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        named = f"copropiedad:{asked.copropiedad}" if asked.copropiedad else "company"
        named = f"unit:{asked.unit}" if asked.unit else named
        units = self._directory.units_of(asked.copropiedad, asked.on)
        scopes = {named, *(f"unit:{ref}" for ref in units)} if self._of(named, places) else set()
        rows = [
            _holder(ref, data, since)
            for ref, (data, since) in sorted(self._directory.held(asked.on).items())
            if data["role"] == asked.role and data["scope"] in scopes
        ]
        return page(rows, after, limit)

    async def somebody(
        self, ref: str, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        person, entry = self._directory.person(ref), self._directory.entries.get(("person", ref))
        memberships = self._memberships(ref, places)
        if person is None or entry is None or not (places is None or self._lives(memberships)):
            return None
        return {
            "id": ref,
            "version": entry.version,
            "name": person.name if whole else _HIDDEN,
            "locale": person.locale,
            "digital_access": person.digital_access,
            "contact_points": [
                {
                    "id": point.id,
                    "kind": point.kind,
                    "value": point.value if whole else _HIDDEN,
                    "verified": point.verified,
                }
                for point in person.contact_points
            ],
            "memberships": memberships,
            "consents": msgspec.to_builtins(consents.standing(self._store.tables, ref)),
        }


def _holder(ref: str, data: Mapping[str, Json], since: datetime) -> dict[str, Json]:
    return {
        "id": ref,
        "version": data["version"],
        "since": since.isoformat(),
        "until": data.get("until"),
        "person": data["person_id"],
        "role": data["role"],
        "scope": data["scope"],
        "name": _HIDDEN,
    }


def _membership(ref: str, data: Mapping[str, Json]) -> dict[str, Json]:
    said = {name: bool(data.get(name)) if name in _FLAGS else data.get(name) for name in _SHOWN}
    return {
        "id": ref,
        "version": data["version"],
        **said,
        "since": data.get("since"),
        "until": data.get("until"),
    }
