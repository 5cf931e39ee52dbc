"""`hub clocks`: the promises that run, how long they have left, and who has taken a matter on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import typer

from hub.cli.auditing import note, operator
from hub.cli.common import (
    AsJson,
    Limit,
    local_time,
    print_json,
    print_table,
    settings,
    short_case,
    to_uuid,
    wait,
)
from hub.errors import HubError
from hub.model import ClockState

if TYPE_CHECKING:
    from hub.web.shapes import Left, TakenOn

_COLUMNS: Final = ("due", "left", "promise", "case", "level", "state")


app = typer.Typer(invoke_without_command=True, help="Promises: list, take on.")


@app.callback()
def clocks(
    context: typer.Context,
    state: Annotated[
        ClockState | None, typer.Option(help="Only those; without it the ones that run.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    List promises, soonest due first: from Redis, from SQL while Redis is away.

      hub clocks --state breached
    """
    if context.invoked_subcommand is not None:
        return
    answer = wait(_read(state, limit))
    if as_json:
        print_json(answer)
        return
    print_table(
        _COLUMNS,
        [
            (
                local_time(row["due_at"]),
                left_words(row["left"]),
                row["name"],
                short_case(row["case"]),
                str(row["level"]),
                str(row["state"]),
            )
            for row in answer["items"]
        ],
    )
    if answer["source"] == "sql" and state not in {ClockState.MET, ClockState.CANCELLED}:
        typer.secho("Redis does not answer: read from the database.", fg=typer.colors.YELLOW, err=True)


async def _read(state: ClockState | None, limit: int) -> dict[str, Any]:
    from hub import app  # noqa: PLC0415 - `hub --help` must not wait for it
    from hub.policy import load_policy  # noqa: PLC0415 - the same
    from hub.web.listing import Clocks  # noqa: PLC0415 - the same
    from hub.web.shapes import ClocksQuery  # noqa: PLC0415 - the same

    given = settings()
    async with app.open_log(given) as log, app.open_appointments(given) as appointments:
        clocks = Clocks(log=log, appointments=appointments, policy=load_policy(given.policy))
        return await clocks.list(ClocksQuery(state=state, limit=limit), datetime.now(UTC))


@app.command()
def acknowledge(clock_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """
    Say that the level which was told has taken a matter on: the next one is told later. Safe to repeat.

      hub clocks acknowledge 0195…
    """
    done = wait(_acknowledge(to_uuid(clock_id)))
    if as_json:
        print_json(done)
        return
    again = "" if done.changed else ", no change: it had been taken on before"
    typer.echo(f"{done.id}  level {done.level}{again}")


async def _acknowledge(clock_id: UUID) -> TakenOn:
    from hub import acknowledging  # noqa: PLC0415 - `hub --help` must not wait for it
    from hub import app as hub_app  # noqa: PLC0415 - the same
    from hub.web.promises import taken_on  # noqa: PLC0415 - the same

    given = settings()
    async with hub_app.open_log(given) as log, hub_app.open_publisher(given) as publisher:
        clock = await log.clock(clock_id)
        if clock is None:
            raise HubError(f"there is no promise {clock_id}")
        level = acknowledging.level_to_take_on(clock)
        await note("clock.acknowledge", f"clock:{clock_id}", level=level)
        done = await acknowledging.acknowledge(
            clock, by=operator(), publisher=publisher, now=datetime.now(UTC)
        )
    return taken_on(clock, done)


def left_words(left: Left | None) -> str:
    """Say the time left, marked as business time where it is; late is a minus."""
    if left is None:
        return ""
    if left.unit == "business_days":
        return f"{left.amount} bd"
    sign = "-" if left.amount < 0 else ""
    minutes, seconds = divmod(abs(left.amount), 60)
    hours, minutes = divmod(minutes, 60)
    length = f"{hours}h{minutes:02}m" if hours else f"{minutes}m{seconds:02}s"
    return f"{sign}{length}{' bh' if left.unit == 'business_seconds' else ''}"
