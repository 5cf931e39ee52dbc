"""Renewals and ends of contracts with clients."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class ContractDecision(Struct, frozen=True, kw_only=True):
    """A contract (`case`) was renewed or has ended; where, and in which area, if the event says so."""

    case: str
    renewed: bool
    area: str | None = None
    copropiedad: str | None = None
    at: datetime | None = None
