"""`hub people import`: units, people and roles from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.cli.progress import progress
from hub.desk.imports.acts import Step, load, look
from hub.doors.act import PRIVACY
from hub.doors.terminal import AsJson, print_json, print_table, read_input
from hub.errors import HubError
from hub.model import Json
from hub.people.importing import Changes, Fault, Report, examine
from hub.people.importing.columns import ROLE_WORDS

_NOUNS: Final = {
    "copropiedad": "copropiedades",
    "unit": "unidades",
    "person": "personas",
    "membership": "roles",
}


async def import_people(
    file: Annotated[
        str, typer.Argument(metavar="FILE", show_default=False, help="CSV o XLSX; - es la entrada estándar.")
    ],
    apply: Annotated[
        bool, typer.Option("--apply/--dry-run", help="Escribe; si no, solo muestra qué cambiaría.")
    ] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Escribe sin las líneas malas.")] = False,
    remove_missing: Annotated[
        bool,
        typer.Option("--remove-missing", help="Termina los roles que un archivo anterior tenía y este no."),
    ] = False,
    copropiedad: Annotated[
        str, typer.Option("--copropiedad", metavar="ID|NAME", help="Para las líneas sin copropiedad.")
    ] = "",
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="Para las líneas sin rol: propietario.")
    ] = "",
    sheet: Annotated[
        str,
        typer.Option(
            "--sheet", metavar="NAME", help="Hoja del libro; si no, la primera con encabezados conocidos."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """
    Carga unidades, personas y sus roles, o el personal de la empresa: lo deciden los encabezados.

    Dice cada línea que hay que arreglar. Escribe todo o nada.

      hub people import personas.xlsx            mira: no escribe nada

      hub people import personas.xlsx --apply    escribe; otra vez cambia solo lo distinto
    """
    report = _examined(file, copropiedad=copropiedad, role=role, sheet=sheet)
    bad = report.bad_lines
    # A file without a table has nothing to write.
    allowed = apply and bool(report.rows) and (skip_bad or not bad)
    if remove_missing and bad:
        raise HubError(
            "--remove-missing necesita un archivo sin líneas malas: de ellas no se sabe quién falta."
        )
    with progress("Escribiendo", shown=apply and not as_json) as step:
        doubts, changes = await _run(report, apply=allowed, end_missing=remove_missing, step=step)
    faults = sorted((*report.faults, *doubts), key=lambda fault: fault.line)
    result = _result(report, faults, changes, applied=allowed)
    if as_json:
        print_json(result)
    else:
        _print(result, faults, changes, wanted=apply, end_missing=remove_missing)
    if bad and not (allowed and skip_bad):
        raise typer.Exit(1)


def _examined(file: str, **options: str) -> Report:
    data = read_input(file)
    try:
        return examine(data, **options)
    except ValueError as exc:
        raise typer.BadParameter(f"--role: {exc}") from None


async def _run(report: Report, *, apply: bool, end_missing: bool, step: Step) -> tuple[list[Fault], Changes]:
    if not report.rows:
        # Report the faults of the file even without a database.
        return [], Changes(made=(), unchanged={}, foreign={})
    async with open_operator(PRIVACY) as by:
        hashes = by.stores.ring.document_hashes
        if apply:
            entries, changes = await load(by.actor, by.db, report, hashes, end_missing=end_missing, step=step)
        else:
            async with by.db.snapshot() as run:
                entries, changes = await look(run, report, hashes, now=by.now)
    return list(entries.doubts), changes


def _result(report: Report, faults: list[Fault], changes: Changes, *, applied: bool) -> dict[str, Json]:
    return {
        "applied": applied,
        "lines": report.read,
        "bad": len(report.bad_lines),
        "skipped": list(report.skipped_lines),
        "counts": changes.counts(),
        "revived": changes.revived,
        "erased": list(changes.erased),
        "missing": [
            {"id": membership.id, **{name: membership.data[name] for name in ("person_id", "scope", "role")}}
            for membership in changes.missing
        ],
        "faults": [asdict(fault) for fault in faults],
    }


def _print(
    result: Mapping[str, Json], faults: list[Fault], changes: Changes, *, wanted: bool, end_missing: bool
) -> None:
    for fault in faults:
        typer.echo(_line(fault))
    for membership in changes.missing:
        done = "terminado" if end_missing and result["applied"] else "ya no está en el archivo"
        role = ROLE_WORDS.get(membership.data["role"], membership.data["role"])
        typer.echo(f"{role} en {membership.data['scope']}: {membership.data['person_id']} {done}")
    for ref in changes.revived:
        typer.echo(f"{ref} · aviso: había sido retirada del directorio y este archivo la vuelve a crear")
    for ref in changes.erased:
        typer.echo(
            f"{ref} · aviso: pidió suprimir sus datos, y este archivo no la vuelve a crear. Quite sus "
            "líneas; si pide volver, regístrela con otro person_id en el sistema que la publica"
        )
    if faults or changes.missing or changes.revived or changes.erased:
        typer.echo()
    columns = ("", "nuevas", "cambian", "iguales", "de otro sistema")
    print_table(
        columns,
        [(_NOUNS[noun], *(str(number) for number in row.values())) for noun, row in result["counts"].items()],
    )
    typer.echo(_summary(result, wanted=wanted))


def _line(fault: Fault) -> str:
    where = f"línea {fault.line}" if fault.line else "archivo"
    mark = "aviso" if fault.warning else "MAL"
    return f"{where} · {fault.column} · {mark}: {fault.wrong} → escriba: {fault.write}"


def _skipped(lines: list[int]) -> str:
    """Say which lines were passed over: nobody with an odd name is lost in silence."""
    return f", {len(lines)} pasadas por alto (línea {', '.join(map(str, lines))})" if lines else ""


def _summary(result: Mapping[str, Json], *, wanted: bool) -> str:
    read = f"{result['lines']} líneas leídas, {result['bad']} malas{_skipped(result['skipped'])}."
    if result["applied"]:
        left = " Las malas quedaron por fuera." if result["bad"] else ""
        return f"{read} Escrito.{left}"
    if result["bad"]:
        refused = "No se escribió nada: " if wanted else ""
        return f"{read} {refused}arregle las malas, o escriba lo demás con --apply --skip-bad."
    return f"{read} No se escribió nada; para escribir, --apply."
