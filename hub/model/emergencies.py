"""People whom a message of an emergency has not reached."""

from __future__ import annotations

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
