"""The directory as operators and other systems see and mend it."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from hub.errors import StorageRefused
from hub.model import Event, Json
from hub.ports import Holders, Page, Written
from hub.storage import directory
from hub.storage.database import Database, storable
from hub.storage.masking import mask_address, mask_name
from hub.storage.paging import shown
from hub.storage.queries import load

_SQL = load("roster")


class PostgresRoster:
    """The RosterStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, event: Event) -> Written:
        """Apply a `directory.*` event as intake does."""
        entry = directory.entry_of(event)
        async with self._database.transaction() as transaction:
            changed = await directory.apply(transaction, [event])
            (row,) = await transaction.rows(_SQL["standing"], *entry)
        return Written(applied=entry in changed, version=row["version"])

    async def holders(self, asked: Holders, *, after: str | None, limit: int) -> Page:
        """List the memberships that counted, as is known today, by their ids."""
        scope = asked.role, storable(asked.unit), storable(asked.copropiedad), asked.on
        rows = await self._database.rows(_SQL["holders"], *scope, _read(after), limit + 1)
        items = [{**shown(row), "name": mask_name(row["name"])} for row in rows[:limit]]
        return Page(items=items, next=_cursor(rows[limit - 1]["id"]) if len(rows) > limit else None)

    async def somebody(self, ref: str) -> Mapping[str, Json] | None:
        """Show a person with contact points and memberships."""
        rows = await self._database.rows(_SQL["somebody"], storable(ref))
        if not rows:
            return None
        memberships = await self._database.rows(_SQL["memberships"], ref)
        person = shown(rows[0])
        points = [
            {**point, "value": mask_address(point["value"])} for point in person["contact_points"] or ()
        ]
        return {
            **person,
            "name": mask_name(person["name"]),
            "contact_points": points,
            "memberships": [shown(row) for row in memberships],
        }


def _cursor(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _read(after: str | None) -> str:
    try:
        return base64.urlsafe_b64decode(after or "").decode()
    except ValueError as exc:
        raise StorageRefused("The cursor is not one that a list has given.") from exc
