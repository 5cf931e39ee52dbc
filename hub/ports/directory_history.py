"""The directory as operators and other systems see and mend it: who is what, who was it on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model import Event, Json, PropertyScope
from hub.ports.log import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who holds a role of a unit, of a copropiedad with its units, or else of the company, at an instant."""

    role: str
    unit: str | None
    copropiedad: str | None
    on: datetime

    @property
    def scope(self) -> str:
        """Answer `unit:ID`, `copropiedad:ID` or `company`."""
        if self.unit is not None:
            return f"unit:{self.unit}"
        return "company" if self.copropiedad is None else f"copropiedad:{self.copropiedad}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Whether something told was news, and the version that counts now."""

    applied: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an entry of the directory belongs now (`unit:ID`, `copropiedad:ID`, `company`), and to whom."""

    scope: str | None
    person: str | None = None


class DirectoryHistoryStore(Protocol):
    """Names and addresses are masked. Where there are `places`, what belongs to none of them is not there."""

    async def write(self, event: Event) -> Written:
        """Apply a `directory.*` event as intake does; one of an older or equal version changes nothing."""

    async def standing(self, noun: str, ref: str) -> Standing | None:
        """Answer where an entry stands; None for one that never was. A removed one has no scope."""

    async def reached(
        self, scopes: Collection[str], people: Collection[str], places: Collection[str]
    ) -> bool:
        """Tell whether all these scopes, and a membership of each of these people, are of these places."""

    async def holders(
        self, asked: Holders, *, after: str | None, limit: int, places: PropertyScope = None
    ) -> Page:
        """List the memberships that counted, as is known today, by their ids."""

    async def somebody(
        self, ref: str, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        """
        Show a person with contact points and memberships; None for somebody unknown or removed.

        Only memberships of the places are shown; whoever has none there is not there. `whole` is unmasked.
        """
