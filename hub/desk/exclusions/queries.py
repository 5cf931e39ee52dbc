"""The list of excluded numbers in PostgreSQL; `hub.storage.exclusions` has the look-up of the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from typing import Final

from hub.access.keyring import KeyRing
from hub.errors import OlderList
from hub.model.exclusions import ExcludedAddress
from hub.storage.database import Database, beside
from hub.storage.exclusions import as_listed

_SQL: Final = beside(__file__)
_AT_ONCE: Final = 10_000


async def by_channel(db: Database) -> Mapping[str, int]:
    """Count the addresses of the list by channel; `all` are those excluded over every one."""
    return {row["channel"]: row["n"] for row in await db.rows(_SQL["by_channel"])}


async def replace(db: Database, ring: KeyRing, entries: Iterable[ExcludedAddress], *, list_date: date) -> int:
    """
    Load a list instead of the one before, in one transaction; return how many addresses it has.

    Raises OlderList if a newer one is loaded.
    """
    given = iter(_merged(entries).items())
    count = 0
    async with db.transaction() as run:
        await run.rows(_SQL["alone"])
        if await run.rows(_SQL["newer"], list_date):
            raise OlderList
        await run.rows(_SQL["clear"])
        while some := list(islice(given, _AT_ONCE)):
            hashes = [ring.exclusion_hashes(address)[ring.ids[0]] for address, _ in some]
            await run.rows(_SQL["add"], hashes, [",".join(sorted(channels)) for _, channels in some])
            count += len(some)
        await run.rows(_SQL["put"], list_date, ring.ids[0], count)
    return count


def _merged(entries: Iterable[ExcludedAddress]) -> dict[str, frozenset[str]]:
    """Join the entries of one address; an entry of all channels is the whole answer."""
    found: dict[str, frozenset[str]] = {}
    for entry in entries:
        address, channels = as_listed(entry.address), frozenset(entry.channels)
        known = found.get(address, channels)
        found[address] = known | channels if known and channels else frozenset()
    return found
