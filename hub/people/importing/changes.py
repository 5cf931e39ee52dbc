"""What a file changes: entries beside the rows that the directory has, and the news that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hub.model import Event, Json, type_of
from hub.model.ids import SHEET
from hub.people.importing.entries import (
    COPROPIEDAD,
    HOURS,
    MEMBERSHIP,
    PERSON,
    STAFF_FACTS,
    UNIT,
    Entries,
    Facts,
    KnownDirectory,
)

SOURCE: Final = "urn:hub:import"
NOUNS: Final = (COPROPIEDAD, UNIT, PERSON, MEMBERSHIP)

Stored = Mapping[str, Mapping[str, Mapping[str, Json]]]
"""Noun → id → `data` of the event that would have said it, with its `version`, and `removed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row that is to be written, as the data of its event."""

    noun: str
    data: Mapping[str, Json]
    new: bool
    revived: bool = False
    """True for a row that had been removed: somebody who left for good, perhaps of their own will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that a file changes."""

    made: Sequence[Change]
    unchanged: Mapping[str, int]
    """Noun → how many rows are as the file says already."""
    foreign: Mapping[str, int]
    """Noun → how many rows belong to another system, which alone may change them."""
    missing: Sequence[Mapping[str, Json]] = ()
    """Memberships that an earlier file brought, and that this one has no more."""
    ended: Sequence[Change] = field(default=())

    @property
    def revived(self) -> list[str]:
        """The people who had been removed, and whom this file would bring back."""
        return [change.data["person_id"] for change in self.made if change.revived and change.noun == PERSON]

    def counts(self) -> dict[str, dict[str, int]]:
        """Count by noun, the nouns in the order of writing."""
        new = Counter(change.noun for change in self.made if change.new)
        changed = Counter(change.noun for change in self.made if not change.new)
        return {
            noun: {
                "new": new[noun],
                "changed": changed[noun],
                "unchanged": self.unchanged.get(noun, 0),
                "foreign": self.foreign.get(noun, 0),
            }
            for noun in NOUNS
        }


def compare(entries: Entries, stored: Stored, known: KnownDirectory, *, now: datetime) -> Changes:
    """Tell what is to be written so that the directory says what the file says."""
    made: list[Change] = []
    unchanged: Counter[str] = Counter()
    foreign: Counter[str] = Counter()
    for noun in NOUNS:
        for ref, facts in entries.facts[noun].items():
            before = stored[noun].get(ref)
            if before is not None and _others(noun, ref):
                foreign[noun] += 1
                continue
            data = {f"{noun}_id": ref, **_WHOLE[noun](facts, (before or {}).get("data") or {})}
            if before is not None and not before["removed"] and data == before["data"]:
                unchanged[noun] += 1
            else:
                made.append(_change(noun, data, before))
    missing = _missing(entries, known, now)
    return Changes(
        made=made,
        unchanged=unchanged,
        foreign=foreign,
        missing=missing,
        ended=[_end(one, now) for one in missing],
    )


def events(changes: Iterable[Change], *, now: datetime) -> list[Event]:
    """Say changes as the events that other systems would have published."""
    return [
        Event(
            id=f"{change.data[f'{change.noun}_id']}:{change.data['version']}",
            source=SOURCE,
            type=type_of(f"directory.{change.noun}.upserted"),
            time=now,
            data=change.data,
        )
        for change in changes
    ]


def _others(noun: str, ref: str) -> bool:
    # A copropiedad is only ever made by a file: its address and branding come from elsewhere.
    return noun == COPROPIEDAD or not ref.startswith(SHEET)


def _change(noun: str, data: Mapping[str, Json], before: Mapping[str, Json] | None) -> Change:
    # One more than a removed row has, too: it stays, so that its version wins over older news.
    version = 1 if before is None else before["version"] + 1
    revived = before is not None and before["removed"]
    return Change(
        noun=noun, data={**data, "version": version}, new=before is None or revived, revived=revived
    )


def _copropiedad(facts: Facts, _: Mapping[str, Json]) -> Facts:
    return {"name": facts["name"], "towers": sorted(facts["towers"])}


def _unit(facts: Facts, before: Mapping[str, Json]) -> Facts:
    kept = {
        name: before.get(name) if facts[name] is None else facts[name] for name in ("floor", "coefficient")
    }
    return {
        "copropiedad_id": facts["copropiedad_id"],
        "tower": facts["tower"],
        "label": facts["label"],
        **kept,
    }


def _person(facts: Facts, before: Mapping[str, Json]) -> Facts:
    """Join what the file says with what it cannot know: devices, what is verified, an empty cell."""
    defaults = {"locale": "es", "digital_access": True, "document_hash": None}
    kept = {
        name: before.get(name, default) if facts[name] is None else facts[name]
        for name, default in defaults.items()
    }
    return {"names": facts["names"], **kept, "contact_points": _points(facts["points"], before)}


def _points(said: Iterable[tuple[str, str]], before: Mapping[str, Json]) -> list[Json]:
    known = {(point["kind"], point["value"]): point for point in before.get("contact_points") or ()}
    points: list[Json] = []
    numbers: Counter[str] = Counter()
    taken = {point["id"] for key, point in known.items() if key in said or not point["id"].startswith(SHEET)}
    for kind, value in said:
        point = known.pop((kind, value), None)
        points.append(point or {"id": _point_id(kind, numbers, taken), "kind": kind, "value": value})
    return [*points, *(point for point in known.values() if not point["id"].startswith(SHEET))]


def _point_id(kind: str, numbers: Counter[str], taken: set[str]) -> str:
    while True:
        numbers[kind] += 1
        ref = f"{SHEET}{kind}-{numbers[kind]}"
        if ref not in taken:
            return ref


def _membership(facts: Facts, before: Mapping[str, Json]) -> Facts:
    kept = {name: before.get(name) or False for name in _FLAGS if facts.get(name, False) is None}
    kept |= {HOURS: before[HOURS]} if before.get(HOURS) else {}
    return {**facts, **kept}


_FLAGS: Final = ("on_call", "direction")


_WHOLE: Final[Mapping[str, Callable[[Facts, Mapping[str, Json]], dict[str, Any]]]] = {
    COPROPIEDAD: _copropiedad,
    UNIT: _unit,
    PERSON: _person,
    MEMBERSHIP: _membership,
}


def _missing(entries: Entries, known: KnownDirectory, now: datetime) -> list[Mapping[str, Json]]:
    wanted = entries.facts[MEMBERSHIP]
    return [
        membership
        for membership in known.memberships
        if membership["id"].startswith(SHEET)
        and membership["id"] not in wanted
        and (membership["ends_at"] is None or membership["ends_at"] > now)
    ]


def _end(one: Mapping[str, Json], now: datetime) -> Change:
    data = {
        "membership_id": one["id"],
        "version": one["version"] + 1,
        **{name: one[name] for name in ("person_id", "scope", "role", "since")},
        **{name: one[name] for name in (*STAFF_FACTS, HOURS) if name in one},
        "until": now.isoformat(),
    }
    return Change(noun=MEMBERSHIP, data=data, new=False)
