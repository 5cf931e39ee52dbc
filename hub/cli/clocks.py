"""`hub clocks`: the promises, when they fall due, who was notified and who has acknowledged them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from hub.app import container
from hub.cli.audit import note, operator
from hub.cli.common import (
    AsJson,
    Limit,
    console,
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
from hub.operations.acknowledge import acknowledge_clock
from hub.operations.clocks.board import ClockFilter, Clocks
from hub.policy import load_policy
from hub.sla.acknowledge import AckResult

app = typer.Typer(invoke_without_command=True, help="Promises: list, show, acknowledge.")

_COLUMNS: Final = ("vence", "en palabras", "promesa", "caso", "nivel", "estado", "avisados", "asumido", "id")
_STEPS: Final = ("paso", "cuándo", "hecho", "a quién", "canal", "estado", "avisado")


@app.callback()
def clocks(
    context: typer.Context,
    state: Annotated[
        ClockState | None, typer.Option(help="Only this state; by default the running ones.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    List promises, soonest due first, or show one: from Redis, from SQL while Redis is down.

      hub clocks --state breached

      hub clocks show 019ccaf5-…
    """
    if context.invoked_subcommand is not None:
        return
    answer = wait(_read(state, limit))
    if as_json:
        print_json(answer)
        return
    print_table(_COLUMNS, [_cells(row) for row in answer["items"]])
    if answer["source"] == "sql" and state not in {ClockState.MET, ClockState.CANCELLED}:
        typer.secho("Redis no contesta: se leyó de la base de datos.", fg=typer.colors.YELLOW, err=True)


@app.command()
def show(
    clock_id: Annotated[UUID, typer.Argument(parser=to_uuid, metavar="ID", help="As the list prints it.")],
    as_json: AsJson = False,
) -> None:
    """Show a promise: its steps, who was notified at each (masked names), who has acknowledged it."""
    clock = wait(_look(clock_id))
    if as_json:
        print_json(clock)
        return
    out = console()
    out.print(f"{clock['name']} · {short_case(clock['case'])} · {clock['due_words']}", markup=False)
    out.print(f"{clock['state']}, nivel {clock['level']}\n", markup=False)
    print_table(_STEPS, [line for step in clock["steps"] for line in _step_lines(step, clock["told"])])
    for ack in clock["acknowledged"]:
        words = f"\nAsumido en el nivel {ack['level']} por {ack['by']}, {local_time(ack['at'])}"
        out.print(words, markup=False)


async def _read(state: ClockState | None, limit: int) -> dict[str, Any]:
    async with _open() as clocks:
        return await clocks.list(ClockFilter(state=state, limit=limit), datetime.now(UTC))


@app.command()
def acknowledge(clock_id: Annotated[str, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """
    Acknowledge a promise for the level that was notified: the next level is notified later. Safe to repeat.

      hub clocks acknowledge 0195…
    """
    done = wait(_acknowledge(to_uuid(clock_id)))
    if as_json:
        print_json(done)
        return
    unchanged = "" if done.changed else ", sin cambio: ya estaba asumido"
    typer.echo(f"{done.id}  nivel {done.level}{unchanged}")


async def _acknowledge(clock_id: UUID) -> AckResult:
    given = settings()
    async with (
        container.open_log(given) as log,
        container.open_audit(given) as notes,
        container.open_publisher(given) as publisher,
    ):
        done = await acknowledge_clock(
            clock_id, log=log, notes=notes, publisher=publisher, who=operator(), now=datetime.now(UTC)
        )
    if done is None:
        raise HubError(f"there is no promise {clock_id}")
    return done


async def _look(clock_id: UUID) -> dict[str, Any]:
    async with _open() as clocks:
        clock = await clocks.show(clock_id, datetime.now(UTC))
    if clock is None:
        raise HubError(f"there is no clock {clock_id}")
    await note("clock.show", f"clock:{clock_id}")
    return clock


@asynccontextmanager
async def _open() -> AsyncIterator[Clocks]:
    given = settings()
    async with container.open_log(given) as log, container.open_appointments(given) as appointments:
        yield Clocks(log=log, appointments=appointments, calendar=load_policy(given.policy).calendar)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        local_time(row["due_at"]),
        row["due_words"],
        row["name"],
        short_case(row["case"]),
        str(row["level"]),
        str(row["state"]),
        str(len({notice["person"] for notice in row["told"]}) or ""),
        ", ".join(f"{ack['level']}: {ack['by']}" for ack in row["acknowledged"]),
        str(row["id"]),
    )


def _step_lines(step: dict[str, Any], notices: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return one line per message of a step; the first line also names the step."""
    heads = step["key"], local_time(step["at"]), "yes" if step["done"] else ""
    lines = [
        (
            f"{notice['name']} ({notice['person']})",
            notice["channel"],
            str(notice["state"]),
            local_time(notice["at"]),
        )
        for notice in notices
        if notice["step"] == step["key"]
    ] or [("", "", "", "")]
    return [(*(heads if n == 0 else ("", "", "")), *line) for n, line in enumerate(lines)]
