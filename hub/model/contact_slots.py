"""A person's contacts of a week, of which Ley 2300 de 2023 allows few."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct


class LastContact(Struct, frozen=True, kw_only=True):
    """A contact of a person by another message, because of which one may have to wait."""

    day: date
    channel: str
    purpose: str


class ContactSlot(Struct, frozen=True, kw_only=True):
    """
    A message that is a person's contact of one day, over one channel.

    It is `spent` unless the provider has certainly refused it for now: then the slot is kept for the
    message's own retry.
    """

    person: str
    day: date
    message_id: UUID
    channel: str
    spent: bool = True
