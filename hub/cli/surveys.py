"""`hub surveys`: la encuesta del semestre."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.app.operators import open_operator
from hub.cli.progress import silent
from hub.desk.surveys.acts import begin
from hub.desk.surveys.half_year import WHY_ES
from hub.desk.surveys.rows import SurveyStarted
from hub.doors.act import OPERATE
from hub.doors.operator import Operator
from hub.doors.terminal import AsJson, print_json

app = typer.Typer(no_args_is_help=True)


@app.callback()
def encuestas() -> None:
    """Encuestas: empezar la del semestre."""


@app.command()
async def start(
    *,
    copropiedad: Annotated[
        str | None, typer.Option(metavar="ID", help="Solo las personas de esta copropiedad.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Solo cuenta: no le pregunta a nadie.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Empieza sin preguntar antes.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Empieza la encuesta del semestre: primero cuenta, después pregunta si empieza.

    Cada persona la recibe una vez en el semestre. Puede repetir la orden: solo les llega a quienes faltan.

      hub surveys start --dry-run

      hub surveys start

      hub surveys start --copropiedad ph-altos-del-rosal
    """
    async with open_operator(OPERATE) as by:
        if dry_run:
            _report(await begin(by, copropiedad, dry_run=True), as_json=as_json)
        elif yes or await _is_wanted(by, copropiedad):
            on_progress = silent if as_json else _progress
            _report(await begin(by, copropiedad, dry_run=False, on_progress=on_progress), as_json=as_json)


async def _is_wanted(by: Operator, copropiedad: str | None) -> bool:
    """Show the number of people to ask, and let the operator decide, unless there is nobody to ask."""
    counted = await begin(by, copropiedad, dry_run=True)
    _report(counted, as_json=False, err=True)
    return bool(counted.asked) and typer.confirm("¿Empezar?", err=True)


def _progress(done: SurveyStarted) -> None:
    if done.next is not None:
        typer.secho(f"{done.looked_at} personas revisadas …", dim=True, err=True)


def _report(done: SurveyStarted, *, as_json: bool, err: bool = False) -> None:
    if as_json:
        print_json(done)
        return
    asks = "se les preguntaría" if done.dry_run else "se les pregunta"
    lines = [f"Encuesta del semestre {done.half_year}. Personas a las que {asks}: {done.asked}."]
    lines += [f"  Por fuera, {WHY_ES[reason]}: {number}." for reason, number in done.left_out.items()]
    typer.echo("\n".join(lines), err=err)
