"""The page of promises: a board by what is late and what is due next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from hub.model.pages import Limit
from hub.operations.clocks.board import LIVE, ClockFilter
from hub.operations.clocks.groups import grouped
from hub.operations.explain.sentences_es import short_time
from hub.rendering import case_words_es, labels_es
from hub.rendering.actors_es import who_es
from hub.rendering.page_links import CLOCKS as CLOCKS_PATH
from hub.rendering.titles_es import CLOCKS
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
    """Show the running promises by what is due first, or those that a filter selects."""
    deps = services(request)
    now, places = deps.now(), places_of(request)
    found = await deps.clocks.list(
        msgspec.convert(query, ClockFilter, from_attributes=True), now, places=places
    )
    if query.format is not None:
        names, staffed = await buildings_of(request), await staff_names(request)
        return spreadsheet("promesas", _COLUMNS, (_line(row, staffed, names) for row in found["items"]))
    return console_page(
        "console/clocks.html",
        request,
        here=PATH,
        live="clocks",
        groups=grouped(found["items"], now),
        is_away=found["source"] == "sql" and query.state in (None, *LIVE),
        totals=(await deps.log.counts(places))["clocks"],
        query=query,
        buildings=await buildings_of(request),
        staff=await staff_names(request),
        me=caller_of(request).who,
        case_words=case_words_es,
        sheet=sheet_of(request),
        **paged(request, query.after, found["next"]),
    )


def _line(row: Mapping[str, Any], staff: Mapping[str, str], names: Mapping[str, str]) -> tuple[object, ...]:
    return (
        short_time(row["due_at"]),
        row["due_words"],
        CLOCKS.get(row["name"], row["name"]),
        labels_es.CLOCK_STATES[row["state"]],
        row["radicado"] or row["case"],
        names.get(row["copropiedad"], row["copropiedad"]) or "",
        labels_es.AREAS.get(row["service_area"], row["service_area"]) or "",
        row["level"],
        who_es(row["held_by"], staff),
    )
