"""The directory as operators and other systems read and change it: holders of roles, now or on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
