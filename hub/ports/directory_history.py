"""The directory as operators and other systems read and change it: holders of roles, now or on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model import Event, Json, PropertyScope
from hub.ports.log import Page


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Whether a write was applied, and the version that is current now."""

    applied: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryScope:
    """The current scope of a directory entry (`unit:ID`, `copropiedad:ID`, `company`), and its person."""

    scope: str | None
    person: str | None = None


class DirectoryHistoryStore(Protocol):
    """Names and addresses are masked. With `places`, entries that belong to none of them are left out."""

    async def write(self, event: Event, *, override: bool = False) -> Written:
        """
        Apply a `directory.*` event as intake does; an older or equal version changes nothing.

        With `override` it counts against any stored version, and greater ones are forgotten; without it a
        version that jumps raises VersionJump.
        """

    async def entry_scope(self, noun: str, ref: str) -> EntryScope | None:
        """Return scope and person of an entry; None if it never existed. A removed entry has no scope."""

    async def place_names(self, places: PropertyScope) -> Mapping[str, str]:
        """Return id → name of these copropiedades, sorted by name; of all for None."""

    async def reached(
        self, scopes: Collection[str], people: Collection[str], places: Collection[str]
    ) -> bool:
        """Return whether these places include all these scopes and a membership of each of these people."""

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

    async def somebody(
        self, ref: str, *, places: PropertyScope = None, whole: bool = False, named: bool = False
    ) -> Mapping[str, Json] | None:
        """
        Return a person with contact points and memberships; None if unknown or removed.

        Only memberships of the places are included; None if there are none. `whole` is unmasked; `named`,
        only addresses are masked.
        """
