"""Commit of a batch in one transaction: retried after a conflict, halved when a value is refused."""

from __future__ import annotations

import contextlib
from typing import Final

from hub.errors import InvalidEvent, RefusedEvents, StorageConflict, StorageRefused, VersionJump
from hub.intake.case_owners import judge
from hub.intake.commit_result import CommitResult
from hub.intake.decode import Batch, IntakeContext, of_known_id
from hub.intake.planner import plan_in
from hub.intake.review import hold_back
from hub.intake.source_bindings import BindingSnapshot
from hub.ports import IntakeStore, Now

CONFLICT_TRIES: Final = 5


async def commit(
    batch: Batch, *, context: IntakeContext, store: IntakeStore, now: Now, bound: BindingSnapshot
) -> CommitResult:
    """
    Commit the batch.

    Halving finds the event with a value that the database refuses, or whose version jumps: that event
    becomes a dead letter, and the rest is committed. So does one that adds to the case of another source
    without its key's leave, and one whose id its source has used for other content. Raises
    StorageUnavailable when there is no database.
    """
    try:
        return await _until_no_conflict(batch, context=context, store=store, now=now, bound=bound)
    except RefusedEvents as found:
        return await commit(batch.without(found), context=context, store=store, now=now, bound=bound)
    except StorageRefused as exc:
        if not batch.events:
            raise
        if len(batch.events) == 1:
            dead = batch.without_events(for_the_publisher(exc))
            return await _until_no_conflict(dead, context=context, store=store, now=now, bound=bound)
    first, second = batch.halves()
    result = await commit(first, context=context, store=store, now=now, bound=bound)
    return result.join(await commit(second, context=context, store=store, now=now, bound=bound))


def for_the_publisher(error: StorageRefused) -> InvalidEvent:
    if isinstance(error, VersionJump):
        return InvalidEvent(str(error), field="data.version")
    return InvalidEvent(f"the database refuses a value of it ({error})")


async def _until_no_conflict(
    batch: Batch, *, context: IntakeContext, store: IntakeStore, now: Now, bound: BindingSnapshot
) -> CommitResult:
    for _ in range(CONFLICT_TRIES - 1):
        with contextlib.suppress(StorageConflict):
            return await _once(batch, context=context, store=store, now=now, bound=bound)
    return await _once(batch, context=context, store=store, now=now, bound=bound)


async def _once(
    batch: Batch, *, context: IntakeContext, store: IntakeStore, now: Now, bound: BindingSnapshot
) -> CommitResult:
    events = {key: event for key, (event, _) in batch.events.items()}
    if not (events or batch.letters):
        return CommitResult()
    async with store.transaction() as transaction:
        if batch.letters:
            await transaction.add_dead_letters(batch.letters)
        if batch.opened:
            await transaction.expel(batch.opened)
        if context.reviewed:
            for key in await hold_back(transaction, batch, context=context, now=now()):
                del events[key]
        result = await plan_in(transaction, events, context=context, now=now()) if events else CommitResult()
        if result.of_others or result.changed:
            refused, strangers = judge(result.of_others, context=context, bound=bound)
            refused |= {key: of_known_id() for key in result.changed}
            if refused or strangers:
                raise RefusedEvents(refused, frozenset(strangers))
    result.letters = batch.letters
    return result
