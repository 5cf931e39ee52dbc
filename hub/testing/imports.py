"""What an import asks of the directory, in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from hub.business_time.dates import instant, written
from hub.model import Event, Json
from hub.people.importing import KnownDirectory, Part, Stored
from hub.people.importing.entries import (
    COPROPIEDAD,
    HOURS,
    MEMBERSHIP,
    PERSON,
    STAFF,
    STAFF_FACTS,
    UNIT,
)
from hub.testing.directory import DirectoryEntry
from hub.testing.store import MemoryStore
from hub.testing.transaction import MemoryTransaction

Data = Mapping[str, Json]


class MemoryImports:
    """`hub.ports.ImportStore`, over the memory store's directory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryImport]:
        async with self._store.transaction() as transaction:
            yield MemoryImport(transaction)


class MemoryImport:
    """`hub.ports.ImportTransaction`."""

    def __init__(self, transaction: MemoryTransaction) -> None:
        self._transaction = transaction
        self._directory = transaction.directory

    async def alone(self) -> None:
        """One transaction at a time anyway."""

    async def copropiedades(self) -> Mapping[str, str]:
        return {ref: data["name"] for ref, _, data in self._rows(COPROPIEDAD)}

    async def known(self, part: Part, people: Collection[str]) -> KnownDirectory:
        units = [
            {"id": ref, **_unit(data)}
            for ref, _, data in self._rows(UNIT)
            if data["copropiedad_id"] in part.copropiedades
        ]
        scopes = {f"unit:{unit['id']}" for unit in units}
        scopes |= {f"copropiedad:{ref}" for ref in part.copropiedades}
        scopes |= {"company"} if part.company else set()
        memberships = [
            {"id": ref, "version": version, "ends_at": _ends_at(data), **_membership(data)}
            for ref, version, data in self._rows(MEMBERSHIP)
            if data["scope"] in scopes and (data["role"] == STAFF) is part.staff
        ]
        wanted = {membership["person_id"] for membership in memberships} | set(people)
        return KnownDirectory(
            units=units,
            people=[
                {"id": ref, "name": data["names"], **_person(data)}
                for ref, _, data in self._rows(PERSON)
                if ref in wanted
            ],
            memberships=memberships,
        )

    async def stored(self, ids: Mapping[str, Collection[str]]) -> Stored:
        return {
            noun: {
                ref: _stored(noun, ref, entry)
                for ref in some
                if (entry := self._directory.entries.get((noun, ref)))
            }
            for noun, some in ids.items()
        }

    async def apply(self, events: Sequence[Event]) -> None:
        await self._transaction.apply_directory(events)

    def _rows(self, noun: str) -> Iterator[tuple[str, int, Data]]:
        for (kind, ref), entry in sorted(self._directory.entries.items()):
            if kind == noun and entry.data is not None:
                yield ref, entry.version, entry.data


def _stored(noun: str, ref: str, entry: DirectoryEntry) -> Data:
    data = {} if entry.data is None else _DATA[noun](entry.data)
    return {
        "version": entry.version,
        "removed": entry.data is None,
        "data": {f"{noun}_id": ref, **data},
    }


def _unit(data: Data) -> Data:
    return {name: data.get(name) for name in ("copropiedad_id", "tower", "label", "floor", "coefficient")}


def _person(data: Data) -> Data:
    return {
        "names": data["names"],
        "locale": data.get("locale") or "es",
        "digital_access": data.get("digital_access") is not False,
        "document_hash": data.get("document_hash"),
        "contact_points": list(data.get("contact_points") or ()),
    }


def _membership(data: Data) -> Data:
    flags = {"on_call": bool(data.get("on_call")), "direction": bool(data.get("direction"))}
    staff = {**{name: data.get(name) for name in STAFF_FACTS}, **flags} if data["role"] == STAFF else {}
    return {
        **{name: data[name] for name in ("person_id", "scope", "role")},
        **{name: _written(data.get(name)) for name in ("since", "until")},
        **staff,
        **({HOURS: data[HOURS]} if data.get(HOURS) else {}),
    }


def _written(text: str | None) -> str | None:
    return None if text is None else written(instant(text))


def _ends_at(data: Data) -> Json:
    until = data.get("until")
    return None if until is None else instant(until)


_DATA: Final[Mapping[str, Callable[[Data], Data]]] = {
    COPROPIEDAD: lambda _: {},
    UNIT: _unit,
    PERSON: _person,
    MEMBERSHIP: _membership,
}
