"""Emergencies that are open, and people whom a message of one has not reached."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class LostRecipient(Struct, frozen=True, kw_only=True):
    """
    A lost message of an emergency to a person of whom all messages about the event are lost.

    `phone` is the one in the directory.
    """

    id: UUID
    event_key: UUID
    person: str
    name: str
    channel: str
    address: str
    units: tuple[str, ...] = ()
    reason: str | None = None
    phone: str | None = None


class OpenEmergency(Struct, frozen=True, kw_only=True):
    """
    A declared emergency that no update has cleared, and how many of those who live there have been told.

    `reached` have got a message, `lost` have got none and no other is under way. `clock` is the promise that
    somebody takes it on; while that runs nobody has (`unattended`).
    """

    key: UUID
    case: str
    kind: str
    scope: str
    drill: bool
    since: datetime
    copropiedad_id: str | None
    building: str
    clock: UUID | None = None
    unattended: bool = False
    taken_by: str = ""
    taken_at: datetime | None = None
    told: int = 0
    reached: int = 0
    lost: int = 0


class UnreachedPerson(Struct, frozen=True, kw_only=True):
    """Somebody who lives there and has got nothing of an emergency; `phone` is the one in the directory."""

    person: str
    name: str
    units: tuple[str, ...] = ()
    phone: str | None = None


class DueCall(Struct, frozen=True, kw_only=True):
    """A running promise to call somebody who may be in danger; `name` is that of the promise."""

    id: UUID
    name: str
    case: str
    since: datetime
    copropiedad_id: str | None
    building: str
