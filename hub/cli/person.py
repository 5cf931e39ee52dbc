"""`hub person`: the rights of people over their own data (Ley 1581 de 2012, art. 8)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import MsgspecError, Struct, json

from hub.app.operators import open_operator
from hub.cli.progress import progress
from hub.desk.rights import acts
from hub.desk.rights.erasing import ERASED_ES, KEPT_ES, ErasureReport, strangers_of, why
from hub.desk.rights.rows import OWN, Correction, RectifyBody
from hub.doors.act import PRIVACY
from hub.doors.operator import Operator
from hub.doors.terminal import (
    AsJson,
    Columns,
    instant_option,
    local_time,
    print_done,
    print_json,
    print_list,
    read_input,
    warn,
    write_output,
)
from hub.errors import HubError
from hub.model.erasures import Erased
from hub.operations.person_export.make import make_export
from hub.operations.person_export.paper import as_pdf
from hub.rendering.labels_es import PURPOSES

app = typer.Typer(no_args_is_help=True)

Ref = Annotated[str, typer.Argument(metavar="REF", show_default=False, help="Su person_id.")]

_CONTACTS: Final[Columns] = {
    "salió": lambda line: local_time(line.at),
    "semana": lambda line: str(line.week),
    "evento": lambda line: str(line.event),
    "propósito": lambda line: PURPOSES[line.purpose].lower(),
    "canal": lambda line: str(line.channel),
    "proveedor": lambda line: str(line.provider),
    "horario": lambda line: "dentro" if line.in_hours else "fuera",
    "ese día": lambda line: str(line.of_day),
    "canales": lambda line: str(line.channels_of_week),
    "lista RNE": lambda line: str(line.register or ""),
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
    with progress("mensajes", shown=out is not None and not as_json) as step:
        async with open_operator(PRIVACY) as by:
            made = await make_export(by.db, by.stores.policy.company.name, ref, by=by.actor, step=step)
    if out is None:
        print_json(made)
        return
    is_pdf = out.suffix.lower() == ".pdf"
    content = await as_pdf(made) if is_pdf else json.format(json.encode(made), indent=2)
    write_output(out, content)
    done = {"file": str(out), "messages": len(made.messages), "cases": len(made.cases)}
    print_done(
        done, f"{out}: {len(made.messages)} mensajes, {len(made.cases)} plazos de casos.", as_json=as_json
    )


@app.command(name="contacts")
async def contacts_of_person(ref: Ref, as_json: AsJson = False) -> None:
    """
    Muestra los contactos de cobranza y comerciales de una persona: día, semana, hora y canal (Ley 2300).

      hub person contacts p-maria-pena

    Un contacto es un mensaje que el proveedor recibió, o pudo haber recibido. «ese día» cuenta los
    contactos del día; «canales», los canales de su semana, de lunes a domingo; «lista RNE» es la lista
    de números excluidos que se consultó antes.
    """
    async with open_operator(PRIVACY) as by:
        lines = await acts.contacts(by, ref)
    print_list(lines, _CONTACTS, as_json=as_json)


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
    async with open_operator(PRIVACY) as by:
        claim = await acts.rectify(by, ref, RectifyBody(kind=kind, case=case))
    where = OWN.get(
        claim.source, f"Corríjalo en el sistema {claim.source}: su próxima versión lo cambia aquí."
    )
    print_done(claim, f"Reclamo {claim.case} abierto. {where}", as_json=as_json)


@app.command(name="erase")
async def erase_person(
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", show_default=False, help="Su person_id, si lo tiene.")
    ] = None,
    *,
    addresses: Annotated[
        list[str] | None,
        typer.Option("--address", metavar="DATO", help="Correo o celular de quien no está en el directorio."),
    ] = None,
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

      hub person erase --address ana@example.com --address 3001234567 --reason "reclamo PD-2026-015"

    Conteste primero el reclamo: después el centro no le escribe más. Se niega, y dice por qué, si un deber
    obliga a conservarlos. Lo que dijeron los mensajes legales queda por el plazo de la política.

    Quien escribió sin estar en el directorio no tiene person_id: dé todos los datos que dejó.
    """
    if (ref is None) == (not addresses):
        raise typer.BadParameter("dé un REF, o uno o varios --address")
    reports = []
    async with open_operator(PRIVACY) as by:
        refs = [ref] if ref else await strangers_of(by.db, addresses or ())
        for person in refs:
            if dry_run:
                report = await acts.look_at_erasure(by, person)
            else:
                report = await _erased(by, person, reason=reason, asks=not yes, shown=not as_json)
            reports.append(report)
            if not as_json:
                typer.echo(_told(report) if dry_run else _done(report))
    if as_json:
        print_json(reports[0] if ref else {"items": reports, "next": None})


async def _erased(by: Operator, person: str, *, reason: str, asks: bool, shown: bool) -> ErasureReport:
    """Erase one person; first list the data that goes, and ask."""
    report = await acts.look_at_erasure(by, person)
    if asks and not report.duties:
        typer.confirm(f"{_told(report)} ¿Suprimir?", abort=True)
    with progress("mensajes", shown=shown) as step:
        total = report.counts["messages"]
        return await acts.erase(by, person, reason, lambda done: step(done, max(done, total)))


def _told(report: ErasureReport) -> str:
    if report.duties:
        return why(report.duties)
    erased = ", ".join(f"{report.counts[what]} {words}" for what, words in ERASED_ES.items())
    kept = ", ".join(f"{report.counts[what]} {words}" for what, words in KEPT_ES.items())
    return f"De {report.person} se suprime: {erased}. La ley conserva: {kept}."


def _done(report: ErasureReport) -> str:
    end = (
        "Lo que falta (un mensaje que está saliendo) lo termina el centro solo."
        if report.left
        else "No queda nada más."
    )
    return f"{_told(report)} {end}"


_ERASED: Final[Columns] = {
    "pedida": lambda row: local_time(row.asked_at),
    "persona": lambda row: str(row.person),
    "motivo": lambda row: str(row.reason),
}


class _Listed(Struct):
    items: list[Erased]


@app.command(name="erasures")
async def list_erasures(
    since: Annotated[datetime, instant_option("Las pedidas desde este instante.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="El archivo para erase-again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Muestra a quién se suprimió desde un instante: su referencia y el motivo, sin nombre ni contacto.

      hub person erasures --since 2026-11-26 --out erasures.json

    Guárdelo fuera del servidor, cada hora: una copia restaurada no sabe de las supresiones posteriores.
    """
    async with open_operator(PRIVACY) as by:
        found = await acts.list_erasures(by, since)
    if out is None:
        print_list(found, _ERASED, as_json=as_json)
        return
    write_output(out, json.encode(_Listed(items=list(found))))
    print_done({"file": str(out), "people": len(found)}, f"{out}: {len(found)} personas.", as_json=as_json)


@app.command(name="erase-again")
async def erase_listed(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Lo que escribió `erasures --out`.")],
    as_json: AsJson = False,
) -> None:
    """
    Suprime otra vez a quienes dice el archivo: en una base restaurada, antes de `hub resume all`.

      hub person erase-again erasures.json

    Se puede repetir. Termina con 1 si un deber de la copia impide alguna, y dice cuál: que los sistemas
    publiquen otra vez lo que enviaron desde la copia, y repítalo.
    """
    try:
        listed = json.decode(read_input(file), type=_Listed).items
    except (MsgspecError, ValueError) as exc:
        raise HubError(f"{file} no es lo que escribe `hub person erasures --out`") from exc
    async with open_operator(PRIVACY) as by:
        done = await acts.erase_again(by, listed)
    for person, duties in done.kept.items():
        warn(f"{person}: {why(duties)}")
    sentence = f"Suprimidas otra vez: {len(done.erased)}. No están en la copia: {len(done.unknown)}."
    print_done(done, sentence, as_json=as_json)
    if done.kept:
        raise typer.Exit(1)
