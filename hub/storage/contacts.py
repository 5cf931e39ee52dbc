"""People's contact points as operators see and correct them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hub.model import Json, PropertyScope
from hub.people.masking import mask_address, mask_reference
from hub.ports import Page
from hub.ports.casework import ReplyFilter
from hub.storage.casework import ANSWERS, reply_conditions
from hub.storage.database import Store, load, storable
from hub.storage.filters import listed
from hub.storage.paging import cursor, page, paged, shown

_SQL = load("contacts")


class PostgresContacts(Store):
    """The ContactStore."""

    async def replies(self, asked: ReplyFilter, *, after: str | None, limit: int) -> Page:
        values: list[object] = [*cursor(after), limit + 1, listed(asked.places), ANSWERS]
        conditions, more = reply_conditions(asked, len(values) + 1)
        rows = await self.rows(_SQL["replies"].format(narrowed=conditions), *values, *more)
        return _masked(page(rows, limit, "received_at"))

    async def reply(self, reply_id: UUID, places: PropertyScope = None) -> Mapping[str, Json] | None:
        rows = await self.rows(_SQL["reply"], reply_id, listed(places), ANSWERS)
        if not rows:
            return None
        whole = _mask(shown(rows[0]))
        return {**whole, "reference": mask_reference(whole["reference"])}

    async def suppressions(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Page:
        return _masked(await paged(self, _SQL["suppressions"], after, limit, listed(places), by="since"))

    async def suppression(
        self, row_id: UUID, *, places: PropertyScope = None, whole: bool = False
    ) -> Mapping[str, Json] | None:
        rows = await self.rows(_SQL["suppression"], row_id, listed(places))
        if not rows:
            return None
        return shown(rows[0]) if whole else _mask(shown(rows[0]))

    async def suppress_address(
        self, address: str, channel: str, *, reason: str, until: datetime | None, by: str
    ) -> None:
        given = storable(address), channel, until, storable(reason), storable(by)
        await self.rows(_SQL["suppress"], *given)

    async def lift_suppression(self, named: str, *, by: str, places: PropertyScope = None) -> int:
        return await self._lift("lift_suppression", named, by, listed(places))

    async def opt_outs(self, *, after: str | None, limit: int) -> Page:
        return _masked(await paged(self, _SQL["opt_outs"], after, limit, by="since"))

    async def lift_opt_out(self, named: str, *, by: str) -> int:
        return await self._lift("lift_opt_out", named, by)

    async def _lift(self, statement: str, named: str, by: str, *more: object) -> int:
        return len(await self.rows(_SQL[statement], storable(named), storable(by), *more))


def _masked(whole: Page) -> Page:
    return replace(whole, items=[_mask(row) for row in whole.items])


def _mask(row: Mapping[str, Json]) -> dict[str, Json]:
    return {**row, "address": mask_address(row["address"])}
