"""Replies in PostgreSQL as operators see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from hub.model import Json, PropertyScope
from hub.people.masking import mask_address, mask_reference
from hub.ports import Page
from hub.ports.casework import ReplyFilter
from hub.storage.casework import ANSWERS, reply_conditions
from hub.storage.database import Store, load
from hub.storage.filters import listed
from hub.storage.paging import cursor, page, shown

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


def _masked(whole: Page) -> Page:
    return replace(whole, items=[_mask(row) for row in whole.items])


def _mask(row: Mapping[str, Json]) -> dict[str, Json]:
    return {**row, "address": mask_address(row["address"])}
