"""The lines of a file as entries of the directory, each under the id that it has or is to have."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

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
"""Document → its keyed hashes: the first is the one to store, the others were made with older keys."""

UNIT: Final = "unit"
COPROPIEDAD: Final = "copropiedad"
PERSON: Final = "person"
MEMBERSHIP: Final = "membership"
STAFF: Final = "staff"
STAFF_FACTS: Final = ("duty", "level", "service_area", "on_call", "direction")
"""What a membership of the staff says besides."""
HOURS: Final = "hours"
"""What it may say besides, of which no sheet knows: an import keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDirectory:
    """What the directory has of the copropiedades of a file: rows of its tables, as mappings."""

    copropiedades: Mapping[str, str] = field(default_factory=dict)
    """Every one of the company: id → name."""
    units: Sequence[Mapping[str, Json]] = ()
    people: Sequence[Mapping[str, Json]] = ()
    memberships: Sequence[Mapping[str, Json]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What part of the directory a file speaks of; of no other part anything can be missing."""

    copropiedades: Sequence[str]
    """Ids, sorted; also of those that the file would make."""
    staff: bool
    """True for the company's people, False for everybody else."""
    company: bool
    """True when it speaks of who works for all copropiedades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Noun → id → what the file says of it; None where it says nothing."""

    facts: Mapping[str, Mapping[str, Facts]]
    doubts: Sequence[Fault] = ()


def places_of(rows: Iterable[Row], copropiedades: Mapping[str, str]) -> dict[str, str]:
    """Answer how the file names each copropiedad → its id; what is not known gets an id from its name."""
    by_name = {fold(name): ref for ref, name in copropiedades.items()}
    return {
        text: text if text in copropiedades else by_name.get(fold(text)) or _new_place(text)
        for text in dict.fromkeys(row.copropiedad for row in rows if not row.company)
    }


def part_of(report: Report, copropiedades: Mapping[str, str]) -> Part:
    """Tell what a file is to be compared with; `copropiedades` are those that are there, id → name."""
    return Part(
        copropiedades=sorted(set(places_of(report.rows, copropiedades).values())),
        staff=report.staff,
        company=any(row.company for row in report.rows),
    )


def _new_place(name: str) -> str:
    readable = slug(name).removeprefix("ph-")
    return f"ph-{readable}" if readable else sheet_id(COPROPIEDAD, name)


def possible_people(rows: Iterable[Row], hashes: Hashes) -> set[str]:
    """Answer the ids that this and earlier files may have given to the people of a file."""
    return {
        sheet_id(PERSON, DOCUMENT, hashe) for row in rows if row.document for hashe in hashes(row.document)
    } | {sheet_id(PERSON, *way) for row in rows if row.name for way in ways(row)}


def entries_of(rows: Sequence[Row], known: KnownDirectory, hashes: Hashes) -> Entries:
    """Turn lines into entries, each under the id that the directory has for it already, if it has one."""
    places = places_of(rows, known.copropiedades)
    refs = _Units(known, places)
    people = _people(rows, known, hashes)
    memberships = _Memberships(known)
    facts: dict[str, dict[str, Facts]] = {
        noun: defaultdict(dict) for noun in (COPROPIEDAD, UNIT, PERSON, MEMBERSHIP)
    }
    for row in rows:
        if not row.company:
            _add(facts[COPROPIEDAD][places[row.copropiedad]], name=row.copropiedad, towers=())
        if row.tower:
            _add_some(facts[COPROPIEDAD][places[row.copropiedad]], "towers", (row.tower,))
        if row.unit:
            _add(facts[UNIT][refs.of(row)], **_unit(row, places))
        if row.name:
            ref = people[row.line]
            _add(facts[PERSON][ref], **_person(row, hashes))
            _add_some(facts[PERSON][ref], "points", _points(row))
            for role in row.roles:
                scope = _scope(row, role, places, refs)
                said = _membership(row, ref, scope, role)
                _add(facts[MEMBERSHIP][memberships.of(said)], **said)
    return Entries(facts=facts, doubts=_new_places(rows, places, known.copropiedades))


def _add(facts: Facts, **said: Any) -> None:
    """Add what no earlier line has said."""
    for name, value in said.items():
        if facts.get(name) is None:
            facts[name] = value


def _add_some(facts: Facts, name: str, more: tuple[Any, ...]) -> None:
    facts[name] = tuple(dict.fromkeys((*facts.get(name, ()), *more)))


class _Units:
    """The id of each unit of the file."""

    def __init__(self, known: KnownDirectory, places: Mapping[str, str]) -> None:
        self._places = places
        self._known: dict[tuple[str, str, str], str] = {}
        for unit in known.units:
            key = unit["copropiedad_id"], fold_tower(unit["tower"]), fold_unit(unit["label"])
            self._known.setdefault(key, unit["id"])

    def of(self, row: Row) -> str:
        key = self._places[row.copropiedad], fold_tower(row.tower), fold_unit(row.unit or "")
        return self._known.get(key) or sheet_id(UNIT, *key)


class _Memberships:
    """The id of each membership of the file."""

    def __init__(self, known: KnownDirectory) -> None:
        self._known: dict[Hashable, str] = {}
        self._lines: Counter[Hashable] = Counter()
        for membership in known.memberships:
            staff = membership["role"] == STAFF
            # Of other systems' staff the duty tells which one is meant; ours are told apart by their order.
            if not (staff and membership["id"].startswith(SHEET)):
                self._known.setdefault(_held(membership), membership["id"])

    def of(self, said: Facts) -> str:
        known, where = self._known.get(_held(said)), (said["person_id"], said["scope"], said["role"])
        if known or said["role"] != STAFF:
            return known or sheet_id(MEMBERSHIP, *where)
        # A line whose duty is corrected is still the same membership, as long as it is alone there.
        self._lines[where] += 1
        return sheet_id(MEMBERSHIP, *where, str(self._lines[where]))


def _held(one: Mapping[str, Json]) -> Hashable:
    return tuple(one.get(name) for name in ("person_id", "scope", "role", "duty", "level", "service_area"))


def _people(rows: Sequence[Row], known: KnownDirectory, hashes: Hashes) -> dict[int, str]:
    """Answer line → the id of its person."""
    by_hash = {person["document_hash"]: person["id"] for person in known.people if person["document_hash"]}
    by_way: dict[tuple[str, ...], list[Mapping[str, Json]]] = defaultdict(list)
    for one in known.people:
        for point in one["contact_points"] or ():
            way = {"email": "correo", "phone": "celular"}.get(point["kind"])
            if way:
                by_way[way, point["value"].casefold(), fold(one["name"])].append(one)
    ids = {one["id"] for one in known.people}
    found: dict[Hashable, str] = {}
    keys = person_keys(rows)
    for row in sorted((row for row in rows if row.name), key=lambda row: row.document is None):
        key = keys[row.line]
        if key not in found:
            found[key] = _stored_person(row, by_hash, by_way, hashes) or _new_id(key, ids, hashes)
    return {line: found[key] for line, key in keys.items()}


def _stored_person(
    row: Row,
    by_hash: Mapping[str, str],
    by_way: Mapping[tuple[str, ...], Sequence[Mapping[str, Json]]],
    hashes: Hashes,
) -> str | None:
    for one in hashes(row.document) if row.document else ():
        if one in by_hash:
            return by_hash[one]
    # A hash under a key that is gone, or of another system, does not say that the documents differ.
    keys = {_key(hashe) for hashe in hashes(row.document)} if row.document else set()
    for way in ways(row):
        same = [one["id"] for one in by_way.get(way, ()) if _key(one["document_hash"] or "") not in keys]
        if len(same) == 1:
            return str(same[0])
    return None


def _key(document_hash: str) -> str:
    """Answer what stands before the digest: how it was made, and with which key."""
    return document_hash.rpartition(":")[0]


def _new_id(key: Any, ids: set[str], hashes: Hashes) -> str:
    if key[0] != DOCUMENT:
        return sheet_id(PERSON, *key)
    possible = [sheet_id(PERSON, DOCUMENT, hashe) for hashe in hashes(key[1])]
    return next((one for one in possible if one in ids), possible[0])


def _unit(row: Row, places: Mapping[str, str]) -> Facts:
    return {
        "copropiedad_id": places[row.copropiedad],
        "tower": row.tower,
        "floor": row.floor,
        "label": row.unit,
        "coefficient": row.coefficient,
    }


def _person(row: Row, hashes: Hashes) -> Facts:
    return {
        "names": row.name,
        "document_hash": hashes(row.document)[0] if row.document else None,
        "locale": row.locale,
        "digital_access": row.digital_access,
    }


def _points(row: Row) -> tuple[tuple[str, str], ...]:
    return (*(("email", email) for email in row.emails), *(("phone", phone) for phone in row.phones))


def _membership(row: Row, person: str, scope: str, role: str) -> Facts:
    return {
        "person_id": person,
        "scope": scope,
        "role": role,
        "since": _text(row.since),
        "until": _text(row.until),
        **({name: getattr(row, name) for name in STAFF_FACTS} if row.staff else {}),
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _scope(row: Row, role: str, places: Mapping[str, str], refs: _Units) -> str:
    if row.company:
        return "company"
    if role in OF_THE_WHOLE:
        return f"copropiedad:{places[row.copropiedad]}"
    return f"unit:{refs.of(row)}"


def _new_places(
    rows: Sequence[Row], places: Mapping[str, str], copropiedades: Mapping[str, str]
) -> list[Fault]:
    """Say which copropiedades would be new: a slip of the pen makes one, too."""
    first = {row.copropiedad: row.line for row in reversed(rows) if not row.company}
    names = {fold(name): name for name in copropiedades.values()}
    doubts = []
    for text, ref in places.items():
        if ref not in copropiedades:
            near = difflib.get_close_matches(fold(text), names, n=1)
            doubts.append(
                Fault(
                    line=first[text],
                    column="copropiedad",
                    wrong=f"es nueva: se crea como {ref}",
                    write=f"«{names[near[0]]}», si es esa" if near else "nada, si es nueva",
                    warning=True,
                )
            )
    return doubts
