"""Replies as operators see them: lists, and one with its text."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from hub.model import PropertyScope
from hub.model.pages import Rows
from hub.model.reply_rows import ReplyRow, ReplyWhole
from hub.ports.cases import Plain, nowhere_plain
from hub.ports.casework import ReplyFilter


class ContactStore(Protocol):
    """
    Lists are newest first. Addresses are masked; names are, but for replies of places that are `plain`.

    A reply belongs to the copropiedad of the message that it answers. With `places`, rows of other
    copropiedades or of none are left out.
    """

    async def replies(
        self, asked: ReplyFilter, *, after: str | None, limit: int, plain: Plain = nowhere_plain
    ) -> Rows[ReplyRow]:
        """List replies with staff's work on them, without their text."""

    async def reply(
        self, reply_id: UUID, places: PropertyScope = None, *, plain: Plain = nowhere_plain
    ) -> ReplyWhole | None:
        """Return a reply with its text."""
