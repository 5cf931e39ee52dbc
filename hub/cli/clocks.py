"""`hub clocks`: the promises with their due instants, notices and acknowledgements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Final
from uuid import UUID

import typer

from hub.app.operators import open_operator
from hub.desk.clocks import acts
from hub.desk.clocks.rows import AcknowledgeBody, ClocksQuery
from hub.doors.act import OPERATE, READ
from hub.doors.terminal import (
    AsJson,
    Columns,
    Id,
    Limit,
    console,
    local_time,
    print_done,
    print_json,
    print_list,
    print_table,
    short_case,
    to_uuid,
    warn,
)
from hub.errors import HubError, NoSuch
from hub.model import ClockState
from hub.model.reached import LEFT
from hub.model.step_messages import ToldByName
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
        answer = await acts.list_clocks(by, ClocksQuery(state=state, limit=limit))
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
        with _naming(acts.CLOCK, clock_id):
            clock = await acts.show_clock(by, clock_id)
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
        with _naming(acts.PROMISE, clock_id):
            done = await acts.acknowledge(by, clock_id, AcknowledgeBody())
    unchanged = "" if done.changed else ", sin cambio: ya estaba asumido"
    print_done(done, f"{done.id}  nivel {done.level}{unchanged}", as_json=as_json)


@contextmanager
def _naming(noun: str, clock_id: UUID) -> Iterator[None]:
    """Say which id is unknown: a shell may have pasted another one."""
    try:
        yield
    except NoSuch:
        raise HubError(f"there is no {noun} {clock_id}") from None


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
