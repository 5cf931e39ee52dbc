"""Events that do not reach all their recipients: reason, place, and remedy; or as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import web
from msgspec.structs import asdict

from hub.desk.messages.acts import list_unreached
from hub.desk.messages.rows import UnreachedQuery
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.model.audiences import UnreachedRow
from hub.operations.explain.sentences_es import short_time
from hub.people.units import own_name
from hub.rendering.event_title import event_title
from hub.rendering.labels_es import UNREACHED
from hub.storage import named
from hub.web.console.message_list import PATH as MESSAGES
from hub.web.console.shell import console_page, paged, sheet_of, sheet_of_rows
from hub.web.requests import FormQuery, Sheet
from hub.web.services import services

PATH: Final = f"{MESSAGES}/unreached"


class _Row(UnreachedRow, frozen=True, kw_only=True):
    title: str | None
    place: str
    unit: str
    why: list[tuple[str, str]]
    """The reason, and its remedy."""


_SHEET: Final[Mapping[str, Callable[[_Row], object]]] = {
    "Cuándo": lambda row: short_time(row.found_at),
    "Aviso": lambda row: row.title,
    "Número del aviso": lambda row: row.event_id,
    "De": lambda row: row.source,
    "Copropiedad": lambda row: row.place,
    # The code that is to be corrected, where the directory has no unit of it.
    "Unidad": lambda row: row.unit or row.unit_id,
    "Por qué": lambda row: "; ".join(why for why, _ in row.why),
    "Qué hacer": lambda row: "; ".join(to_do for _, to_do in row.why if to_do),
}
"""Title of a column of the sheet → what makes its cell of a row."""


class UnreachedListQuery(UnreachedQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


async def show(request: web.Request, query: UnreachedListQuery) -> web.StreamResponse:
    """List events that do not reach all their recipients, newest first."""
    found = await list_unreached(operator_of(request, READ), query)
    deps, places = services(request), {row.copropiedad_id for row in found.items if row.copropiedad_id}
    names = await deps.accounts.names(places) if places else {}
    units = await named.units(deps.database, {row.unit_id for row in found.items if row.unit_id})
    rows = [_in_words(row, names, units) for row in found.items]
    if query.format is not None:
        return sheet_of_rows("no-llegan-a-todos", _SHEET, rows)
    return console_page(
        "console/unreached.html",
        request,
        here=MESSAGES,
        rows=rows,
        query=query,
        sheet=sheet_of(request),
        **paged(request, query.after, found.next),
    )


def _in_words(row: UnreachedRow, names: Mapping[str, str], units: Mapping[str, str]) -> _Row:
    place = row.copropiedad_id or ""
    return _Row(
        **asdict(row),
        title=event_title(row.type),
        place=own_name(names.get(place, place)),
        unit=units.get(row.unit_id or "", ""),
        why=[_why(reason) for reason in row.reasons],
    )


def _why(reason: str) -> tuple[str, str]:
    """Return the reasons why an event does not reach all, and their remedies."""
    return UNREACHED.get(reason, (reason, ""))
