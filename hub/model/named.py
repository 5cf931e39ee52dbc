"""People beside a row that has a reference alone: their name, their unit, their building."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct


class Resident(Struct, frozen=True, kw_only=True):
    """A person of the directory, with a unit of theirs in the building that was asked about."""

    ref: str
    copropiedad_id: str
    name: str
    tower: str | None
    label: str | None


class Recipient(Struct, frozen=True, kw_only=True):
    """The person of a message. `known`: the directory has them."""

    id: UUID
    ref: str
    name: str
    known: bool
    copropiedad_id: str | None
    building: str | None
    tower: str | None
    label: str | None
    case: str | None
    type: str | None
    data: dict[str, Any] | None
