"""The directory as operators see and mend it, over the memory store; names and addresses are hidden whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hub.model import Event, Json
from hub.ports import Holders, Page, Written
from hub.testing.directory import Directory
from hub.testing.paging import page
from hub.testing.store import MemoryStore

_HIDDEN = "***"
_FLAGS = ("on_call", "direction")
_SHOWN = ("scope", "role", "duty", "level", "service_area", *_FLAGS)


class MemoryRoster:
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

    async def holders(self, asked: Holders, *, after: str | None, limit: int) -> Page:
        scopes = {f"unit:{asked.unit}", f"copropiedad:{asked.copropiedad}"}
        for (noun, ref), entry in self._directory.entries.items():
            if noun == "unit" and entry.data and entry.data["copropiedad_id"] == asked.copropiedad:
                scopes.add(f"unit:{ref}")
        rows = [
            _holder(ref, data, since)
            for ref, (data, since) in sorted(self._directory.held(asked.on).items())
            if data["role"] == asked.role and data["scope"] in scopes
        ]
        return page(rows, after, limit)

    async def somebody(self, ref: str) -> Mapping[str, Json] | None:
        person, entry = self._directory.person(ref), self._directory.entries.get(("person", ref))
        if person is None or entry is None:
            return None
        memberships = [
            _membership(key, one.data)
            for (noun, key), one in sorted(self._directory.entries.items())
            if noun == "membership" and one.data and one.data["person_id"] == ref
        ]
        return {
            "id": ref,
            "version": entry.version,
            "name": _HIDDEN,
            "locale": person.locale,
            "digital_access": person.digital_access,
            "contact_points": [
                {"id": one.id, "kind": one.kind, "value": _HIDDEN, "verified": one.verified}
                for one in person.contact_points
            ],
            "memberships": memberships,
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
