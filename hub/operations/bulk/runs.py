"""Runs of bulk actions: start one, stop it, and report its outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final
from uuid import UUID, uuid4

from msgspec import Meta

from hub.access.actor import Actor
from hub.errors import ChangedPlan, NothingChosen
from hub.model import Json, PropertyScope, within
from hub.model.bulk import BulkCandidate, BulkFilter, BulkKind, BulkRun, BulkState
from hub.model.ids import uuid8
from hub.operations.bulk.choose import without_person
from hub.operations.bulk.plan import MOST, BulkPlan, BulkSkipped, find, planned
from hub.operations.bulk.words_es import skipped_words
from hub.storage import PostgresBulk

DRIFT: Final = 10
"""The number of rows, and the part of them, by which a plan may have grown since somebody looked at it."""


class BulkReport(BulkRun, frozen=True, kw_only=True):
    """A run with the reasons of skipped and failed rows."""

    because: Annotated[list[BulkSkipped], Meta(description="Of rows that were skipped or have failed.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOrder:
    """
    An order of a bulk action. `seen` is the number of rows that the operator saw; None for a program, which
    sees none.

    `noted` goes into the audit besides the number of rows; it never holds a person's data.
    """

    kind: BulkKind
    asked: BulkFilter
    reason: str
    seen: int | None = None
    noted: Mapping[str, Json] = field(default_factory=dict)


def has_grown(order: BulkOrder, found: Sequence[BulkCandidate]) -> bool:
    """Return whether more would be done than somebody has agreed to."""
    return order.seen is not None and len(found) > order.seen + max(DRIFT, order.seen // DRIFT)


async def plan_or_start(
    store: PostgresBulk, order: BulkOrder, actor: Actor, *, dry_run: bool, most: int
) -> BulkRun | BulkPlan:
    """Return the plan of an order, or start it. Raises NothingChosen, InvalidFilter."""
    if not dry_run:
        return await start(store, order, actor, most=most)
    rows = await find(store, order.kind, order.asked, actor.places, most=most)
    return planned(order.kind, rows, most=most)


async def start(store: PostgresBulk, order: BulkOrder, actor: Actor, *, most: int = MOST) -> BulkRun:
    """
    Start a run over the rows found now; the timers work through it.

    Raises NothingChosen, and ChangedPlan where they are more than were seen.
    """
    found = await find(store, order.kind, order.asked, actor.places, most=most)
    if not found:
        raise NothingChosen
    if has_grown(order, found):
        raise ChangedPlan
    run = _run(order, len(found[:most]), actor)
    await actor.note(f"bulk.{run.kind}", f"bulk:{run.id}", chosen=run.chosen, **order.noted)
    await store.start(run, [row.id for row in found[:most]])
    return run


def _run(order: BulkOrder, chosen: int, actor: Actor) -> BulkRun:
    places = within(actor.places, order.asked.copropiedad)
    return BulkRun(
        id=uuid8(actor.now, "bulk_run", uuid4().hex),
        made_at=actor.now,
        kind=order.kind,
        state=BulkState.RUNNING,
        by=actor.by,
        reason=order.reason,
        asked=without_person(order.asked),
        places=None if places is None else sorted(places),
        chosen=chosen,
    )


async def stop(by: Actor, store: PostgresBulk, run_id: UUID) -> bool | None:
    """Stop a run between two batches; false if it had ended, None if there is none within reach."""
    if await store.run(run_id, places=by.places) is None:
        return None
    await by.note("bulk.stop", f"bulk:{run_id}")
    return await store.cancel_run(run_id, by=by.who)


async def report(store: PostgresBulk, run_id: UUID, places: PropertyScope) -> BulkReport | None:
    """Return a run with the reasons; None if there is none that is for these places alone."""
    run = await store.run(run_id, places=places)
    if run is None:
        return None
    reasons = await store.reasons(run_id)
    because = [
        BulkSkipped(reason=reason, means=skipped_words(reason), count=count)
        for (_, reason), count in reasons.items()
        if reason
    ]
    return BulkReport(**{name: getattr(run, name) for name in BulkRun.__struct_fields__}, because=because)
