"""Bulk actions in memory: the runs and their rows, without any change of messages and letters."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from msgspec import structs

from hub.model import PropertyScope
from hub.model.bulk import BulkCandidate, BulkItem, BulkResult, BulkRun, BulkState
from hub.model.pages import Rows
from hub.ports import BulkChoice, Now, Replay, Worked


class MemoryBulk:
    """
    `hub.ports.BulkStore`, without pages of runs.

    `found` are the rows that each filter finds; `skips` are skipped rows with the reason. All others are
    done.
    """

    def __init__(self, now: Now, found: Sequence[BulkCandidate] = ()) -> None:
        self.found = list(found)
        self.skips: dict[UUID, str] = {}
        self._now = now
        self._lock = asyncio.Lock()
        self._runs: dict[UUID, BulkRun] = {}
        self._items: dict[UUID, dict[UUID, BulkItem]] = {}

    async def candidates(self, choice: BulkChoice, limit: int) -> Sequence[BulkCandidate]:
        del choice
        return self.found[:limit]

    async def start(self, run: BulkRun, ids: Collection[UUID]) -> None:
        self._runs[run.id] = run
        self._items[run.id] = {
            row_id: BulkItem(id=row_id, result=None, reason=None, at=None) for row_id in sorted(ids)
        }

    async def run(self, run_id: UUID, *, places: PropertyScope = None) -> BulkRun | None:
        run = self._runs.get(run_id)
        return run if run is not None and _is_for(run, places) else None

    async def runs(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Rows[BulkRun]:
        del after
        newest = sorted(self._runs.values(), key=lambda run: (run.made_at, run.id), reverse=True)
        return Rows(items=[run for run in newest if _is_for(run, places)][:limit], next=None)

    async def items(
        self, run_id: UUID, *, result: BulkResult | None = None, after: UUID | None = None, limit: int
    ) -> Sequence[BulkItem]:
        rows = self._items.get(run_id, {}).values()
        found = [row for row in rows if (result is None or row.result is result)]
        return [row for row in found if after is None or row.id > after][:limit]

    async def reasons(self, run_id: UUID) -> Mapping[tuple[BulkResult, str], int]:
        settled = [row for row in self._items.get(run_id, {}).values() if row.result is not None]
        return Counter((row.result, row.reason or "") for row in settled if row.result is not None)

    async def cancel_run(self, run_id: UUID, *, by: str) -> bool:
        run = self._runs.get(run_id)
        if run is None or run.state is not BulkState.RUNNING:
            return False
        self._runs[run_id] = structs.replace(
            run, state=BulkState.CANCELLED, ended_at=self._now(), ended_by=by
        )
        return True

    async def work(self, limit: int, replay: Replay) -> Worked | None:
        del replay
        async with self._lock:
            running = [run for run in self._runs.values() if run.state is BulkState.RUNNING]
            for run in sorted(running, key=lambda run: (run.made_at, run.id)):
                waiting = [row.id for row in self._items[run.id].values() if row.result is None][:limit]
                if waiting:
                    self._settle(run, waiting)
                    return Worked(run=run.id, count=len(waiting))
                self._runs[run.id] = structs.replace(run, state=BulkState.DONE, ended_at=self._now())
            return None

    def _settle(self, run: BulkRun, ids: Sequence[UUID]) -> None:
        for row_id in ids:
            why = self.skips.get(row_id)
            result = BulkResult.DONE if why is None else BulkResult.SKIPPED
            self._items[run.id][row_id] = BulkItem(id=row_id, result=result, reason=why, at=self._now())
        counts = Counter(row.result for row in self._items[run.id].values())
        self._runs[run.id] = structs.replace(run, **{str(result): counts[result] for result in BulkResult})


def _is_for(run: BulkRun, places: PropertyScope) -> bool:
    return places is None or (run.places is not None and places.issuperset(run.places))
