"""Events that do not reach everybody they are meant for, as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from hub.business_time.rfc3339 import EARLIEST
from hub.cloudevents import encode as encode_event
from hub.intake.unreached import notice
from hub.model import PropertyScope, Unreached
from hub.model.audiences import UnreachedRow
from hub.model.ids import span
from hub.model.pages import PageQuery, Rows
from hub.resilience.database_time import NOW
from hub.storage.database import Runner, load, read, write
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL = load("unreached")


async def add(run: Runner, found: Sequence[Unreached]) -> None:
    await write(run, _SQL["add"], sorted(map(_row, found)))


def _row(found: Unreached) -> tuple[object, ...]:
    told = notice(found, NOW())
    return found.event_key, ",".join(found.reasons), found.source, told.id, encode_event(told)


async def of(run: Runner, event_keys: Collection[UUID]) -> Sequence[Unreached]:
    rows = await run.rows(_SQL["of"], sorted(event_keys), *span(event_keys))
    return [read(Unreached, row) for row in rows]


async def page_of(
    run: Runner,
    *,
    after: str | None,
    limit: int,
    places: PropertyScope = None,
    since: datetime | None = None,
) -> Rows[UnreachedRow]:
    """List the events that do not reach all their recipients, by id, with the reasons."""
    asked = listed(places), since or EARLIEST
    query = PageQuery(after=after, limit=limit)
    return await rows_of(UnreachedRow, run, _SQL["page"], query, *asked, by="found_at")
