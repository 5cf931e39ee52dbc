"""The directory as operators and other systems see and mend it: who is what, who was it on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model import Event, Json
from hub.ports.log import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who holds a role of one unit, or of a copropiedad with its units, at an instant."""

    role: str
    unit: str | None
    copropiedad: str | None
    on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Whether something told was news, and the version that counts now."""

    applied: bool
    version: int


class RosterStore(Protocol):
    """Names and addresses are masked."""

    async def write(self, event: Event) -> Written:
        """Apply a `directory.*` event as intake does; one of an older or equal version changes nothing."""

    async def holders(self, asked: Holders, *, after: str | None, limit: int) -> Page:
        """List the memberships that counted, as is known today, by their ids."""

    async def somebody(self, ref: str) -> Mapping[str, Json] | None:
        """Show a person with contact points and memberships; None for somebody unknown or removed."""
