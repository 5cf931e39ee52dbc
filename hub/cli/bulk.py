"""`hub bulk`: the bulk actions that operators have started, and how to stop one."""

from __future__ import annotations

from hub.app.operators import open_operator
from hub.cli.bulk_runs import print_report
from hub.desk.bulk.acts import show_bulk
from hub.desk.bulk.noun import LIST, NOUN
from hub.doors.act import READ
from hub.doors.command import group_of, lines_of
from hub.doors.terminal import AsJson, Id

app = group_of(NOUN, open_operator)


@app.command()
async def show(run_id: Id, as_json: AsJson = False) -> None:
    """Show how far a bulk action has come, and why rows were skipped."""
    async with open_operator(READ) as by:
        print_report(await show_bulk(by, run_id), lines_of(LIST), as_json=as_json)
