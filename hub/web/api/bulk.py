"""Bulk actions over HTTP: plan, start, watch, cancel."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from hub.model.pages import PageQuery
from hub.operations.bulk import plan, runs
from hub.web.auth.caller import actor_of, places_of
from hub.web.requests import found, read_id
from hub.web.responses import Refusal, json_answer
from hub.web.schemas.bulk import BulkBody, BulkCancelled, BulkItemsQuery
from hub.web.services import services

_RUN: Final = "bulk run"


async def start_bulk(request: web.Request, body: BulkBody) -> web.Response:
    """Plan a bulk action with `dry_run`, or start it: the hub works through it in the background."""
    if not (body.dry_run or body.why.strip()):
        raise Refusal(400, "A bulk action needs a reason.", "Say in `why` what for; `dry_run` needs none.")
    order = runs.BulkOrder(kind=body.kind, asked=body, reason=body.why.strip())
    return await plan_or_start(request, order, dry_run=body.dry_run, most=body.limit)


async def plan_or_start(
    request: web.Request, order: runs.BulkOrder, *, dry_run: bool, most: int
) -> web.Response:
    """Answer the plan of a bulk action, or start it."""
    store = services(request).bulk
    if dry_run:
        rows = await plan.find(store, order.kind, order.asked, places_of(request), most=most)
        return json_answer(plan.planned(order.kind, rows, most=most))
    run = await runs.start(store, order, actor_of(request), most=most)
    return json_answer(found(_RUN, run), status=201)


async def list_bulk(request: web.Request, query: PageQuery) -> web.Response:
    """List bulk actions, newest first."""
    store, places = services(request).bulk, places_of(request)
    return json_answer(await store.runs(after=query.after, limit=query.limit, places=places))


async def show_bulk(request: web.Request) -> web.Response:
    """Show the progress of a bulk action, and the reasons of skipped rows."""
    run_id = read_id(request, _RUN)
    return json_answer(found(_RUN, await runs.report(services(request).bulk, run_id, places_of(request))))


async def list_bulk_items(request: web.Request, query: BulkItemsQuery) -> web.Response:
    """List what became of each row of a bulk action."""
    store, run_id = services(request).bulk, read_id(request, _RUN)
    found(_RUN, await store.run(run_id, places=places_of(request)))
    rows = await store.items(run_id, result=query.result, after=query.after, limit=query.limit + 1)
    last = rows[query.limit - 1].id if len(rows) > query.limit else None
    return json_answer({"items": rows[: query.limit], "next": None if last is None else str(last)})


async def cancel_bulk(request: web.Request) -> web.Response:
    """Stop a bulk action between two batches; finished rows stay done."""
    return json_answer(await stop_here(request))


async def stop_here(request: web.Request) -> BulkCancelled:
    """Stop the bulk action of the path."""
    store, run_id = services(request).bulk, read_id(request, _RUN)
    changed = found(_RUN, await runs.stop(actor_of(request), store, run_id))
    run = found(_RUN, await store.run(run_id, places=places_of(request)))
    return BulkCancelled(id=run_id, state=run.state, changed=changed)
