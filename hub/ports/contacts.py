"""Replies as operators see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from hub.model import Json, PropertyScope
from hub.ports.casework import ReplyFilter
from hub.ports.log import Page


class ContactStore(Protocol):
    """
    Lists are newest first. Addresses are masked.

    A reply belongs to the copropiedad of the message that it answers. With `places`, rows of other
    copropiedades or of none are left out.
    """

    async def replies(self, asked: ReplyFilter, *, after: str | None, limit: int) -> Page:
        """List replies with what staff has done about them, without their text."""

    async def reply(self, reply_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        """Return a reply with its text."""
