"""Import of people: compare a file with the directory, and write all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.access.actor import Actor
from hub.people.importing import (
    Change,
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
from hub.storage.imports import PostgresImport, PostgresImports

Step = Callable[[int, int], None]
"""Called with the number of rows written so far and the total."""

_AT_ONCE: Final = 1_000
"""Rows in a statement: enough to be fast, few enough to show progress."""


async def look(
    store: PostgresImports, report: Report, hashes: Hashes, *, now: datetime
) -> tuple[Entries, Changes]:
    """Return the changes that a file would make, without writing. Raises StorageUnavailable."""
    async with store.transaction() as transaction:
        return await _compared(transaction, report, hashes, now)


async def load(
    by: Actor,
    store: PostgresImports,
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
    async with store.transaction() as transaction:
        await transaction.alone()
        entries, changes = await _compared(transaction, report, hashes, by.now)
        await _write(transaction, [*changes.made, *(changes.ended if end_missing else ())], by.now, step)
    return entries, changes


async def _compared(
    transaction: PostgresImport, report: Report, hashes: Hashes, now: datetime
) -> tuple[Entries, Changes]:
    copropiedades = await transaction.copropiedades()
    part = part_of(report, copropiedades)
    partial = await transaction.known(part, possible_people(report.rows, hashes))
    known = replace(partial, copropiedades=copropiedades)
    entries = entries_of(report.rows, known, hashes)
    return entries, compare(entries, await transaction.stored(entries.facts), known, now=now)


async def _write(transaction: PostgresImport, changes: Sequence[Change], now: datetime, step: Step) -> None:
    for start in range(0, len(changes), _AT_ONCE):
        batch = changes[start : start + _AT_ONCE]
        await transaction.apply(events(batch, now=now))
        step(start + len(batch), len(changes))
