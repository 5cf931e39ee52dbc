"""The page of promises: a board of late and next ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from hub.model.pages import Limit
from hub.operations.clocks.board import LIVE
from hub.operations.clocks.groups import grouped
from hub.operations.clocks.schemas import ClockRow
from hub.operations.explain.sentences_es import short_time
from hub.rendering import case_words_es, labels_es
from hub.rendering.actors_es import who_es
from hub.rendering.page_links import CLOCKS as CLOCKS_PATH
from hub.rendering.titles_es import CLOCKS
from hub.web.api.clocks import listed_clocks
from hub.web.auth.caller import caller_of, places_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.shell import console_page, paged, sheet_of, spreadsheet
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, Sheet
from hub.web.schemas.messages import ClocksQuery
from hub.web.services import services

PATH: Final = CLOCKS_PATH
_COLUMNS: Final = (
    *("Vence", "En palabras", "Promesa", "Estado", "Caso", "Copropiedad", "Área", "Nivel"),
    "Asumido por",
)


class BoardQuery(ClocksQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 200
    format: Sheet | None = None


async def show(request: web.Request, query: BoardQuery) -> web.StreamResponse:
    """Show the running promises, first due first, or those that a filter selects."""
    deps = services(request)
    found = await listed_clocks(request, query)
    if query.format is not None:
        names, staffed = await buildings_of(request), await staff_names(request)
        return spreadsheet("promesas", _COLUMNS, (_line(row, staffed, names) for row in found.items))
    return console_page(
        "console/clocks.html",
        request,
        here=PATH,
        groups=grouped(found.items, deps.now()),
        is_away=found.source == "sql" and query.state in (None, *LIVE),
        totals=(await deps.log.counts(places_of(request)))["clocks"],
        query=query,
        buildings=await buildings_of(request),
        staff=await staff_names(request),
        me=caller_of(request).who,
        case_words=case_words_es,
        sheet=sheet_of(request),
        **paged(request, query.after, found.next),
    )


def _line(row: ClockRow, staff: Mapping[str, str], names: Mapping[str, str]) -> tuple[object, ...]:
    place, area = row.copropiedad or "", row.service_area or ""
    return (
        short_time(row.due_at),
        row.due_words,
        CLOCKS.get(row.name, row.name),
        labels_es.CLOCK_STATES[row.state],
        row.radicado or row.case,
        names.get(place, place),
        labels_es.AREAS.get(area, area),
        row.level,
        who_es(row.held_by, staff),
    )
