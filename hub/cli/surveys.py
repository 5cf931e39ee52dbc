"""`hub surveys`: la encuesta del semestre."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from hub.app.connections import open_publisher
from hub.app.openers import open_surveys
from hub.cli.audit import note
from hub.cli.progress import silent
from hub.doors.terminal import AsJson, print_json, settings
from hub.operations import start_survey as surveys
from hub.operations.publish import send_all
from hub.operations.start_survey import WHY_ES, Started, SurveyStart
from hub.policy import Policy, load_policy
from hub.resilience.database_time import NOW
from hub.settings import Settings

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
    given = settings()
    policy = load_policy(given.policy)
    of = surveys.round_at(NOW(), policy.calendar)
    count = SurveyStart(round=of, copropiedad_id=copropiedad, dry_run=True)
    if dry_run:
        _report(await _work(given, policy, count, silent), count, as_json=as_json)
        return
    if not (yes or await _is_wanted(given, policy, count)):
        return
    wish = SurveyStart(round=of, copropiedad_id=copropiedad)
    await note("surveys.start", f"surveys:{of.name}", copropiedad=copropiedad)
    done = await _work(given, policy, wish, silent if as_json else _progress)
    _report(done, wish, as_json=as_json)


async def _is_wanted(given: Settings, policy: Policy, count: SurveyStart) -> bool:
    """Show how many would be asked, and let the operator decide. Of nobody there is nothing to decide."""
    counted = await _work(given, policy, count, silent)
    _report(counted, count, as_json=False, err=True)
    return bool(counted.asked) and typer.confirm("¿Empezar?", err=True)


async def _work(
    given: Settings, policy: Policy, wish: SurveyStart, on_progress: Callable[[Started], None]
) -> Started:
    async with open_surveys(given) as store, open_publisher(given) as publisher:
        return await surveys.start_survey(
            wish,
            store=store,
            publish=partial(send_all, publisher),
            policy=policy,
            now=NOW,
            on_progress=on_progress,
        )


def _progress(done: Started) -> None:
    if done.next is not None:
        typer.secho(f"{done.looked_at} personas revisadas …", dim=True, err=True)


def _report(done: Started, wish: SurveyStart, *, as_json: bool, err: bool = False) -> None:
    if as_json:
        print_json(surveys.shown(done, wish))
        return
    asks = "se les preguntaría" if wish.dry_run else "se les pregunta"
    lines = [f"Encuesta del semestre {wish.round.name}. Personas a las que {asks}: {done.asked}."]
    lines += [f"  Por fuera, {WHY_ES[reason]}: {number}." for reason, number in done.left_out.items()]
    typer.echo("\n".join(lines), err=err)
