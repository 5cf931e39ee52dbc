"""Whom an audience holds, over the memory store; names are hidden whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from hub.model import PropertyScope
from hub.people.audience import Group, at_home, home_of, within
from hub.people.headcount import Tally
from hub.ports import HeadcountPage, Page
from hub.testing.paging import place
from hub.testing.store import MemoryStore
from hub.testing.tables import Suppression

_HIDDEN = "***"


class MemoryHeadcount:
    """`hub.ports.HeadcountStore`. `lasts`: channel → how long a suppression does; None is for ever."""

    def __init__(self, store: MemoryStore, lasts: Callable[[str], timedelta | None]) -> None:
        self._store = store
        self._lasts = lasts

    async def meant(
        self, groups: Sequence[Group], *, after: str | None, limit: int, places: PropertyScope = None
    ) -> HeadcountPage:
        start = place(after)
        tally = Tally(self._suppressed(), after="", limit=start + limit)
        homes = {one: self._homes(one) for one in map(home_of, groups) if one}
        async with self._store.transaction() as transaction:
            for group, found in (await transaction.people(within(groups, places, homes))).items():
                where = {one: self._homes(one) for one in (f"person:{person.ref}" for person in found)}
                tally.add(at_home(found, group, places, where))
        items = [
            {"person": one.ref, "name": _HIDDEN, "units": list(one.units), "left_out": one.left_out}
            for one in tally.page[start:]
        ]
        page = Page(items=items, next=str(start + limit) if tally.more else None)
        return HeadcountPage(headcount=tally.headcount if after is None else None, page=page)

    def _suppressed(self) -> Collection[tuple[str, str]]:
        now = self._store.now()
        return {
            key
            for key, one in self._store.tables.suppressions.items()
            if not one.lifted and self._lasting(one, key[1], now)
        }

    def _lasting(self, one: Suppression, channel: str, now: datetime) -> bool:
        lasting = self._lasts(channel)
        ends = one.until or (None if lasting is None else one.since + lasting)
        return ends is None or ends > now

    def _homes(self, home: str) -> Collection[str]:
        kind, _, ref = home.partition(":")
        directory = self._store.tables.directory
        scopes = [home] if kind == "unit" else directory.scopes_of(ref, self._store.now())
        return {place for scope in scopes if (place := directory.place_of(scope)) is not None}
