"""The directory as operators and other systems see and correct it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hub.contact_rules.consents import is_provable
from hub.model import Event, Json, PropertyScope, Stance
from hub.people.masking import mask_address, mask_name
from hub.people.versions import entry_of
from hub.ports import Page
from hub.storage import consents, directory
from hub.storage.database import Store, load, storable
from hub.storage.filters import listed
from hub.storage.paging import read_ref, shown, write_ref

_SQL = load("directory_history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """A query of a role's holders at an instant, in a unit, a copropiedad with its units, or the company."""

    role: str
    unit: str | None
    copropiedad: str | None
    on: datetime

    @property
    def scope(self) -> str:
        """Return `unit:ID`, `copropiedad:ID` or `company`."""
        if self.unit is not None:
            return f"unit:{self.unit}"
        return "company" if self.copropiedad is None else f"copropiedad:{self.copropiedad}"


class Written(Struct, kw_only=True):
    applied: Annotated[bool, Meta(description="False for a version that is not greater than the stored one.")]
    version: Annotated[int, Meta(description="The version now in force.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryScope:
    """The current scope of a directory entry (`unit:ID`, `copropiedad:ID`, `company`), and its person."""

    scope: str | None
    person: str | None = None


class PostgresDirectoryHistory(Store):
    """Names and addresses are masked. With `places`, entries that belong to none of them are left out."""

    async def write(self, event: Event, *, override: bool = False) -> Written:
        """
        Apply a `directory.*` event as intake does; an older or equal version changes nothing.

        With `override` it counts against any stored version, and greater ones are forgotten; without it a
        version that jumps raises VersionJump.
        """
        entry = entry_of(event)
        async with self._database.transaction() as transaction:
            if override:
                await directory.set_back(transaction, entry, event.data["version"])
            changed = await directory.apply(transaction, [event], jumps=override)
            (row,) = await transaction.rows(_SQL["standing"], *entry)
        return Written(applied=entry in changed, version=row["version"])

    async def entry_scope(self, noun: str, ref: str) -> EntryScope | None:
        """Return scope and person of an entry; None if it never existed. A removed entry has no scope."""
        rows = await self.rows(_SQL[f"standing_{noun}"], storable(ref))
        return EntryScope(**rows[0]) if rows else None

    async def place_names(self, places: PropertyScope) -> Mapping[str, str]:
        """Return id → name of these copropiedades, sorted by name; of all for None."""
        return {row["id"]: row["name"] for row in await self.rows(_SQL["place_names"], listed(places))}

    async def reached(
        self, scopes: Collection[str], people: Collection[str], places: Collection[str]
    ) -> bool:
        """Return whether these places include all these scopes and a membership of each of these people."""
        asked = ([storable(text) for text in sorted(given)] for given in (scopes, people, places))
        (row,) = await self.rows(_SQL["reached"], *asked)
        return bool(row["reached"])

    async def holders(
        self,
        asked: Holders,
        *,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
        named: bool = False,
    ) -> Page:
        """List the memberships in force at that instant, as known today, sorted by id; masked or `named`."""
        scope = asked.role, storable(asked.unit), storable(asked.copropiedad), asked.on
        rows = await self.rows(_SQL["holders"], *scope, read_ref(after), limit + 1, listed(places))
        items = [
            {**shown(row), "name": row["name"] if named else mask_name(row["name"])} for row in rows[:limit]
        ]
        return Page(items=items, next=write_ref(rows[limit - 1]["id"]) if len(rows) > limit else None)

    async def somebody(
        self, ref: str, *, places: PropertyScope = None, whole: bool = False, named: bool = False
    ) -> Mapping[str, Json] | None:
        """
        Return a person with contact points and memberships; None if unknown or removed.

        Only memberships of the places are included; None if there are none. `whole` is unmasked; `named`,
        only addresses are masked.
        """
        rows = await self.rows(_SQL["somebody"], storable(ref))
        memberships = await self.rows(_SQL["memberships"], storable(ref), listed(places))
        # A copropiedad may not look up people who left it: their addresses may belong to another one.
        if not rows or not (places is None or any(row["lasts"] for row in memberships)):
            return None
        person = {**shown(rows[0]), "memberships": [{**shown(row)} for row in memberships]}
        for membership in person["memberships"]:
            del membership["lasts"]
        person["contact_points"] = person["contact_points"] or []
        person["consents"] = [_stance(stance) for stance in await consents.stances(self, ref)]
        person["preferences"] = person["preferences"] or {}
        person["named"] = whole or named
        return person if whole else _masked(person, named=named)


def _stance(stance: Stance) -> dict[str, Json]:
    """Say also whether it authorises anything: a yes that nobody can prove does not."""
    shown: dict[str, Json] = msgspec.to_builtins(stance)
    return {**shown, "authorises": stance.granted and is_provable(stance)}


def _masked(person: Mapping[str, Json], *, named: bool) -> dict[str, Json]:
    points = [{**point, "value": mask_address(point["value"])} for point in person["contact_points"]]
    return {
        **person,
        "name": person["name"] if named else mask_name(person["name"]),
        "contact_points": points,
    }
