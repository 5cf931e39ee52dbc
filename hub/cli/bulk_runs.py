"""Bulk runs at the command line: the plan, the question, the start, and the way to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.desk.bulk.acts import show_bulk
from hub.doors.operator import Operator
from hub.doors.terminal import Columns, fields, print_json, print_list
from hub.model.bulk import BulkRun, BulkState
from hub.operations.bulk.plan import BulkPlan
from hub.operations.bulk.runs import BulkReport

Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Follow the run to its end.")]
Why = Annotated[str, typer.Option("--why", help="For colleagues, without names of people.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

_EVERY: Final = 0.5
"""Seconds between two looks at a run."""
_COUNTS: Final = fields("id", "state", "chosen", "done", "skipped", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """Options of a command that settles many: the plan alone, unasked, to the end of the run, as JSON."""

    yes: bool
    waits: bool
    as_json: bool
    dry_run: bool = False


async def run_many(
    by: Operator, planned: BulkPlan, start: Callable[[], Awaitable[BulkRun]], how: How
) -> None:
    """Show the plan, ask, start and follow a bulk run. Where nothing goes, none is started."""
    if how.dry_run or not planned.goes:
        print_plan(planned, as_json=how.as_json)
        return
    _tell(planned)
    if how.yes or typer.confirm(f"{planned.kind} {planned.goes}?", err=True):
        await print_run(by, (await start()).id, waits=how.waits, as_json=how.as_json)


async def print_run(by: Operator, run_id: UUID, *, waits: bool, as_json: bool) -> None:
    """Print the report of a run: as it is, or once it has ended."""
    typer.secho(f"run {run_id}; the hub's timers work through it", dim=True, err=True)
    report = await show_bulk(by, run_id)
    while waits and report.state is BulkState.RUNNING:  # another process ends it
        await asyncio.sleep(_EVERY)
        report = await show_bulk(by, run_id)
    print_report(report, _COUNTS, as_json=as_json)


def print_report(report: BulkReport, columns: Columns, *, as_json: bool) -> None:
    """Print how far a run has come, and why rows were skipped."""
    if as_json:
        print_json(report)
        return
    print_list([report], columns, as_json=False)
    if report.because:
        print_list(report.because, fields("count", "reason", "means"), as_json=False)


def print_plan(planned: BulkPlan, *, as_json: bool) -> None:
    """Print the plan, as the API answers it or in lines."""
    _tell(planned)
    if as_json:
        print_json(planned)
    elif planned.goes:
        print_list(planned.by, fields("state", "channel", "copropiedad_id", "count"), as_json=False)
        typer.secho(f"{planned.goes} would go", err=True)
    else:
        typer.secho("Nothing to do.", dim=True, err=True)


def _tell(planned: BulkPlan) -> None:
    """Warn of rows that a count does not show: those that stay, the urgent ones, those of another run."""
    for skip in planned.skipped:
        typer.secho(f"{skip.count} left out: {skip.reason}", fg=typer.colors.YELLOW, err=True)
    if planned.urgent:
        typer.secho(f"{planned.urgent} urgent", fg=typer.colors.YELLOW, err=True)
    if planned.more:
        typer.secho("There are more than one run takes: repeat the command after it.", err=True)
