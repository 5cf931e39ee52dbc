"""`hub exclusions`: el Registro de Números Excluidos."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.exclusions.acts import load_sheet, show_exclusions
from hub.desk.exclusions.rows import ExclusionListRow, ExclusionsOptions
from hub.doors.act import ADMIN, READ
from hub.doors.terminal import AsJson, print_done, print_json, read_input

_CHANNELS: Final = {"all": "todos los canales", "email": "correo", "push": "app", "inbox": "bandeja"}

app = typer.Typer(no_args_is_help=True)


@app.callback()
def exclusiones() -> None:
    """Registro de Números Excluidos: cargar la lista y ver cuál rige."""


@app.command()
async def load(
    file: Annotated[str, typer.Argument(metavar="ARCHIVO", help="Un CSV con las columnas dato y canal.")],
    *,
    list_date: Annotated[
        datetime, typer.Option("--date", formats=["%Y-%m-%d"], metavar="AAAA-MM-DD", help="De qué día es.")
    ],
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Deja por fuera las líneas malas.")] = False,
    smaller: Annotated[
        bool, typer.Option("--smaller", help="Aunque tenga menos de la mitad de los datos que rigen.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Carga la lista; reemplaza la anterior. De cada dato se guarda solo una huella.

    La primera línea lleva los nombres de las columnas, separadas por coma o punto y coma: dato (correo o
    número) y canal (sms, app, correo, llamada; vacío: todos). El archivo va en UTF-8, y necesita HUB_SECRET.

    Sin lista, o con una vieja, los mensajes comerciales esperan: cargue una cada día hábil.

      hub exclusions load rne.csv --date 2026-03-09
    """
    content = read_input(file)
    how = ExclusionsOptions(list_date=list_date.date(), skip_bad=skip_bad, smaller=smaller)
    async with open_operator(ADMIN) as by:
        done = await load_sheet(by, content, how)
    print_done(done, f"Lista del {done.list_date}: {done.addresses} datos excluidos.", as_json=as_json)


@app.command()
async def show(*, as_json: AsJson = False) -> None:
    """
    Muestra de qué día es la lista que rige, cuántos datos tiene por canal y hasta cuándo sirve.

      hub exclusions show
    """
    async with open_operator(READ) as by:
        found = await show_exclusions(by)
    if as_json:
        print_json(found)
    else:
        typer.echo(_told(found))


def _told(found: ExclusionListRow) -> str:
    if found.list_date is None:
        return "No hay lista: los mensajes comerciales esperan. Cárguela con hub exclusions load."
    named = ", ".join(f"{_CHANNELS.get(name, name)} {number}" for name, number in found.by_channel.items())
    until = (
        f"Sirve hasta el {found.usable_until}; antes cargue una nueva."
        if found.usable
        else f"Venció el {found.usable_until}: los mensajes comerciales esperan. Cargue la de hoy."
    )
    return f"Lista del {found.list_date}: {found.addresses} datos excluidos ({named or 'ninguno'}). {until}"
