"""Bulk actions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.errors import StorageRefused
from hub.model import PropertyScope, State, type_of, within
from hub.model.bulk import BulkCandidate, BulkFilter, BulkItem, BulkKind, BulkResult, BulkRun, SkipReason
from hub.model.letters import LetterState, states_of
from hub.model.pages import PageQuery, Rows
from hub.model.state_machine import LOST
from hub.ports import MessageFilter, Replay, Worked
from hub.storage import dead_letters
from hub.storage.cancel import OLDER, PLANNED_BEFORE, WAITING, CancelRule, withdraw
from hub.storage.database import Runner, Store, encode_some, load, read, read_first, storable
from hub.storage.filters import listed, narrow, narrowed
from hub.storage.log import list_kind
from hub.storage.paging import rows_of
from hub.storage.redrive import resend, verdict
from hub.storage.verdicts import TAKEN, Acted, verdicts_of

_SQL = load("bulk")
_KEPT: Final = timedelta(days=90)
"""The time for which the outcome of a run can be looked up."""
_FOUND: Final[Mapping[str, str]] = {
    "messages": "found",
    "messages_there": "found_there",
    "messages_of": "found_of",
}
_TO_PRINT: Final = (LetterState.OPEN, LetterState.BATCHED)
_ANYWAY: Final = (
    "coalesce((SELECT (asked ->> 'also_told')::boolean FROM bulk_run WHERE bulk_run.id = $5), false)"
)
"""In a statement: the run is also for people whom another message has reached."""
_MINE: Final = "EXISTS (SELECT FROM bulk_item WHERE run_id = $5 AND bulk_item.id = other.id)"


class _Running(Struct, frozen=True, kw_only=True):
    id: UUID
    kind: BulkKind
    older: bool


class PostgresBulk(Store):
    """Runs of bulk actions, and the rows that they would take."""

    async def candidates(
        self,
        kind: BulkKind,
        asked: BulkFilter,
        limit: int,
        *,
        places: PropertyScope = None,
        only: UUID | None = None,
    ) -> Sequence[BulkCandidate]:
        """Return the rows of a filter, oldest first, each with its outcome now; or `only` one."""
        statement, given = _chosen(kind, asked, limit, places, only)
        rows = await self.rows(statement, *given)
        return [read(BulkCandidate, row) for row in rows]

    async def start(self, run: BulkRun, ids: Collection[UUID]) -> None:
        """Store a run with its rows. Runs that ended long ago are forgotten."""
        asked = encode_some(run.asked)
        values = run.id, run.made_at, run.kind, run.by, storable(run.reason), asked, run.places, len(ids)
        async with self._database.transaction() as opened:
            await opened.rows(_SQL["forget"], _KEPT)
            await opened.rows(_SQL["add_run"], *values)
            await opened.rows(_SQL["add_items"], run.id, sorted(ids))

    async def run(self, run_id: UUID, *, places: PropertyScope = None) -> BulkRun | None:
        """Return a run; None if there is none that is for these places alone."""
        return read_first(BulkRun, await self.rows(_SQL["run"], run_id, listed(places)))

    async def runs(self, *, after: str | None, limit: int, places: PropertyScope = None) -> Rows[BulkRun]:
        """List runs, newest first."""
        query = PageQuery(after=after, limit=limit)
        return await rows_of(BulkRun, self, _SQL["runs"], query, listed(places), by="made_at")

    async def items(
        self, run_id: UUID, *, result: BulkResult | None = None, after: UUID | None = None, limit: int
    ) -> Sequence[BulkItem]:
        """List the rows of a run, by id."""
        return [read(BulkItem, row) for row in await self.rows(_SQL["items"], run_id, result, after, limit)]

    async def reasons(self, run_id: UUID) -> Mapping[tuple[BulkResult, str], int]:
        """Count the settled rows of a run by result and reason; a row that is done has none."""
        rows = await self.rows(_SQL["reasons"], run_id)
        return {(BulkResult(row["result"]), row["reason"]): row["n"] for row in rows}

    async def work(self, limit: int, replay: Replay) -> Worked | None:
        """
        Work the next batch of the oldest run, in one transaction; None where nothing waits.

        Rows that another process has in hand are passed over, and those of a process that died come again.
        """
        for row in await self.rows(_SQL["running"]):
            run = read(_Running, row)
            worked = await self._batch(run, limit, replay)
            if worked is not None:
                return worked
            await self.rows(_SQL["end_run"].format(planned_before=PLANNED_BEFORE), run.id)
        return None

    async def _batch(self, run: _Running, limit: int, replay: Replay) -> Worked | None:
        try:
            return await self._work(run.id, limit, lambda opened, ids: _act(opened, run, ids, replay))
        except StorageRefused:
            # Row by row: a failure that no repetition mends must not stop the rest of the run.
            return await (self._batch(run, 1, replay) if limit > 1 else self._work(run.id, 1, _refuse))

    async def _work(
        self, run: UUID, limit: int, act: Callable[[Runner, Sequence[UUID]], Awaitable[Acted]]
    ) -> Worked | None:
        async with self._database.transaction() as opened:
            ids = [row["id"] for row in await opened.rows(_SQL["claim"], run, limit)]
            if not ids:
                return None
            verdicts, tickets = await act(opened, ids)
            results = [_result_of(verdicts.get(row_id, SkipReason.CHANGED)) for row_id in ids]
            await opened.rows(_SQL["record"], run, ids, *zip(*results, strict=True))
            return Worked(run=run, count=len(ids), tickets=tickets)

    async def cancel_run(self, run_id: UUID, *, by: str) -> bool:
        """Stop a run between two batches; false if it had ended."""
        return bool(await self.rows(_SQL["cancel_run"], run_id, by))


def _chosen(
    kind: BulkKind, asked: BulkFilter, limit: int, places: PropertyScope, only: UUID | None
) -> tuple[str, Sequence[object]]:
    """Return the statement that finds the rows of a bulk action, with its parameters."""
    if kind in {BulkKind.REPLAY, BulkKind.DISCARD}:
        is_replay = kind is BulkKind.REPLAY
        return _SQL["dead"], (asked.reason, asked.event and type_of(asked.event), limit, is_replay)
    if kind is BulkKind.PRINTED:
        states = [state for state in _TO_PRINT if state in states_of(asked.state, asked.handed_over)]
        return _SQL["letters"], (states, limit, listed(within(places, asked.copropiedad)))
    return _messages(kind, asked, replace(narrowed(asked, places), id=only), limit)


def _messages(
    kind: BulkKind, asked: BulkFilter, which: MessageFilter, limit: int
) -> tuple[str, Sequence[object]]:
    older = bool(asked.older)
    known = LOST if kind is BulkKind.RESEND else _cancelling(older).states
    given: list[object] = [
        sorted(known.intersection([which.state] if which.state else which.states or list(State))),
        limit,
    ]
    name, rest = list_kind(which), which
    if name == "messages_there":
        given.append(listed(which.places))
        rest = replace(which, places=None)
    conditions, values = narrow(rest, first_free=len(given) + 1)
    if older:
        conditions = f"{conditions} AND {PLANNED_BEFORE}"
    if kind is BulkKind.RESEND:
        anyway = str(bool(asked.also_told)).lower()
        judged = verdict(anyway=anyway, chosen=f"other.state = ANY ($1) AND {conditions}")
    else:
        judged = _cancelling(older).verdict
    found = _SQL[_FOUND[name]].format(narrowed=conditions)
    return _SQL["messages"].format(found=found, verdict=judged), [*given, *values]


def _cancelling(older: bool) -> CancelRule:
    return OLDER if older else WAITING


def _result_of(why: str) -> tuple[str, str | None]:
    if why == SkipReason.REFUSED:
        return BulkResult.FAILED, why
    return (BulkResult.DONE, None) if why == TAKEN else (BulkResult.SKIPPED, why)


async def _act(opened: Runner, run: _Running, ids: Sequence[UUID], replay: Replay) -> Acted:
    if run.kind is BulkKind.RESEND:
        judged = verdict(anyway=_ANYWAY, chosen=f"other.state = ANY ($4) AND {_MINE}")
        return await resend(opened, judged, ids, run.id)
    if run.kind is BulkKind.CANCEL:
        return await withdraw(opened, ids, _cancelling(run.older)), ()
    if run.kind is BulkKind.REPLAY:
        return await _replay(opened, ids, replay)
    name = "discard" if run.kind is BulkKind.DISCARD else "printed"
    return verdicts_of(await opened.rows(_SQL[name], ids)), ()


async def _refuse(_: Runner, ids: Sequence[UUID]) -> Acted:
    return dict.fromkeys(ids, SkipReason.REFUSED), ()


async def _replay(run: Runner, ids: Sequence[UUID], replay: Replay) -> Acted:
    """Publish first, then settle: the other order would lose a letter if the process died in between."""
    verdicts: dict[UUID, str] = {}
    for letter_id in ids:
        letter = await dead_letters.find(run, letter_id)
        if letter is None or letter.state != "open":
            continue
        if letter.wrong_sender:
            verdicts[letter_id] = SkipReason.WRONG_SENDER
            continue
        await replay(letter)
        settled = await dead_letters.settle(run, letter_id, "replayed", times=letter.times)
        verdicts[letter_id] = TAKEN if settled else SkipReason.AGAIN
    return verdicts, ()
