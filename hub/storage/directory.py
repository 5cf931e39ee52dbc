"""The directory as rows: applies `directory.*` events to copropiedades, units, people and memberships."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from asyncpg import Record
from msgspec import Struct, convert

from hub.business_time import dates
from hub.business_time.rfc3339 import EARLIEST
from hub.errors import StorageRefused
from hub.model import ContactPoint, Event, Json
from hub.people.audience import usable_email, usable_phone
from hub.people.brands import packed_brand
from hub.people.contact_changes import ContactChange, former_contacts
from hub.people.versions import Entry, entry_of, require_no_jump
from hub.storage.database import Runner, encode, encode_some, load, read, write

_SQL = load("directory")

Row = tuple[object, ...]
_Version = tuple[str, str, int]
"""A kind of entry, its id, and a version of it."""


class _InForce(Struct, frozen=True):
    """The rows that events change, as they are before: versions, and people's contact points; `at` is now."""

    at: datetime
    versions: Mapping[Entry, int]
    people: Mapping[str, Record]


async def apply(run: Runner, events: Sequence[Event], *, jumps: bool = False) -> frozenset[Entry]:
    """
    Apply `directory.*` events: the greatest version wins, the first of equals. Return the changed entries.

    Only the winner of each row is written, so that one statement per kind is enough.
    All events are kept as history, with the contact points that they take from people.
    Raises StorageRefused for unreadable instants, VersionJump unless the writer may jump (`jumps`).
    """
    in_force = await _in_force(run, events)
    if not jumps:
        require_no_jump(events, in_force.versions, in_force.at)
    newest = _newest(events)
    await _keep(run, events, _to_notify(newest.get("person", {}), in_force))
    changed: set[Entry] = set()
    for noun, winners in newest.items():
        # Sorted by key: two batches that overlap wait for each other instead of deadlocking.
        if noun == "copropiedad":
            # Each identity is kept by its digest, before a row names it.
            brands = (packed_brand(event.data.get("branding")) for event in winners.values())
            await write(run, _SQL["keep_brands"], sorted({brand for brand in brands if brand}))
        written = await write(run, _SQL[noun], [_row(noun, event) for _, event in sorted(winners.items())])
        changed |= {(noun, row["id"]) for row in written}
    return frozenset(changed)


class Branding(Struct, frozen=True):
    """The identity of a copropiedad as its entry states it."""

    id: str
    name: str
    data: Json


async def brandings(run: Runner) -> Sequence[Branding]:
    """Return the identities of all copropiedades that have one, by id."""
    return [Branding(row["id"], row["name"], row["branding"]) for row in await run.rows(_SQL["brandings"])]


async def set_back(run: Runner, entry: Entry, version: int) -> None:
    """Let the entry's next version be this one: greater ones no longer count, now or on an earlier day."""
    noun, key = entry
    await run.rows(_SQL["set_back"].format(table=noun), key, version)
    await run.rows(_SQL["forget_later"], noun, key, version)


async def _in_force(run: Runner, events: Iterable[Event]) -> _InForce:
    asked = {entry_of(event) for event in events}
    ids = [sorted(key for kind, key in asked if kind == noun) for noun in _COLUMNS]
    rows = await run.rows(_SQL["in_force"], *ids)
    known = [row for row in rows if row["noun"] is not None]
    return _InForce(
        at=rows[0]["at"],
        versions={(row["noun"], row["id"]): row["version"] for row in known},
        people={row["id"]: row for row in known if row["noun"] == "person"},
    )


def _newest(events: Iterable[Event]) -> Mapping[str, Mapping[str, Event]]:
    newest: dict[str, dict[str, Event]] = {noun: {} for noun in _COLUMNS}
    for event in events:
        noun, key = entry_of(event)
        known = newest[noun].get(key)
        if known is None or event.data["version"] > known.data["version"]:
            newest[noun][key] = event
    return {noun: winners for noun, winners in newest.items() if winners}


def _row(noun: str, event: Event) -> Row:
    columns = _REMOVED[noun] if _is_removal(event) else _COLUMNS[noun](event.data)
    return entry_of(event)[1], event.data["version"], *columns


def _to_notify(winners: Mapping[str, Event], in_force: _InForce) -> Mapping[_Version, bytes]:
    """Return the versions that take contact points from people, each with the name and the points."""
    found: dict[_Version, bytes] = {}
    for key, event in winners.items():
        before, version = in_force.people.get(key), event.data["version"]
        if before is None or _is_removal(event) or version <= before["version"]:
            continue
        had = convert(before["contact_points"] or [], list[ContactPoint])
        has = usable(event.data.get("contact_points") or ())
        if former := former_contacts(had, has, event.source):
            found["person", key, version] = encode({"name": before["name"], "former": former})
    return found


async def _keep(run: Runner, events: Iterable[Event], to_notify: Mapping[_Version, bytes]) -> None:
    """Store every version; for a removed person, that the person existed and nothing else."""
    versions: dict[_Version, Row] = {}
    for event in events:
        (noun, key), data = entry_of(event), event.data
        termed = data if noun in _TERMED else {}
        since, until = instant(termed.get("since")), instant(termed.get("until"))
        row = event.time, since or event.time, until, _is_removal(event), encode(data), event.source
        version = noun, key, data["version"]
        versions.setdefault(version, (*row, to_notify.get(version)))
    await write(run, _SQL["keep"], [(*version, *row) for version, row in sorted(versions.items())])
    if people := sorted({key for noun, key, _ in versions if noun == "person"}):
        await run.rows(_SQL["forget"], people)


def _is_removal(event: Event) -> bool:
    return event.name.endswith(".removed")


def usable(given: Sequence[Mapping[str, Json]]) -> list[ContactPoint]:
    """Normalise contact points; unusable ones are dropped."""
    tidied = [(point, _TIDY[point["kind"]](point["value"])) for point in given]
    return [
        ContactPoint(id=point["id"], kind=point["kind"], value=value, verified=bool(point.get("verified")))
        for point, value in tidied
        if value
    ]


_TIDY: Final[Mapping[str, Callable[[str], str | None]]] = {
    "email": usable_email,
    "phone": usable_phone,
    "push": str.strip,
}


def instant(text: str | None) -> datetime | None:
    """Read a date (its first instant in Colombia) or an RFC 3339 instant."""
    try:
        return None if text is None else dates.instant(text)
    except ValueError as exc:
        raise StorageRefused("an instant of the directory cannot be read") from exc


def _copropiedad(data: Mapping[str, Json]) -> Row:
    towers, branding, desk = (encode_some(data.get(name)) for name in ("towers", "branding", "desk"))
    brand = packed_brand(data.get("branding"))
    known_by = brand and brand[0]
    return data["name"], data.get("address"), towers, branding, known_by, data.get("timezone"), desk


def _unit(data: Mapping[str, Json]) -> Row:
    return tuple(map(data.get, ("copropiedad_id", "tower", "floor", "label", "coefficient")))


def _person(data: Mapping[str, Json]) -> Row:
    given = data.get("contact_points") or ()
    return (
        False,
        data["names"],
        data.get("locale") or "es",
        data.get("digital_access") is not False,
        data.get("document_hash"),
        encode_some(usable(given)),
        encode_some(given),
        data.get("large_print") is True,
    )


def _membership(data: Mapping[str, Json]) -> Row:
    scope_kind, _, scope_id = data["scope"].partition(":")
    return (
        *(False, data["person_id"], scope_kind, scope_id, data["role"]),
        *map(data.get, ("duty", "level", "service_area")),
        *(instant(data.get(name)) for name in ("since", "until")),
        *(bool(data.get(name)) for name in ("on_call", "direction")),
        encode_some(data.get("hours")),
    )


def _leave(data: Mapping[str, Json]) -> Row:
    since, until = instant(data["since"]), instant(data["until"])
    return False, since, until, data["person_id"], data.get("delegate_id")


def _rota(data: Mapping[str, Json]) -> Row:
    scope_kind, _, scope_id = data["scope"].partition(":")
    return False, scope_kind, scope_id, data["duty"], encode(data["shifts"])


_COLUMNS: Final[Mapping[str, Callable[[Mapping[str, Json]], Row]]] = {
    "copropiedad": _copropiedad,
    "unit": _unit,
    "person": _person,
    "membership": _membership,
    "leave": _leave,
    "rota": _rota,
}
_REMOVED: Final[Mapping[str, Row]] = {
    "person": (True, "", "es", True, None, None, None, False),
    "membership": (True, "", "", "", "", None, None, None, None, None, False, False, None),
    "leave": (True, EARLIEST, EARLIEST, "", None),
    "rota": (True, "", "", "", encode([])),
}
"""The columns of a removed row."""
_TERMED: Final = ("membership", "leave")
"""Kinds that state the period in which they apply."""


async def unnotified(run: Runner, limit: int) -> Sequence[ContactChange]:
    rows = await run.rows(_SQL["unnotified"], limit)
    return [read(ContactChange, row, **row["to_notify"]) for row in rows]


async def mark_notified(run: Runner, changes: Sequence[ContactChange]) -> None:
    await write(run, _SQL["mark_notified"], sorted((change.person, change.version) for change in changes))
