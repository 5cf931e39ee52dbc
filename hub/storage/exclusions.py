"""The register of excluded numbers in PostgreSQL: a list that the company loads, of hashes only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Final

from hub.access.keyring import KeyRing
from hub.errors import ConfigurationError, TooLate
from hub.model.exclusions import ExcludedAddress, ExclusionCheck, ExclusionList
from hub.storage.database import Database, Store, load, read

_SQL = load("exclusions")
_AT_ONCE: Final = 10_000


class PostgresExclusions(Store):
    """The ExclusionRegistry of a loaded list, and the ExclusionLists."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        super().__init__(database)
        self._ring = ring

    async def check(self, address: str, channel: str, at: datetime) -> ExclusionCheck:
        hashes = self._ring.exclusion_hashes(_same(address))
        rows = await self.rows(_SQL["check"], list(hashes.values()), list(hashes), channel)
        if not rows or rows[0]["key_id"] not in hashes:
            # No list, or one of a key that is gone: nobody can be looked up in it.
            return ExclusionCheck(checked_at=at)
        [row] = rows
        return ExclusionCheck(checked_at=at, list_date=row["list_date"], excluded=row["excluded"])

    async def replace(self, entries: Iterable[ExcludedAddress], *, list_date: date) -> int:
        if not self._ring:
            raise ConfigurationError("Set HUB_SECRET: the list is kept as hashes. `hub secrets new`.")
        given = iter(_merged(entries).items())
        count = 0
        async with self._database.transaction() as run:
            await run.rows(_SQL["alone"])
            if await run.rows(_SQL["newer"], list_date):
                raise TooLate("a newer list is loaded already")
            await run.rows(_SQL["clear"])
            while some := list(islice(given, _AT_ONCE)):
                hashes = [self._ring.exclusion_hashes(address)[self._ring.ids[0]] for address, _ in some]
                await run.rows(_SQL["add"], hashes, [",".join(sorted(channels)) for _, channels in some])
                count += len(some)
            await run.rows(_SQL["put"], list_date, self._ring.ids[0], count)
        return count

    async def loaded(self) -> ExclusionList | None:
        rows = await self.rows(_SQL["loaded"])
        return read(ExclusionList, rows[0]) if rows else None

    async def by_channel(self) -> Mapping[str, int]:
        return {row["channel"]: row["n"] for row in await self.rows(_SQL["by_channel"])}


def _merged(entries: Iterable[ExcludedAddress]) -> dict[str, frozenset[str]]:
    """Join the entries of one address; an entry of all channels is the whole answer."""
    found: dict[str, frozenset[str]] = {}
    for entry in entries:
        address, channels = _same(entry.address), frozenset(entry.channels)
        known = found.get(address, channels)
        found[address] = known | channels if known and channels else frozenset()
    return found


def _same(address: str) -> str:
    return address.strip().lower()
