"""`hub months`: the stored events by month, and the next steps of the retention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.app.operators import open_operator
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, print_list
from hub.operations.months import MonthReport, read_months
from hub.storage import PostgresMonths

_MEGABYTE: Final = 2**20
_WHAT: Final[Mapping[str, str]] = {
    "messages": "mensajes sin terminar",
    "letters": "cartas sin entregar",
    "events": "eventos por repartir",
    "cases": "casos con un plazo que corre",
}
"""Reason that holds a month → its words; the hub counts up to 1,000 of a kind."""


async def months(as_json: AsJson = False) -> None:
    """Muestra cuántos eventos, mensajes e intentos tiene cada mes, y cuándo los borra la retención."""
    async with open_operator(READ) as by:
        found = await read_months(PostgresMonths(by.db), by.stores.policy.retention.months, by.now)
    print_list(found, _COLUMNS, as_json=as_json)


def _name(report: MonthReport) -> str:
    month = report.month
    if month.is_rest:
        return "sin mes"
    return f"hasta {month.until:%Y-%m-%d}" if month.is_first else f"{month.since:%Y-%m}"


def _next(report: MonthReport) -> str:
    if report.held_by:
        return f"se queda: {held(report.held_by)}"
    return "se conserva" if report.drops_at is None else f"se borra desde {report.drops_at:%Y-%m-%d}"


def held(by: Mapping[str, int]) -> str:
    """Name the reasons for which a month stays."""
    return ", ".join(f"{number} {_WHAT[what]}" for what, number in by.items())


_COLUMNS: Final[Columns] = {
    "mes": _name,
    "eventos": lambda report: str(report.month.events),
    "mensajes": lambda report: str(report.month.messages),
    "intentos": lambda report: str(report.month.attempts),
    "MB": lambda report: str(report.month.bytes // _MEGABYTE),
    "retención": _next,
}
