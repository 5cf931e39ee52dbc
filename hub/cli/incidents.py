"""`hub incidents`: the faults of the hub itself."""

from __future__ import annotations

from typing import Final

import typer

from hub.app.operators import open_operator
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, Limit, print_json, print_list
from hub.operations.incidents import read_incidents

_COLUMNS: Final[Columns] = {
    "estado": lambda row: "abierta" if row.resolved_at is None else "terminada",
    "desde": "since",
    "hasta": "resolved_at",
    "qué pasa": "title",
    "medida": "measured",
    "qué hacer": lambda row: row.to_do if row.resolved_at is None else "",
}


async def incidents(limit: Limit = 20, as_json: AsJson = False) -> None:
    """Muestra qué está mal en el propio hub, primero lo que sigue abierto, con qué hacer."""
    async with open_operator(READ) as by:
        page = await read_incidents(by.stores.incidents, limit)
    if as_json:
        print_json(page)
        return
    if not any(row.resolved_at is None for row in page.items):
        typer.secho("No hay averías abiertas.", fg=typer.colors.GREEN)
    if page.items:
        print_list(page.items, _COLUMNS, as_json=False)
