"""Messages of a filter at the command line: one by its id, many by a bulk run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.cli.bulk_runs import RUN, How, print_plan, run_many
from hub.doors.operator import Operator, found
from hub.model.bulk import BulkRun
from hub.operations.bulk import runs
from hub.operations.bulk.choose import narrowed
from hub.operations.bulk.plan import MOST, planned
from hub.operations.bulk.runs import BulkOrder
from hub.ports import BulkChoice

MESSAGE: Final = "message"

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only the plan.")]
AtMost = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=MOST, help="How many messages at most, oldest first.")
]


async def settle_many(by: Operator, order: BulkOrder, how: How) -> None:
    """Plan a bulk run on messages, ask, start and follow it."""

    async def start() -> BulkRun:
        return found(RUN, await runs.start(by.stores.bulk, order, by.actor, most=how.most))

    await run_many(by, order.kind, order.asked, start, how)


async def settle_one(
    by: Operator, order: BulkOrder, message_id: UUID, act: Callable[[], Awaitable[None]], how: How
) -> None:
    """Do the act to one message, if the filter has it and it may be done; else show why it may not."""
    choice = BulkChoice(
        kind=order.kind,
        which=replace(narrowed(order.asked, by.places), id=message_id),
        places=by.places,
        also_told=bool(order.asked.also_told),
    )
    plan = planned(order.kind, await by.stores.bulk.candidates(choice, 1))
    if how.dry_run or not plan.goes:
        print_plan(plan, as_json=how.as_json)
    else:
        await act()
