"""`hub person`: what somebody may ask about their own data (Ley 1581 de 2012, art. 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import json

from hub.app.container import open_erasures, open_person_exports, open_publisher
from hub.cli.audit import note, operator
from hub.cli.common import AsJson, print_done, print_json, settings, write_output
from hub.cli.progress import progress
from hub.operations.erase_person import ErasureReport, erase, kept_since, look, why
from hub.operations.person_export import paper
from hub.operations.publish import send_all
from hub.operations.rectify_person import OWN, Correction, rectify
from hub.policy import load_policy
from hub.rendering.paper import make_pdf

app = typer.Typer(no_args_is_help=True)

Ref = Annotated[str, typer.Argument(metavar="REF", show_default=False, help="Su person_id.")]

_ERASED: Final[Mapping[str, str]] = {
    "messages": "mensajes",
    "inbox": "entradas de la bandeja",
    "letters": "cartas",
    "replies": "respuestas",
    "versions": "versiones del directorio",
    "preferences": "cambios de preferencias",
}
_KEPT: Final[Mapping[str, str]] = {
    "kept_legal": "mensajes legales por su plazo",
    "kept_consents": "autorizaciones, sin su nombre",
    "kept_marks": "marcas de no contactar, sin su nota",
    "kept_audit": "notas de quién vio los datos",
}


@app.command(name="export")
async def export_person(
    ref: Ref,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Dónde se escribe: .json, o .pdf para leerlo."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Entrega a una persona todo lo que el centro guarda de ella (derecho a conocer).

      hub person export p-maria-pena --out maria.pdf

      hub person export p-maria-pena > maria.json

    Tiene nombre, contactos, unidades, autorizaciones con su prueba, mensajes con sus palabras, respuestas,
    casos, encuestas y quién ha visto sus datos. Nada va oculto: entréguelo solo a la persona.
    """
    given, now = settings(), datetime.now(UTC).replace(microsecond=0)
    with progress("mensajes", shown=out is not None and not as_json) as step:
        async with open_person_exports(given) as exports:
            made = await exports.make(ref, by=operator(), at=now, step=step)
    await note("person.export", f"person:{ref}", person=ref)
    if out is None:
        print_json(made)
        return
    is_pdf = out.suffix.lower() == ".pdf"
    content = (
        await make_pdf(paper.TEMPLATE, paper.pages(made), now)
        if is_pdf
        else json.format(json.encode(made), indent=2)
    )
    write_output(out, content)
    done = {"file": str(out), "messages": len(made.messages), "cases": len(made.cases)}
    print_done(
        done, f"{out}: {len(made.messages)} mensajes, {len(made.cases)} plazos de casos.", as_json=as_json
    )


@app.command(name="rectify")
async def rectify_person(
    ref: Ref,
    kind: Annotated[
        Correction, typer.Option(help="correccion: está mal; actualizacion: ya cambió.")
    ] = Correction.CORRECTION,
    case: Annotated[
        str | None, typer.Option(metavar="ID", help="El número del reclamo; si no, se hace uno.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Abre el reclamo de una persona cuyo nombre o contacto está mal (derecho a rectificar).

      hub person rectify p-maria-pena --kind actualizacion

    El directorio es del sistema que lo publica: ahí se corrige, y dice cuál es. El reclamo avisa a la
    persona y al responsable de datos, y corre su plazo. Cuando llega la corrección, el contacto
    anterior recibe un aviso.
    """
    given, now = settings(), datetime.now(UTC).replace(microsecond=0)
    async with open_person_exports(given) as exports:
        held = await exports.held.held(ref)
    async with open_publisher(given) as publisher:
        publish = partial(send_all, publisher)
        claim = await rectify(ref, kind, held=held, publish=publish, at=now, case=case)
    await note("person.rectify", f"person:{ref}", person=ref, case=claim.case)
    where = OWN.get(
        claim.source, f"Corríjalo en el sistema {claim.source}: su próxima versión lo cambia aquí."
    )
    print_done(claim, f"Reclamo {claim.case} abierto. {where}", as_json=as_json)


@app.command(name="erase")
async def erase_person(
    ref: Ref,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", show_default=False, help="Por qué; sin datos de la persona.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Solo dice qué se suprimiría, y qué lo impide.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="No pregunta.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Suprime para siempre los datos de una persona: no se puede deshacer.

      hub person erase p-maria-pena --reason "reclamo PD-2026-014" --dry-run

      hub person erase p-maria-pena --reason "reclamo PD-2026-014"

    Conteste primero el reclamo: después el centro no le escribe más. Se niega, y dice por qué, si un deber
    obliga a conservarlos. Lo que dijeron los mensajes legales queda por el plazo de la política.
    """
    given = settings()
    legal_since = kept_since(datetime.now(UTC), load_policy(given.policy).retention.legal)
    async with open_erasures(given) as store:
        report = await look(store, ref, legal_since=legal_since)
        if dry_run:
            await note("person.erase.look", f"person:{ref}", person=ref)
            print_done(report, _told(report), as_json=as_json)
            return
        if not report.duties and not yes:
            typer.confirm(f"{_told(report)} ¿Suprimir?", abort=True)
        with progress("mensajes", shown=not as_json) as step:
            done = await erase(
                store,
                ref,
                by=operator(),
                reason=reason,
                legal_since=legal_since,
                step=_counted(step, report.counts["messages"]),
            )
    await note("person.erase", f"person:{ref}", person=ref, left=done.left)
    print_done(done, _done(done), as_json=as_json)


def _counted(step: Callable[[int, int], None], total: int) -> Callable[[int], None]:
    return lambda done: step(done, max(done, total))


def _told(report: ErasureReport) -> str:
    if report.duties:
        return why(report.duties)
    erased = ", ".join(f"{report.counts[what]} {words}" for what, words in _ERASED.items())
    kept = ", ".join(f"{report.counts[what]} {words}" for what, words in _KEPT.items())
    return f"De {report.person} se suprime: {erased}. La ley conserva: {kept}."


def _done(report: ErasureReport) -> str:
    end = (
        "Lo que falta (un mensaje que está saliendo) lo termina el centro solo."
        if report.left
        else "No queda nada más."
    )
    return f"{_told(report)} {end}"
