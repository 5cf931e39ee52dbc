"""`hub incidents`: what is wrong with the hub itself."""

from __future__ import annotations

from typing import Final

import typer

from hub.app import container
from hub.cli.common import AsJson, Limit, local_time, print_json, print_table, settings, wait
from hub.operations.incidents import IncidentPage, read_incidents

_COLUMNS: Final = ("estado", "desde", "hasta", "qué pasa", "medida", "qué hacer")


def incidents(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List what is wrong with the hub itself, the open ones first, with what to do about it."""
    page = wait(_read(limit))
    if as_json:
        print_json(page)
        return
    if not any(row.resolved_at is None for row in page.items):
        typer.secho("No hay averías abiertas.", fg=typer.colors.GREEN)
    if not page.items:
        return
    print_table(
        _COLUMNS,
        [
            (
                row.state,
                local_time(row.since),
                local_time(row.resolved_at),
                row.title,
                row.measured,
                row.to_do if row.resolved_at is None else "",
            )
            for row in page.items
        ],
    )


async def _read(limit: int) -> IncidentPage:
    async with container.open_monitor(settings()) as log:
        return await read_incidents(log, limit)
