"""The register of excluded numbers: show the list in force, load another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from typing import Final

from hub.access.keyring import KeyRing
from hub.desk.exclusions.rows import ExclusionListRow, ExclusionsAnswer, ExclusionsBody, ExclusionsOptions
from hub.desk.exclusions.sheet import to_load
from hub.doors.operator import Operator
from hub.errors import NoSecret, OlderList
from hub.model.exclusions import ExcludedAddress
from hub.storage.database import Database, beside
from hub.storage.exclusions import as_listed, in_force

_SQL: Final = beside(__file__)
_AT_ONCE: Final = 10_000


async def show_exclusions(by: Operator) -> ExclusionListRow:
    """Show the day of the list of excluded numbers, its size by channel, and until when it is good."""
    policy, loaded = by.stores.policy, await in_force(by.db)
    day = None if loaded is None else loaded.list_date
    return ExclusionListRow(
        list_date=day,
        loaded_at=None if loaded is None else loaded.loaded_at,
        addresses=0 if loaded is None else loaded.addresses,
        by_channel={} if loaded is None else await by_channel(by.db),
        usable=policy.exclusions.holds(day, policy.calendar.day_of(by.now)),
        usable_until=None if day is None else day + policy.exclusions.max_age,
    )


async def load_exclusions(by: Operator, body: ExclusionsBody) -> ExclusionsAnswer:
    """Load the list of excluded numbers instead of the one before; only hashes of it are stored."""
    return await load_sheet(by, body.csv.encode(), body)


async def load_sheet(by: Operator, content: bytes, how: ExclusionsOptions) -> ExclusionsAnswer:
    """Load the list of a day from a file of any size. Raises InvalidSheet, NoSecret, OlderList."""
    if not by.stores.ring:
        raise NoSecret("The hub has no HUB_SECRET, with which the list is hashed: `hub secrets new`.")
    loaded, today = await in_force(by.db), by.stores.policy.calendar.day_of(by.now)
    before = 0 if loaded is None else loaded.addresses
    # Beside the loop: a long list is read for a second.
    found = await asyncio.to_thread(to_load, content, how, today=today, before=before)
    of, bad = how.list_date, len(found.bad_lines)
    await by.audit("exclusions.load", f"exclusions:{of}", lines=len(found.entries), bad=bad)
    count = await replace(by.db, by.stores.ring, found.entries, list_date=of)
    return ExclusionsAnswer(list_date=of, addresses=count, bad_lines=bad)


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
