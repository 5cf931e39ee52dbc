"""The register of excluded numbers: show the list in force, load another."""

from __future__ import annotations

import asyncio

from hub.desk.exclusions import queries
from hub.desk.exclusions.rows import ExclusionListRow, ExclusionsAnswer, ExclusionsBody, ExclusionsOptions
from hub.desk.exclusions.sheet import to_load
from hub.doors.operator import Operator
from hub.errors import NoSecret
from hub.storage.exclusions import in_force


async def show_exclusions(by: Operator) -> ExclusionListRow:
    """Show the day of the list of excluded numbers, its size by channel, and until when it is good."""
    policy, loaded = by.stores.policy, await in_force(by.db)
    day = None if loaded is None else loaded.list_date
    return ExclusionListRow(
        list_date=day,
        loaded_at=None if loaded is None else loaded.loaded_at,
        addresses=0 if loaded is None else loaded.addresses,
        by_channel={} if loaded is None else await queries.by_channel(by.db),
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
    count = await queries.replace(by.db, by.stores.ring, found.entries, list_date=of)
    return ExclusionsAnswer(list_date=of, addresses=count, bad_lines=bad)
