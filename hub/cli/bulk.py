"""`hub bulk`: the bulk actions that operators have started, and how to stop one."""

from __future__ import annotations

from typing import Final

import typer

from hub.app.operators import open_operator
from hub.doors.act import OPERATE, READ
from hub.doors.terminal import (
    AsJson,
    Columns,
    Id,
    Limit,
    fields,
    known,
    print_done,
    print_json,
    print_list,
)
from hub.operations.bulk import runs
from hub.operations.bulk.runs import report

app = typer.Typer(no_args_is_help=True)

_COLUMNS: Final[Columns] = fields(
    "id", "made_at", "kind", "state", "by", "chosen", "done", "skipped", "failed", "reason"
)


@app.command("list")
async def list_runs(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List bulk actions, newest first."""
    async with open_operator(READ) as by:
        page = await by.stores.bulk.runs(after=None, limit=limit)
    print_list(page.items, _COLUMNS, page.next, as_json=as_json)


@app.command()
async def show(run_id: Id, as_json: AsJson = False) -> None:
    """Show how far a bulk action has come, and why rows were skipped."""
    async with open_operator(READ) as by:
        run = known(await report(by.stores.bulk, run_id, None), f"bulk action {run_id}")
    if as_json:
        print_json(run)
        return
    print_list([run], _COLUMNS, as_json=False)
    if run.because:
        print_list(run.because, fields("count", "reason", "means"), as_json=False)


@app.command()
async def stop(run_id: Id, as_json: AsJson = False) -> None:
    """Stop a bulk action between two batches; what is done stays done. Safe to repeat."""
    async with open_operator(OPERATE) as by:
        changed = known(await runs.stop(by.actor, by.stores.bulk, run_id), f"bulk action {run_id}")
    done = {"id": run_id, "changed": changed}
    print_done(done, f"{run_id}  {'stopped' if changed else 'had ended'}", as_json=as_json)
