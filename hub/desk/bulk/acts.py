"""Bulk actions: plan, start, watch, stop."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hub.desk.bulk.rows import BulkBody, BulkCancelled, BulkItemsQuery
from hub.doors.operator import Operator, found
from hub.errors import InvalidFilter
from hub.model.bulk import BulkItem, BulkRun
from hub.model.pages import PageQuery, Rows
from hub.operations.bulk import runs
from hub.operations.bulk.plan import BulkPlan
from hub.operations.bulk.runs import BulkReport

RUN: Final = "bulk run"
_NO_REASON: Final = "a bulk action needs a reason: say in `why` what for; `dry_run` needs none"


async def start_bulk(by: Operator, body: BulkBody) -> BulkRun | BulkPlan:
    """Plan a bulk action with `dry_run`, or start it: the hub works through it in the background."""
    if not (body.dry_run or body.why.strip()):
        raise InvalidFilter(_NO_REASON)
    order = runs.BulkOrder(kind=body.kind, asked=body, reason=body.why.strip())
    return await runs.plan_or_start(by.stores.bulk, order, by.actor, dry_run=body.dry_run, most=body.limit)


async def list_bulk(by: Operator, query: PageQuery) -> Rows[BulkRun]:
    """List bulk actions, newest first."""
    return await by.stores.bulk.runs(after=query.after, limit=query.limit, places=by.places)


async def show_bulk(by: Operator, run_id: UUID) -> BulkReport:
    """Show the progress of a bulk action, and the reasons of skipped rows."""
    return found(RUN, await runs.report(by.stores.bulk, run_id, by.places))


async def list_bulk_items(by: Operator, run_id: UUID, query: BulkItemsQuery) -> Rows[BulkItem]:
    """List what became of each row of a bulk action."""
    found(RUN, await by.stores.bulk.run(run_id, places=by.places))
    rows = await by.stores.bulk.items(run_id, result=query.result, after=query.after, limit=query.limit + 1)
    last = rows[query.limit - 1].id if len(rows) > query.limit else None
    return Rows(items=list(rows[: query.limit]), next=None if last is None else str(last))


async def cancel_bulk(by: Operator, run_id: UUID) -> BulkCancelled:
    """Stop a bulk action between two batches; finished rows stay done."""
    changed = found(RUN, await runs.stop(by.actor, by.stores.bulk, run_id))
    run = found(RUN, await by.stores.bulk.run(run_id, places=by.places))
    return BulkCancelled(id=run_id, state=run.state, changed=changed)
