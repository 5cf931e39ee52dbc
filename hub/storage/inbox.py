"""The inbox as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import itemgetter
from uuid import UUID

from hub.model import InboxArrival, InboxArrivals, Outgoing
from hub.model.inbox import InboxEntry
from hub.model.pages import PageQuery, Rows
from hub.storage.database import Store, load, read, read_first, storable, write
from hub.storage.letters import row_of
from hub.storage.paging import rows_of

_WRITTEN = load("inbox")
_SQL = {name: text.replace("<entry>", _WRITTEN["entry"]) for name, text in _WRITTEN.items()}


class PostgresInbox(Store):
    """Entries are of one person each; every question names whose. The channel adds them."""

    async def add(self, items: Sequence[Outgoing]) -> None:
        """Store messages for their people; the same id again changes nothing."""
        rows = [(*row_of(item), item.message.created_at) for item in items]
        await write(self, _SQL["add"], sorted(rows, key=itemgetter(0)))

    async def knows(self, person: str) -> bool:
        """Return whether the directory has this person."""
        return bool(await self.rows(_SQL["knows"], storable(person)))

    async def items(
        self, person: str, *, after: str | None, limit: int, unread: bool = False
    ) -> Rows[InboxEntry]:
        """List the person's entries, newest first; with `unread`, those alone."""
        query = PageQuery(after=after, limit=limit)
        return await rows_of(InboxEntry, self, _SQL["items"], query, person, unread, by="created_at")

    async def item(self, person: str, item_id: UUID) -> InboxEntry | None:
        """Return an entry; None if there is none, or if it is another person's."""
        return read_first(InboxEntry, await self.rows(_SQL["item"], person, item_id))

    async def unread(self, person: str) -> int:
        """Count the unread entries."""
        return int((await self.rows(_SQL["unread"], person))[0]["n"])

    async def unread_until(self, person: str, item_id: UUID, limit: int) -> Sequence[UUID]:
        """Return unread entries up to this one, itself included."""
        return [row["id"] for row in await self.rows(_SQL["unread_until"], person, item_id, limit)]

    async def mark_read(self, person: str, ids: Collection[UUID]) -> None:
        """Mark these entries as read now; those that were read stay as they are."""
        await self.rows(_SQL["mark_read"], person, sorted(ids))

    async def arrivals(self, place: int | None, people: Collection[str]) -> InboxArrivals:
        """Return the arrivals of these people after a place; with None only the newest place of all."""
        rows = await self.rows(_SQL["arrivals"], place, list(people))
        come = [row for row in rows if row["place"] is not None]
        found = [read(InboxArrival, row, item=read(InboxEntry, row)) for row in come]
        return InboxArrivals(newest=rows[0]["newest"], found=found)
