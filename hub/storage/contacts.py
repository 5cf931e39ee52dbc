"""Replies in PostgreSQL as operators see them."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from hub.model import PropertyScope
from hub.model.pages import PageQuery, Rows
from hub.model.reply_rows import ReplyRow, ReplyWhole
from hub.people.masking import mask_address, mask_name, mask_reference
from hub.ports.cases import Plain, nowhere_plain
from hub.ports.casework import ReplyFilter
from hub.storage import given_files
from hub.storage.casework import ANSWERS, reply_conditions
from hub.storage.database import Store, load, read
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL = load("contacts")
Row = TypeVar("Row", bound=ReplyRow)
_FIRST_FREE = 6
"""The first parameter of a list that its statement does not use itself."""


class PostgresContacts(Store):
    """
    Lists are newest first. Addresses are masked; names are, but for replies of places that are `plain`.

    A reply belongs to the copropiedad of the message that it answers. With `places`, rows of other
    copropiedades or of none are left out.
    """

    async def replies(
        self, asked: ReplyFilter, *, after: str | None, limit: int, plain: Plain = nowhere_plain
    ) -> Rows[ReplyRow]:
        """List replies with staff's work on them, without their text."""
        conditions, more = reply_conditions(asked, _FIRST_FREE)
        statement = _SQL["replies"].format(narrowed=conditions)
        query, given = PageQuery(after=after, limit=limit), (listed(asked.places), ANSWERS, *more)
        found = await rows_of(ReplyRow, self, statement, query, *given, by="received_at")
        return replace(found, items=[_masked(row, plain) for row in found.items])

    async def reply(
        self, reply_id: UUID, places: PropertyScope = None, *, plain: Plain = nowhere_plain
    ) -> ReplyWhole | None:
        """Return a reply with its text."""
        rows = await self.rows(_SQL["reply"], reply_id, listed(places), ANSWERS)
        if not rows:
            return None
        files = (await given_files.named(self, [reply_id])).get(reply_id, [])
        whole = read(ReplyWhole, rows[0], files=list(files))
        return replace(_masked(whole, plain), reference=mask_reference(whole.reference))


def _masked(row: Row, plain: Plain) -> Row:
    name = row.name and (row.name if plain(row.copropiedad) else mask_name(row.name))
    return replace(row, address=mask_address(row.address), name=name)
