"""Loading of a sheet: compare it with the directory, and write all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.access.actor import Actor
from hub.people.importing import (
    Changes,
    Entries,
    Report,
    compare,
    entries_of,
    events,
    part_of,
    possible_people,
)
from hub.people.importing.entries import Hashes
from hub.storage import Database, imports
from hub.storage.database import Runner

Step = Callable[[int, int], None]
"""Called with the number of rows written so far and the total."""

_AT_ONCE: Final = 1_000
"""Rows in a statement: enough to be fast, few enough to show progress."""


async def look(run: Runner, report: Report, hashes: Hashes, *, now: datetime) -> tuple[Entries, Changes]:
    """Return the changes that a file would make, without writing. Raises StorageUnavailable."""
    copropiedades = await imports.copropiedades(run)
    part = part_of(report, copropiedades)
    partial = await imports.known(run, part, possible_people(report.rows, hashes))
    known = replace(partial, copropiedades=copropiedades)
    entries = entries_of(report.rows, known, hashes)
    return entries, compare(entries, await imports.stored(run, entries.facts), known, now=now)


async def load(
    by: Actor,
    db: Database,
    report: Report,
    hashes: Hashes,
    *,
    end_missing: bool = False,
    step: Step = lambda _, __: None,
) -> tuple[Entries, Changes]:
    """
    Write the changes of a file, all of them or none.

    Compares again in the transaction that writes. Raises StorageRefused, StorageUnavailable.
    """
    left_out = len(report.bad_lines)
    await by.note("people.import", "directory", lines=report.read, left_out=left_out, end_missing=end_missing)
    async with db.transaction() as run:
        await imports.alone(run)
        entries, changes = await look(run, report, hashes, now=by.now)
        made = [*changes.made, *(changes.ended if end_missing else ())]
        for start in range(0, len(made), _AT_ONCE):
            batch = made[start : start + _AT_ONCE]
            await imports.apply(run, events(batch, now=by.now))
            step(start + len(batch), len(made))
    return entries, changes
