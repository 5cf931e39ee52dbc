"""`hub retention`: data that has become too old."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.doors.act import PRIVACY
from hub.doors.terminal import AsJson, Columns, print_list
from hub.model.retention import DataKind
from hub.operations.retention import erase_old, report
from hub.storage import PostgresRetention

app = typer.Typer(no_args_is_help=True)

KINDS_ES: Final[Mapping[DataKind, str]] = {
    DataKind.TEXTS: "mensajes: nombre, contacto y palabras",
    DataKind.LEGAL: "mensajes legales",
    DataKind.REPLIES: "respuestas",
    DataKind.CONTACTS: "contactos sueltos de casos cerrados",
    DataKind.COMMENTS: "comentarios de encuestas",
    DataKind.DOCUMENTS: "documentos",
    DataKind.DEAD_LETTERS: "eventos rechazados y resueltos",
    DataKind.SIGN_INS: "ingresos a la consola",
    DataKind.AUDIT: "auditoría",
}


@app.callback()
def about() -> None:
    """
    Lo que ya pasó de su plazo: cuánto hay, y suprimirlo.

    Los plazos están en [retention] de la política; el centro los aplica solo, cada seis horas.
    """


@app.command(name="run")
async def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Solo cuenta; no suprime nada.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Suprime ahora lo que ya pasó de su plazo, y dice cuánto de cada clase.

      hub retention run --dry-run

    Nunca suprime lo que un caso abierto necesita, ni lo que la ley manda guardar. Los meses enteros se van
    aparte: hub months.
    """
    async with open_operator(PRIVACY) as by:
        store, kinds = PostgresRetention(by.db), by.stores.policy.retention.kinds
        rows = await (report(store, kinds, by.now) if dry_run else erase_old(by.actor, store, kinds))
    print_list(rows, _COLUMNS, as_json=as_json)


_COLUMNS: Final[Columns] = {
    "clase": lambda row: KINDS_ES[row.kind],
    "meses": lambda row: str(row.months or "siempre"),
    "anterior a": lambda row: "se conserva" if row.before is None else f"{row.before:%Y-%m-%d}",
    "filas": lambda row: str(row.rows),
}
