"""Batches of letters in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from hub.errors import NothingToPrint, TooLate
from hub.model import PropertyScope
from hub.model.ids import uuid8
from hub.model.letters import (
    MOST,
    BatchLetter,
    Home,
    LetterState,
    MadeBatch,
    MissingLetter,
    OpenLetter,
    PrintBatch,
    PrintedLetter,
)
from hub.people.letter_places import in_printing_order
from hub.ports import Page
from hub.storage import posters
from hub.storage.database import Runner, Store, load, read, write
from hub.storage.filters import listed
from hub.storage.paging import paged

_SQL = load("print_batches")
_EVER: Final = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=0))
_CANCELLED: Final = "The batch was cancelled: its letters are open again. Make another one."
_PRINTED: Final = "The batch is marked as printed, so its letters are on paper. Post them or hand them over."
_ON_ITS_WAY: Final = "A letter of the batch is posted or delivered: mark the batch as printed instead."
_NOT_ON_PAPER: Final = frozenset({LetterState.BATCHED})
"""Of a batch that may be cancelled every letter is in this state."""


class PostgresBatches(Store):
    """The BatchStore."""

    async def make(self, copropiedad_id: str | None, *, by: str, size: str, now: datetime) -> MadeBatch:
        async with self._database.transaction() as run:
            await run.rows(_SQL["alone"], copropiedad_id)
            found = [read(OpenLetter, row) for row in await run.rows(_SQL["open"], copropiedad_id, MOST)]
            if not found:
                return await _made_before(run, copropiedad_id)
            homes = await _homes(run, [letter.id for letter in found])
            placed = in_printing_order(found, homes)
            batch = uuid8(now, "print_batch", uuid4().hex)
            rows = await run.rows(_SQL["without_letter"], copropiedad_id, MOST)
            missing = [row["id"] for row in rows]
            await run.rows(_SQL["add"], batch, copropiedad_id, now, by, size, len(placed), missing)
            taken = [(letter.id, at, letter.place, letter.large) for at, letter in enumerate(placed, start=1)]
            await write(run, _SQL["take"], taken, batch)
            await posters.take(run, batch, copropiedad_id)
            [left] = await run.rows(_SQL["left"], copropiedad_id)
            return MadeBatch(batch=batch, made=True, left=left["n"])

    async def batches(
        self,
        *,
        copropiedad_id: str | None = None,
        after: str | None,
        limit: int,
        places: PropertyScope = None,
    ) -> Page:
        given = (listed(places), copropiedad_id, None)
        return await paged(self, _SQL["list"], after, limit, *given, by="made_at")

    async def batch(self, batch_id: UUID, places: PropertyScope = None) -> PrintBatch | None:
        rows = await self.rows(_SQL["list"], *_EVER, 1, listed(places), None, batch_id)
        return read(PrintBatch, rows[0]) if rows else None

    async def letters_of(self, batch_id: UUID) -> Sequence[BatchLetter]:
        return [read(BatchLetter, row) for row in await self.rows(_SQL["letters"], batch_id)]

    async def printed_letters(self, batch_id: UUID) -> Sequence[PrintedLetter]:
        rows = await self.rows(_SQL["on_paper"].format(column="batch_id"), batch_id)
        return [read(PrintedLetter, row) for row in rows]

    async def printed_letter(self, letter_id: UUID) -> PrintedLetter | None:
        rows = await self.rows(_SQL["on_paper"].format(column="id"), letter_id)
        return read(PrintedLetter, rows[0]) if rows else None

    async def missing_of(self, batch_id: UUID) -> Sequence[MissingLetter]:
        rows = await self.rows(_SQL["missing"], batch_id)
        homes = await _homes(self, [row["id"] for row in rows])
        return [read(MissingLetter, row, homes=homes.get(row["id"], ())) for row in rows]

    async def mark_printed(self, batch_id: UUID) -> bool:
        async with self._database.transaction() as run:
            [batch] = await run.rows(_SQL["lock"], batch_id)
            if batch["cancelled"]:
                raise TooLate(_CANCELLED)
            if not batch["printed"]:
                await run.rows(_SQL["lock_letters"], batch_id)
                await run.rows(_SQL["printed"], batch_id)
                await posters.batch_printed(run, batch_id)
            return not batch["printed"]

    async def cancel(self, batch_id: UUID) -> bool:
        async with self._database.transaction() as run:
            [batch] = await run.rows(_SQL["lock"], batch_id)
            if batch["printed"]:
                raise TooLate(_PRINTED)
            states = {LetterState(row["state"]) for row in await run.rows(_SQL["lock_letters"], batch_id)}
            if states - _NOT_ON_PAPER:
                raise TooLate(_ON_ITS_WAY)
            if not batch["cancelled"]:
                await run.rows(_SQL["cancel"], batch_id)
                await posters.leave_batch(run, batch_id)
            return not batch["cancelled"]


async def _made_before(run: Runner, copropiedad_id: str | None) -> MadeBatch:
    """Return the batch that somebody made a moment ago, or one that nobody has printed."""
    rows = await run.rows(_SQL["unprinted"], copropiedad_id)
    if not rows:
        raise NothingToPrint
    return MadeBatch(batch=rows[0]["id"], made=False)


async def _homes(run: Runner, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Home]]:
    found: defaultdict[UUID, list[Home]] = defaultdict(list)
    for row in await run.rows(_SQL["homes"], list(ids)):
        found[row["letter"]].append(read(Home, row))
    return found
