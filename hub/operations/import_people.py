"""A file of people, compared with the directory, and written into it as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

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
from hub.ports import ImportStore, ImportTransaction

Step = Callable[[int, int], None]
"""Told how many rows are written, and of how many."""

_AT_ONCE: Final = 1_000
"""Rows in a statement: enough to be quick, few enough to show how far it is."""


async def look(
    store: ImportStore, report: Report, hashes: Hashes, *, now: datetime
) -> tuple[Entries, Changes]:
    """Tell what a file would change; nothing is written. Raises StorageUnavailable."""
    async with store.transaction() as transaction:
        return await _compared(transaction, report, hashes, now)


async def load(
    store: ImportStore,
    report: Report,
    hashes: Hashes,
    *,
    now: datetime,
    end_missing: bool = False,
    step: Step = lambda _, __: None,
) -> tuple[Entries, Changes]:
    """
    Write what a file changes, all of it or nothing.

    Compared again in the transaction that writes. Raises StorageRefused, StorageUnavailable.
    """
    async with store.transaction() as transaction:
        await transaction.alone()
        entries, changes = await _compared(transaction, report, hashes, now)
        await _write(transaction, [*changes.made, *(changes.ended if end_missing else ())], now, step)
    return entries, changes


async def _compared(
    transaction: ImportTransaction, report: Report, hashes: Hashes, now: datetime
) -> tuple[Entries, Changes]:
    copropiedades = await transaction.copropiedades()
    part = part_of(report, copropiedades)
    found = await transaction.known(part, possible_people(report.rows, hashes))
    known = replace(found, copropiedades=copropiedades)
    entries = entries_of(report.rows, known, hashes)
    return entries, compare(entries, await transaction.stored(entries.facts), known, now=now)


async def _write(
    transaction: ImportTransaction, changes: Sequence[Change], now: datetime, step: Step
) -> None:
    for start in range(0, len(changes), _AT_ONCE):
        some = changes[start : start + _AT_ONCE]
        await transaction.apply(events(some, now=now))
        step(start + len(some), len(changes))
