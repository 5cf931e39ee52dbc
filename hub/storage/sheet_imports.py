"""Sheets of people in PostgreSQL: kept between look and apply, written and taken back by the timers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from msgspec import to_builtins

from hub.errors import StorageRefused
from hub.model import Event
from hub.model.sheet_imports import ImportState, SheetContent, SheetImport, SheetReport
from hub.people.importing import Changes, Part, compare
from hub.people.importing.changes import SOURCE, Change, events
from hub.people.importing.entries import MEMBERSHIP, NOUNS, PERSON, Entries
from hub.people.versions import entry_event
from hub.storage import imports
from hub.storage.database import Runner, Store, encode, load, read, read_first, storable

_SQL = load("sheet_imports")
_AT_ONCE: Final = 200
"""Rows between two signs of progress."""
_REMOVABLE: Final = frozenset({PERSON, MEMBERSHIP})
"""What the way back takes out again. A unit that is there stays: messages may name it."""


class PostgresSheetImports(Store):
    """Looks, runs and ways back, each whole or not at all: after a death the next process begins again."""

    async def add(self, ref: UUID, by: str, report: SheetReport, content: SheetContent) -> None:
        await self.rows(_SQL["forget"])
        kept = encode(to_builtins(report)), encode(to_builtins(content))
        await self.rows(_SQL["add"], ref, storable(by), *kept)

    async def one(self, ref: UUID) -> SheetImport | None:
        return read_first(SheetImport, await self.rows(_SQL["one"], ref))

    async def recent(self, limit: int) -> Sequence[SheetImport]:
        return [read(SheetImport, row) for row in await self.rows(_SQL["recent"], limit)]

    async def start(self, ref: UUID, *, end_missing: bool) -> bool:
        """Let the timers write a sheet; false if it is not waiting for that."""
        return bool(await self.rows(_SQL["start"], ref, end_missing))

    async def take_back(self, ref: UUID) -> bool:
        """Let the timers take back what a sheet has written; false if it is not written."""
        return bool(await self.rows(_SQL["take_back"], ref))

    async def work(self) -> bool:
        """Write or take back one sheet, all of it or nothing; return whether there was one."""
        rows = await self.rows(_SQL["live"])
        for row in rows:
            act = self._write if row["state"] == ImportState.RUNNING else self._undo
            try:
                await act(row["id"])
            except StorageRefused:
                await self.rows(_SQL["finish"], row["id"], ImportState.FAILED, None, 0)
        return bool(rows)

    async def _write(self, ref: UUID) -> None:
        async with self._database.transaction() as run:
            now = await imports.alone(run)
            for row in await run.rows(_SQL["content"], ref):
                changes = await compared(run, read(SheetContent, row["content"]), now)
                made = [*changes.made, *(changes.ended if row["end_missing"] else ())]
                await self._apply(run, ref, made, now)
                written = encode(
                    [[one.noun, one.data[f"{one.noun}_id"], one.data["version"], one.new] for one in made]
                )
                await run.rows(_SQL["finish"], ref, ImportState.DONE, written, 0)

    async def _apply(self, run: Runner, ref: UUID, made: Sequence[Change], now: datetime) -> None:
        await self.rows(_SQL["step"], ref, 0, len(made))
        for start in range(0, len(made), _AT_ONCE):
            await imports.apply(run, events(made[start : start + _AT_ONCE], now=now))
            # Beside the transaction: whoever watches sees how far it is.
            await self.rows(_SQL["step"], ref, min(start + _AT_ONCE, len(made)), len(made))

    async def _undo(self, ref: UUID) -> None:
        async with self._database.transaction() as run:
            now = await imports.alone(run)
            rows = [dict(row) for row in await run.rows(_SQL["written"], ref)]
            back = await way_back(run, rows, now)
            for start in range(0, len(back), _AT_ONCE):
                await imports.apply(run, back[start : start + _AT_ONCE])
                await self.rows(_SQL["step"], ref, start, len(rows))
            await run.rows(_SQL["finish"], ref, ImportState.UNDONE, None, len(rows) - len(back))


async def compared(run: Runner, content: SheetContent, now: datetime) -> Changes:
    """Compare a kept sheet with the directory as it is now."""
    entries = Entries(facts=_facts(content))
    part = Part(copropiedades=content.copropiedades, staff=content.staff, company=content.company)
    known = await imports.known(run, part, entries.facts[PERSON])
    return compare(entries, await imports.stored(run, entries.facts), known, now=now)


def _facts(content: SheetContent) -> Mapping[str, Mapping[str, dict[str, Any]]]:
    """Return the facts as a file gives them: its contacts are pairs."""
    return {
        noun: {
            ref: {
                name: tuple(map(tuple, value)) if name == "points" else value for name, value in facts.items()
            }
            for ref, facts in entries.items()
        }
        for noun, entries in content.facts.items()
    }


async def way_back(run: Runner, rows: Iterable[Mapping[str, Any]], now: datetime) -> Sequence[Event]:
    """Make the events that put entries back; none for what somebody else has changed since."""
    return [event for noun in NOUNS for event in await _back(run, noun, rows, now)]


async def _back(run: Runner, noun: str, rows: Iterable[Mapping[str, Any]], now: datetime) -> Sequence[Event]:
    versions = {row["id"]: row["version"] for row in rows if row["noun"] == noun}
    stored = (await imports.stored(run, {noun: list(versions)}))[noun]
    as_left = {ref: at for ref, at in versions.items() if ref in stored and stored[ref].version == at}
    given = noun, list(as_left), list(as_left.values())
    had = {row["id"]: row["data"] for row in await run.rows(_SQL["before"], *given)}
    event = partial(entry_event, noun, source=SOURCE, at=now)
    return [
        event({**had[ref], "version": version + 1})
        if ref in had
        else event({f"{noun}_id": ref, "version": version + 1}, verb="removed")
        for ref, version in as_left.items()
        if ref in had or noun in _REMOVABLE
    ]
