"""Events that do not reach everybody they are meant for, as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from hub.model import PropertyScope, Unreached
from hub.ports import Page
from hub.storage.database import Runner, load, read, write
from hub.storage.filters import listed
from hub.storage.paging import paged

_SQL = load("unreached")


async def add(run: Runner, found: Sequence[Unreached]) -> None:
    await write(run, _SQL["add"], sorted((event.event_key, ",".join(event.reasons)) for event in found))


async def of(run: Runner, event_keys: Collection[UUID]) -> Sequence[Unreached]:
    return [read(Unreached, row) for row in await run.rows(_SQL["of"], sorted(event_keys))]


async def page_of(run: Runner, *, after: str | None, limit: int, places: PropertyScope = None) -> Page:
    return await paged(run, _SQL["page"], after, limit, listed(places), by="found_at")
