"""`hub evidence`: sent words, made again and compared; the seals over the attempts of messages."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.cli.progress import progress
from hub.doors.act import READ
from hub.doors.terminal import (
    AsJson,
    Columns,
    Id,
    cell,
    console,
    instant_option,
    known,
    local_time,
    print_facts,
    print_json,
    print_table,
)
from hub.model.message_rows import ShownMessage
from hub.model.months import EPOCH, kept_from
from hub.operations.evidence.flaws import Verification
from hub.operations.evidence.reading import read_evidence
from hub.operations.evidence.remake import PROVEN
from hub.operations.evidence.schemas import EvidenceRow, ReleaseRow, row_of
from hub.operations.evidence.verify import ALWAYS, verify
from hub.rendering.actors_es import who_es
from hub.rendering.figures_es import many

app = typer.Typer(no_args_is_help=True)

_MISMATCH: Final[Columns] = {
    "sello": "seal",
    "minuto": lambda row: local_time(row.minute),
    "mensaje": "message_id",
    "intento": lambda row: local_time(row.at),
    "versión": "version",
    "qué": "what",
}


@app.command()
async def show(message_id: Id, as_json: AsJson = False) -> None:
    """
    Vuelve a hacer lo que se dijo en un mensaje y lo compara byte por byte con lo que salió.

      hub evidence show 0195…

    Termina con 1 si no es igual o no se puede comprobar.
    """
    async with open_operator(READ) as by:
        stores = by.stores
        found = await read_evidence(
            by.actor, message_id, log=stores.log, evidence=stores.evidence, remaker=stores.remaker
        )
    proof = known(found, "message with this id")
    rows = [row_of(call) for call in proof.calls]
    release = None if proof.release is None else ReleaseRow.of(proof.release)
    if as_json:
        print_json({"items": rows, "next": None, "release": release})
    elif not rows:
        typer.echo("Ningún proveedor aceptó este mensaje: no se dijo nada.")
    else:
        _print(proof.message, rows)
    if release is not None and not as_json:
        typer.echo(f"La aprobó {who_es(release.by)} {local_time(release.at)}; lo que vio: {release.sha256}")
    if not rows or any(row.finding not in PROVEN for row in rows):
        raise typer.Exit(1)


@app.command(name="verify")
async def verify_seals(
    since: Annotated[datetime | None, instant_option("Desde este instante.")] = None,
    until: Annotated[datetime | None, instant_option("Hasta este instante.")] = None,
    head: Annotated[
        str | None, typer.Option(metavar="SHA256", help="La huella que un correo del centro dijo.")
    ] = None,
    remake: Annotated[
        bool, typer.Option("--remake", help="Además vuelve a hacer cada mensaje: tarda milisegundos por uno.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Recorre la cadena de sellos y nombra todo lo que no cuadra con lo guardado.

      hub evidence verify --since 2026-11-01

      hub evidence verify --head 5f2c…

      hub evidence verify --since 2026-11-26 --remake

    Termina con 1 si algo no cuadra.
    """
    with progress("sellos", shown=not as_json) as step:
        async with open_operator(READ) as by:
            found = await verify(
                by.stores.evidence,
                since or EPOCH,
                until or ALWAYS,
                head=_read_digest(head),
                remake=remake,
                kept_from=kept_from(by.stores.policy.retention.months, by.now),
                progress=step,
            )
    if as_json:
        print_json(
            {
                "seals": found.seals,
                "rows": found.rows,
                "gone": found.gone,
                "messages": found.messages,
                "erased": found.erased,
                "stamps": found.stamps,
                "head": found.head.digest.hex() if found.head else None,
                "items": [{**asdict(mismatch), "what": mismatch.what} for mismatch in found.mismatches],
            }
        )
    else:
        _print_verification(found)
    if found.mismatches:
        raise typer.Exit(1)


@app.command()
async def stamps(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", file_okay=False, help="La carpeta, que debe existir.", exists=True),
    ],
) -> None:
    """
    Escribe en una carpeta las estampas de tiempo (RFC 3161), una por sello: SELLO-HUELLA.tsr.

      hub evidence stamps estampas

      openssl ts -verify -digest HUELLA -in estampas/12-HUELLA.tsr -CAfile autoridad.pem
    """
    async with open_operator(READ) as by:
        store = by.stores.evidence
        found = await store.stamps()
        heads = {seal.number: seal for number in found for seal in await store.seals(number - 1, 1)}
    for number, reply in found.items():
        if number in heads:
            (folder / f"{number}-{heads[number].digest.hex()}.tsr").write_bytes(reply)
    typer.echo(f"{len(found)} estampas.")


def _read_digest(text: str | None) -> bytes | None:
    try:
        return None if text is None else bytes.fromhex(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} no es una huella: son 64 cifras hexadecimales") from None


def _print_verification(found: Verification) -> None:
    counted = (
        many(found.seals, "sello", "sellos"),
        many(found.rows, "intento comparado", "intentos comparados"),
        many(found.messages, "mensaje con ellos", "mensajes con ellos"),
    )
    typer.echo(f"{', '.join(counted)}.")
    if found.gone:
        typer.echo(f"{found.gone} intentos sellados ya no están: su mes se borró por la retención.")
    if found.erased:
        typer.echo(
            f"{found.erased} mensajes legales ya no tienen sus bytes: los datos de la persona están borrados."
        )
    if found.stamps:
        typer.echo(
            f"{many(found.stamps, 'sello', 'sellos')} con estampa de tiempo: `hub evidence stamps` las saca."
        )
    if found.head is not None:
        typer.echo(f"Último sello: {found.head.number}, huella {found.head.digest.hex()}")
    if found.mismatches:
        print_table(
            list(_MISMATCH), ([cell(row, made) for made in _MISMATCH.values()] for row in found.mismatches)
        )
    else:
        typer.echo("Todo cuadra.")


def _print(message: ShownMessage, rows: list[EvidenceRow]) -> None:
    out = console()
    for row in rows:
        facts = {
            "mensaje": message.id,
            "evento": message.event,
            "canal": message.channel,
            "salió": local_time(row.at),
            "proveedor": f"{row.provider} {row.reference or ''}",
            "huella": row.sha256,
            "versión": row.template_version,
            "resultado": f"{row.what} {row.why}",
        }
        print_facts(facts, {name: name for name in facts})
        if row.text is not None:
            subject = f"{row.subject}\n\n" if row.subject else ""
            out.print(f"\n{subject}{row.text}\n", markup=False, soft_wrap=True)
        elif row.content is not None:
            out.print(f"\n{row.content}\n", markup=False, soft_wrap=True)
