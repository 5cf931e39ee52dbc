"""The register of excluded numbers in PostgreSQL, of hashes only: the look-up of the way."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from hub.access.keyring import KeyRing
from hub.model.exclusions import ExclusionCheck, ExclusionList
from hub.storage.database import Database, Runner, Store, load, read_first

_SQL: Final = load("exclusions")


class PostgresExclusions(Store):
    """The ExclusionRegistry of a loaded list."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        super().__init__(database)
        self._ring = ring

    async def check(self, address: str, channel: str, at: datetime) -> ExclusionCheck:
        hashes = self._ring.exclusion_hashes(as_listed(address))
        rows = await self.rows(_SQL["check"], list(hashes.values()), list(hashes), channel)
        if not rows or rows[0]["key_id"] not in hashes:
            # No list, or one of a key that is gone: nobody can be looked up in it.
            return ExclusionCheck(checked_at=at)
        [row] = rows
        return ExclusionCheck(checked_at=at, list_date=row["list_date"], excluded=row["excluded"])


async def in_force(run: Runner) -> ExclusionList | None:
    """Return the list in force, without its addresses."""
    return read_first(ExclusionList, await run.rows(_SQL["in_force"]))


def as_listed(address: str) -> str:
    """Return an address as it was hashed for the list, in lower case."""
    return address.strip().lower()
