"""Events that do not reach all their recipients: reason, place, and remedy; or as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from hub.operations.explain.sentences_es import short_time
from hub.rendering.event_title import event_title
from hub.rendering.labels_es import UNREACHED
from hub.web.api.summary import unreached_of
from hub.web.console.message_list import PATH as MESSAGES
from hub.web.console.shell import console_page, paged, sheet_of, spreadsheet
from hub.web.requests import FormQuery, Sheet
from hub.web.schemas.common import UnreachedQuery
from hub.web.services import services

PATH: Final = f"{MESSAGES}/unreached"
_COLUMNS: Final = ("Cuándo", "Evento", "Id del evento", "De", "Copropiedad", "Unidad", "Por qué", "Qué hacer")


class UnreachedListQuery(UnreachedQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


async def show(request: web.Request, query: UnreachedListQuery) -> web.StreamResponse:
    """List events that do not reach all their recipients, newest first."""
    found = await unreached_of(request, query)
    named = {str(row["copropiedad_id"]) for row in found.items if row["copropiedad_id"]}
    names = await services(request).accounts.names(named) if named else {}
    rows = [{**row, **_words(row, names)} for row in found.items]
    if query.format is not None:
        return spreadsheet("no-llegan-a-todos", _COLUMNS, map(_line, rows))
    return console_page(
        "console/unreached.html",
        request,
        here=MESSAGES,
        live="unreached",
        rows=rows,
        query=query,
        sheet=sheet_of(request),
        **paged(request, query.after, found.next),
    )


def _words(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    place = row["copropiedad_id"]
    return {
        "title": event_title(row["type"]),
        "place": names.get(place, place) or "",
        "why": [_why(reason) for reason in row["reasons"]],
    }


def _why(reason: str) -> tuple[str, str]:
    """Return the reasons why an event does not reach all, and their remedies."""
    return UNREACHED.get(reason, (reason, ""))


def _line(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        short_time(row["found_at"]),
        row["title"],
        row["event_id"],
        row["source"],
        row["place"],
        row["unit_id"],
        "; ".join(why for why, _ in row["why"]),
        "; ".join(to_do for _, to_do in row["why"] if to_do),
    )
