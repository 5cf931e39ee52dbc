"""`hub constancia`: everything that happened in a case, or was said to a person, as a signed archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub.access.document_keys import document_keys
from hub.app.operators import open_operator
from hub.cli.case import Key, the_one
from hub.cli.progress import progress
from hub.doors.act import PRIVACY
from hub.doors.terminal import AsJson, print_done, print_json, settings, warn, write_output
from hub.operations.cases import lookup
from hub.operations.constancia import verificar
from hub.operations.constancia.hand_over import case_constancia, person_constancia
from hub.operations.constancia.make import Constancia
from hub.parts.company import CompanyRules

app = typer.Typer(no_args_is_help=True)

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", dir_okay=False, help="Dónde se escribe; si no, en esta carpeta con su nombre."
    ),
]


@app.command(name="case")
async def of_case(key: Key, out: Out = None, as_json: AsJson = False) -> None:
    """
    Hace la constancia de un caso: radicado, emergencia, asamblea.

      hub constancia case PQ-2026-000901 --out constancia.zip

    Queda en `hub audit`, con cada persona de quien se ven datos.
    """
    with progress("mensajes", shown=not as_json) as step:
        async with open_operator(PRIVACY) as by:
            makers = by.stores.constancias
            case = the_one(await lookup.find(makers.threads, key), as_json=as_json)
            made = await case_constancia(by.actor, makers, case, step=step)
    _write(made, out, as_json=as_json)


@app.command(name="person")
async def of_person(
    ref: Annotated[str, typer.Argument(metavar="REF", show_default=False, help="Su person_id.")],
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """
    Hace la constancia de una persona: lo que se le dijo, lo que respondió, lo que autorizó.

      hub constancia person p-maria-pena --out maria.zip
    """
    with progress("mensajes", shown=not as_json) as step:
        async with open_operator(PRIVACY) as by:
            made = await person_constancia(by.actor, by.stores.constancias, ref, step=step)
    _write(made, out, as_json=as_json)


@app.command(name="key")
def show_key(as_json: AsJson = False) -> None:
    """
    Muestra la llave que firma las constancias: publique su huella.

    Con varias claves en HUB_SECRET firma la primera; las huellas de las demás son de constancias anteriores.
    """
    current, *earlier = document_keys(CompanyRules(settings()).ring)
    if as_json:
        print_json(
            {
                "fingerprint": current.fingerprint,
                "public_key": current.public.hex(),
                "earlier": [key.fingerprint for key in earlier],
            }
        )
        return
    typer.echo(f"Huella: {current.fingerprint}\nLlave pública (Ed25519): {current.public.hex()}")
    for key in earlier:
        typer.echo(f"Huella anterior: {key.fingerprint}")


@app.command(name="verify")
def verify_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="La constancia.")],
    key: Annotated[
        str | None,
        typer.Option(
            metavar="HUELLA",
            help="Debe estar firmada con la llave de esta huella; si no, con una de este centro.",
        ),
    ] = None,
    head: Annotated[
        str | None, typer.Option(metavar="HUELLA", help="La huella de un sello, del correo de ese día.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Comprueba una constancia, como lo hace el verificar.py que viene en ella.

    Sin --key debe haberla firmado este centro: una de las llaves de HUB_SECRET, también de las anteriores.

      hub constancia verify constancia.zip

      hub constancia verify de-antes.zip --key 5f2c…

    Termina con 1 si algo no cuadra, y con 3 si no hay ni --key ni HUB_SECRET que digan de quién es.
    No necesita servidores.
    """
    status, lines = (
        verificar.run(file, keys=_own_keys(), head=head, whose="Es una llave de este centro.")
        if key is None
        else verificar.run(file, keys=[key], head=head)
    )
    fits = status == verificar.FITS
    print_done({"fits": fits, "lines": lines}, "\n".join(lines), as_json=as_json)
    if not fits:
        raise typer.Exit(status)


def _own_keys() -> list[str]:
    ring = CompanyRules(settings()).ring
    return [key.fingerprint for key in document_keys(ring)] if ring else []


def _write(made: Constancia, out: Path | None, *, as_json: bool) -> None:
    path = out or Path(made.file_name)
    write_output(path, made.content)
    for finding in made.facts.mismatches:
        warn(f"No cuadra: {finding}")
    done = {
        "file": str(path),
        "size": len(made.content),
        "messages": len(made.facts.messages),
        "key": made.facts.key,
        "mismatches": made.facts.mismatches,
    }
    print_done(
        done,
        f"{path}: {len(made.facts.messages)} mensajes, firmada con la llave {made.facts.key}.",
        as_json=as_json,
    )
