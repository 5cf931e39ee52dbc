"""Lines of a file → entries of the directory, each under its existing or new id."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from hub.model import Json
from hub.model.ids import SHEET, sheet_id
from hub.people.importing.columns import OF_THE_WHOLE
from hub.people.importing.faults import Fault
from hub.people.importing.folding import fold, fold_tower, fold_unit, slug
from hub.people.importing.reading import Report
from hub.people.importing.rows import Row
from hub.people.importing.whole import DOCUMENT, person_keys, ways

Facts = dict[str, Any]
Hashes = Callable[[str], Sequence[str]]
"""Document → its keyed hashes: store the first; the others were made with older keys."""

UNIT: Final = "unit"
COPROPIEDAD: Final = "copropiedad"
PERSON: Final = "person"
MEMBERSHIP: Final = "membership"
NOUNS: Final = (COPROPIEDAD, UNIT, PERSON, MEMBERSHIP)
STAFF: Final = "staff"
STAFF_FACTS: Final = ("duty", "level", "service_area", "on_call", "direction")
"""Further fields of a staff membership."""
HOURS: Final = "hours"
"""A field of staff memberships that no sheet has: an import keeps it."""


class StoredUnit(Struct, frozen=True, kw_only=True):
    id: str
    copropiedad_id: str
    tower: str | None
    label: str


class StoredPerson(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    document_hash: str | None
    contact_points: Sequence[Mapping[str, Json]] | None


class StoredEntry(Struct, frozen=True, kw_only=True):
    """A row as the `data` of its event, without its version; `until` is when a membership ends."""

    id: str
    version: int
    removed: bool
    data: Mapping[str, Json]
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDirectory:
    """The directory's rows for the copropiedades of a file."""

    copropiedades: Mapping[str, str] = field(default_factory=dict)
    """All copropiedades of the company: id → name."""
    units: Sequence[StoredUnit] = ()
    people: Sequence[StoredPerson] = ()
    memberships: Sequence[StoredEntry] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of the directory that a file covers; only there can a row be missing."""

    copropiedades: Sequence[str]
    """Ids, sorted, including those that the file would create."""
    staff: bool
    """True for staff, False for everybody else."""
    company: bool
    """True if it includes people who work for all copropiedades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Noun → id → the file's facts; None for a fact that the file does not state."""

    facts: Mapping[str, Mapping[str, Facts]]
    doubts: Sequence[Fault] = ()


def places_of(rows: Iterable[Row], copropiedades: Mapping[str, str]) -> dict[str, str]:
    """Return the file's name of each copropiedad → its id; an unknown one gets an id from its name."""
    by_name = {fold(name): ref for ref, name in copropiedades.items()}
    return {
        text: text if text in copropiedades else by_name.get(fold(text)) or _new_place(text)
        for text in dict.fromkeys(row.copropiedad for row in rows if not row.company)
    }


def part_of(report: Report, copropiedades: Mapping[str, str]) -> Part:
    """Return the part of the directory to compare with; `copropiedades` are the existing ones, id → name."""
    return Part(
        copropiedades=sorted(set(places_of(report.rows, copropiedades).values())),
        staff=report.staff,
        company=any(row.company for row in report.rows),
    )


def _new_place(name: str) -> str:
    readable = slug(name).removeprefix("ph-")
    return f"ph-{readable}" if readable else sheet_id(COPROPIEDAD, name)


def possible_people(rows: Iterable[Row], hashes: Hashes) -> set[str]:
    """Return the ids that this and earlier files may have given to the people of a file."""
    return {
        sheet_id(PERSON, DOCUMENT, hash_) for row in rows if row.document for hash_ in hashes(row.document)
    } | {sheet_id(PERSON, *way) for row in rows if row.name for way in ways(row)}


def entries_of(rows: Sequence[Row], known: KnownDirectory, hashes: Hashes) -> Entries:
    """Turn lines into entries, each under the directory's id if it has one."""
    places = places_of(rows, known.copropiedades)
    units = _units(rows, known, places)
    people = _people(rows, known, hashes)
    memberships = _Memberships(known)
    facts: dict[str, dict[str, Facts]] = {noun: defaultdict(dict) for noun in NOUNS}
    for row in rows:
        if not row.company:
            _add(facts[COPROPIEDAD][places[row.copropiedad]], name=row.copropiedad)
            _append(facts[COPROPIEDAD][places[row.copropiedad]], "towers", (row.tower,) if row.tower else ())
        if row.unit:
            known_unit = facts[UNIT][units[row.line]]
            _add(known_unit, copropiedad_id=places[row.copropiedad], tower=row.tower, floor=row.floor)
            _add(known_unit, label=row.unit, coefficient=row.coefficient)
        if row.name:
            ref = people[row.line]
            _add(facts[PERSON][ref], **_person(row, hashes))
            points = (*(("email", one) for one in row.emails), *(("phone", one) for one in row.phones))
            _append(facts[PERSON][ref], "points", points)
            for role in row.roles:
                membership = _membership(row, ref, _scope(row, role, places, units), role)
                _add(facts[MEMBERSHIP][memberships.of(membership)], **membership)
    return Entries(facts=facts, doubts=_new_places(rows, places, known.copropiedades))


def _add(facts: Facts, **stated: Any) -> None:
    """Add the facts that no earlier line has stated."""
    for name, value in stated.items():
        if facts.get(name) is None:
            facts[name] = value


def _append(facts: Facts, name: str, more: tuple[Any, ...]) -> None:
    facts[name] = tuple(dict.fromkeys((*facts.get(name, ()), *more)))


def _units(rows: Iterable[Row], known: KnownDirectory, places: Mapping[str, str]) -> dict[int, str]:
    """Return line → the id of its unit."""
    stored: dict[tuple[str, str, str], str] = {}
    for unit in known.units:
        stored.setdefault((unit.copropiedad_id, fold_tower(unit.tower), fold_unit(unit.label)), unit.id)
    keys = {
        row.line: (places[row.copropiedad], fold_tower(row.tower), fold_unit(row.unit))
        for row in rows
        if row.unit
    }
    return {line: stored.get(key) or sheet_id(UNIT, *key) for line, key in keys.items()}


class _Memberships:
    """The id of each membership of the file."""

    def __init__(self, known: KnownDirectory) -> None:
        self._known: dict[Hashable, str] = {}
        self._lines: Counter[Hashable] = Counter()
        for membership in known.memberships:
            staff = membership.data["role"] == STAFF
            # The duty identifies staff memberships of other systems; the order of lines identifies ours.
            if not (staff and membership.id.startswith(SHEET)):
                self._known.setdefault(_membership_key(membership.data), membership.id)

    def of(self, membership: Facts) -> str:
        known = self._known.get(_membership_key(membership))
        where = membership["person_id"], membership["scope"], membership["role"]
        if known or membership["role"] != STAFF:
            return known or sheet_id(MEMBERSHIP, *where)
        # A line with a corrected duty is still the same membership if it is the only one there.
        self._lines[where] += 1
        return sheet_id(MEMBERSHIP, *where, str(self._lines[where]))


def _membership_key(membership: Mapping[str, Json]) -> Hashable:
    return tuple(
        membership.get(name) for name in ("person_id", "scope", "role", "duty", "level", "service_area")
    )


def _people(rows: Sequence[Row], known: KnownDirectory, hashes: Hashes) -> dict[int, str]:
    """Return line → the id of its person."""
    by_hash = {person.document_hash: person.id for person in known.people if person.document_hash}
    by_way: dict[tuple[str, ...], list[StoredPerson]] = defaultdict(list)
    for person in known.people:
        for point in person.contact_points or ():
            way = {"email": "correo", "phone": "celular"}.get(point["kind"])
            if way:
                by_way[way, point["value"].casefold(), fold(person.name)].append(person)
    ids = {person.id for person in known.people}
    refs: dict[Hashable, str] = {}
    keys = person_keys(rows)
    for row in sorted((row for row in rows if row.name), key=lambda row: row.document is None):
        key = keys[row.line]
        if key not in refs:
            refs[key] = _stored_person(row, by_hash, by_way, hashes) or _new_id(key, ids, hashes)
    return {line: refs[key] for line, key in keys.items()}


def _stored_person(
    row: Row,
    by_hash: Mapping[str, str],
    by_way: Mapping[tuple[str, ...], Sequence[StoredPerson]],
    hashes: Hashes,
) -> str | None:
    for document_hash in hashes(row.document) if row.document else ():
        if document_hash in by_hash:
            return by_hash[document_hash]
    # A hash with a removed key, or of another system, does not prove that the documents differ.
    keys = {_key(hash_) for hash_ in hashes(row.document)} if row.document else set()
    for way in ways(row):
        namesakes = by_way.get(way, ())
        same = [person.id for person in namesakes if _key(person.document_hash or "") not in keys]
        if len(same) == 1:
            return same[0]
    return None


def _key(document_hash: str) -> str:
    """Return the prefix of a hash: its method and key."""
    return document_hash.rpartition(":")[0]


def _new_id(key: Any, ids: set[str], hashes: Hashes) -> str:
    if key[0] != DOCUMENT:
        return sheet_id(PERSON, *key)
    possible = [sheet_id(PERSON, DOCUMENT, hash_) for hash_ in hashes(key[1])]
    return next((ref for ref in possible if ref in ids), possible[0])


def _person(row: Row, hashes: Hashes) -> Facts:
    return {
        "names": row.name,
        "document_hash": hashes(row.document)[0] if row.document else None,
        "locale": row.locale,
        "digital_access": row.digital_access,
        "large_print": row.large_print,
    }


def _membership(row: Row, person: str, scope: str, role: str) -> Facts:
    return {
        "person_id": person,
        "scope": scope,
        "role": role,
        "since": row.since and row.since.isoformat(),
        "until": row.until and row.until.isoformat(),
        **({name: getattr(row, name) for name in STAFF_FACTS} if row.staff else {}),
    }


def _scope(row: Row, role: str, places: Mapping[str, str], units: Mapping[int, str]) -> str:
    if row.company:
        return "company"
    if role in OF_THE_WHOLE:
        return f"copropiedad:{places[row.copropiedad]}"
    return f"unit:{units[row.line]}"


def _new_places(
    rows: Sequence[Row], places: Mapping[str, str], copropiedades: Mapping[str, str]
) -> list[Fault]:
    """Warn about new copropiedades: a typing error would create one."""
    first = {row.copropiedad: row.line for row in reversed(rows) if not row.company}
    names = {fold(name): name for name in copropiedades.values()}
    doubts = []
    for text, ref in places.items():
        if ref not in copropiedades:
            near = difflib.get_close_matches(fold(text), names, n=1)
            write = f"«{names[near[0]]}», si es esa" if near else "nada, si es nueva"
            doubts.append(
                Fault(first[text], "copropiedad", f"es nueva: se crea como {ref}", write, warning=True)
            )
    return doubts
