"""`hub clocks`: the promises with their due instants, notices and acknowledgements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.app.operators import open_operator
from hub.doors.act import OPERATE, READ
from hub.doors.terminal import (
    AsJson,
    Columns,
    Id,
    Limit,
    console,
    known,
    local_time,
    print_done,
    print_json,
    print_list,
    print_table,
    short_case,
    to_uuid,
    warn,
)
from hub.model import ClockState
from hub.model.reached import LEFT
from hub.model.step_messages import ToldByName
from hub.operations.acknowledge import acknowledge_clock
from hub.operations.clocks.board import ClockFilter
from hub.operations.clocks.schemas import ClockStep
from hub.rendering.labels_es import CLOCK_STATES, state_label
from hub.rendering.titles_es import CLOCKS

app = typer.Typer(invoke_without_command=True)

_COLUMNS: Final[Columns] = {
    "vence": "due_at",
    "en palabras": "due_words",
    "promesa": lambda row: CLOCKS.get(row.name, row.name),
    "caso": lambda row: short_case(row.case),
    "nivel": "level",
    "estado": lambda row: CLOCK_STATES[row.state].lower(),
    "enviados": lambda row: str(len({notice.person for notice in row.told if notice.reached in LEFT}) or ""),
    "asumido": lambda row: ", ".join(f"{ack.level}: {ack.by}" for ack in row.acknowledged),
    "id": "id",
}
_STEPS: Final = ("paso", "cuándo", "hecho", "a quién", "canal", "estado", "avisado")


@app.callback()
async def clocks(
    context: typer.Context,
    state: Annotated[ClockState | None, typer.Option(help="Solo este estado; si no, las que corren.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """
    Muestra las promesas, primero la que vence antes: de Redis, o de la base mientras Redis no contesta.

      hub clocks --state breached

      hub clocks show 019ccaf5-…
    """
    if context.invoked_subcommand is not None:
        return
    async with open_operator(READ) as by:
        answer = await by.stores.clocks.list(ClockFilter(state=state, limit=limit), by.now)
    if as_json:
        print_json(answer)
        return
    print_list(answer.items, _COLUMNS, as_json=False)
    if answer.source == "sql" and state not in {ClockState.MET, ClockState.CANCELLED}:
        warn("Redis no contesta: se leyó de la base de datos.")


@app.command()
async def show(
    clock_id: Annotated[UUID, typer.Argument(parser=to_uuid, metavar="ID", help="Como lo da la lista.")],
    as_json: AsJson = False,
) -> None:
    """Muestra una promesa: sus pasos, a quién se avisó en cada uno (oculto) y quién la asumió."""
    async with open_operator(READ) as by:
        clock = known(await by.stores.clocks.show(by.actor, clock_id), f"clock {clock_id}")
    if as_json:
        print_json(clock)
        return
    out = console()
    out.print(
        f"{CLOCKS.get(clock.name, clock.name)} · {short_case(clock.case)} · {clock.due_words}", markup=False
    )
    out.print(f"{CLOCK_STATES[clock.state].lower()}, nivel {clock.level}\n", markup=False)
    print_table(_STEPS, [line for step in clock.steps for line in _step_lines(step, clock.told)])
    for ack in clock.acknowledged:
        words = f"\nAsumido en el nivel {ack.level} por {ack.by}, {local_time(ack.at)}"
        out.print(words, markup=False)


@app.command()
async def acknowledge(clock_id: Id, as_json: AsJson = False) -> None:
    """
    Asume una promesa por el nivel avisado: al siguiente se le avisa más tarde. Se puede repetir.

      hub clocks acknowledge 0195…
    """
    async with open_operator(OPERATE) as by:
        stores = by.stores
        done = await acknowledge_clock(by.actor, clock_id, log=stores.log, publisher=stores.publisher)
    done = known(done, f"promise {clock_id}")
    unchanged = "" if done.changed else ", sin cambio: ya estaba asumido"
    print_done(done, f"{done.id}  nivel {done.level}{unchanged}", as_json=as_json)


def _step_lines(step: ClockStep, notices: Sequence[ToldByName]) -> Iterator[tuple[str, ...]]:
    """Yield one line per message of a step; the first line also names the step."""
    heads = step.key, local_time(step.at), "sí" if step.done else ""
    lines = [
        (
            f"{notice.name} ({notice.person})",
            notice.channel,
            state_label(notice.state, notice.reason, notice.channel).lower(),
            local_time(notice.at),
        )
        for notice in notices
        if notice.step == step.key
    ]
    for line in lines or [("", "", "", "")]:
        yield *heads, *line
        heads = "", "", ""
