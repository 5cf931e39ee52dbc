"""The directory as rows: what `directory.*` events say of copropiedades, units, people and memberships."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from hub.audience import usable_email, usable_phone
from hub.errors import StorageRefused
from hub.model import ContactPoint, Event, Json
from hub.rfc3339 import parse
from hub.storage.database import Runner, encode_some
from hub.storage.queries import load

_SQL = load("directory")
_ZONE: Final = ZoneInfo("America/Bogota")
_DATE_LENGTH: Final = len("2026-03-09")

Row = tuple[object, ...]


async def apply(run: Runner, events: Iterable[Event]) -> None:
    """
    Apply `directory.*` events: the greatest version wins, the first of equals.

    Of several for one row only that one is written, so that one statement per noun is enough.
    Raises StorageRefused for a membership whose instants cannot be read.
    """
    newest: dict[str, dict[str, tuple[int, Row]]] = {noun: {} for noun in _SQL_OF}
    for event in events:
        kind = _KINDS[event.name]
        version, key = event.data["version"], event.data[kind.key]
        known = newest[kind.noun].get(key)
        if known is None or version > known[0]:
            newest[kind.noun][key] = version, (key, version, *kind.columns(event.data))
    for noun, rows in newest.items():
        if rows:
            # Sorted by key: two batches that overlap wait for each other instead of deadlocking.
            ordered = [row for _, (_, row) in sorted(rows.items())]
            await run.rows(_SQL_OF[noun], *zip(*ordered, strict=True))


def usable(given: Sequence[Mapping[str, Json]]) -> list[ContactPoint]:
    """Tidy contact points; those that nothing can be sent to are left out."""
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
    if text is None:
        return None
    try:
        if len(text) == _DATE_LENGTH:
            return datetime.combine(date.fromisoformat(text), time(), _ZONE)
        return parse(text)
    except ValueError as exc:
        raise StorageRefused("an instant of a membership cannot be read") from exc


def _copropiedad(data: Mapping[str, Json]) -> Row:
    return (
        data["name"],
        data.get("address"),
        encode_some(data.get("towers")),
        encode_some(data.get("branding")),
        data.get("timezone"),
    )


def _unit(data: Mapping[str, Json]) -> Row:
    return (
        data["copropiedad_id"],
        data.get("tower"),
        data.get("floor"),
        data["label"],
        data.get("coefficient"),
    )


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
    )


def _person_removed(_: Mapping[str, Json]) -> Row:
    return True, "", "es", True, None, None, None


def _membership(data: Mapping[str, Json]) -> Row:
    scope_kind, _, scope_id = data["scope"].partition(":")
    return (
        False,
        data["person_id"],
        scope_kind,
        scope_id,
        data["role"],
        data.get("duty"),
        data.get("level"),
        data.get("service_area"),
        instant(data.get("since")),
        instant(data.get("until")),
    )


def _membership_removed(_: Mapping[str, Json]) -> Row:
    return True, "", "", "", "", None, None, None, None, None


@dataclass(frozen=True, slots=True)
class _Kind:
    noun: str
    key: str
    columns: Callable[[Mapping[str, Json]], Row]


_KINDS: Final[Mapping[str, _Kind]] = {
    "directory.copropiedad.upserted": _Kind("copropiedad", "copropiedad_id", _copropiedad),
    "directory.unit.upserted": _Kind("unit", "unit_id", _unit),
    "directory.person.upserted": _Kind("person", "person_id", _person),
    "directory.person.removed": _Kind("person", "person_id", _person_removed),
    "directory.membership.upserted": _Kind("membership", "membership_id", _membership),
    "directory.membership.removed": _Kind("membership", "membership_id", _membership_removed),
}
_SQL_OF: Final = {noun: _SQL[noun] for noun in ("copropiedad", "unit", "person", "membership")}
