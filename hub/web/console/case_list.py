"""The page of cases: the one in which something happened last first, and a field to find one."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from aiohttp import web
from msgspec import Meta

from hub.operations.cases.listing import CaseRow
from hub.operations.cases.lookup import HOW_KEYS_LOOK, LONGEST, CaseChoice
from hub.operations.explain.sentences_es import short_time
from hub.rendering import case_words_es
from hub.rendering.actors_es import who_es
from hub.rendering.page_links import CASES, case_path
from hub.web.api.cases import CasesQuery, listed_cases
from hub.web.auth.caller import caller_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.pages import redirect
from hub.web.console.shell import console_page, paged, sheet_of, spreadsheet
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, Sheet

_COLUMNS: Final = (
    *("Lo último", "Cuándo", "Caso", "Número", "Copropiedad", "Estado", "Vence", "Vencidos", "En riesgo"),
    *("Encargado", "Clave"),
)


class CaseListQuery(CasesQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Annotated[str, Meta(max_length=LONGEST, description="A case to open.")] = ""
    format: Sheet | None = None


async def show(request: web.Request, query: CaseListQuery) -> web.StreamResponse:
    """List cases, or lead to the one that the search names."""
    if key := query.key.strip():
        return redirect(case_path(key))
    found = await listed_cases(request, query)
    if query.format is not None:
        staff = await staff_names(request)
        return spreadsheet("casos", _COLUMNS, (_line(row, staff) for row in found.items))
    return await _page(
        request,
        rows=found.items,
        query=query,
        sheet=sheet_of(request),
        **paged(request, query.after, found.next),
    )


async def ask_again(
    request: web.Request,
    *,
    status: int = HTTPStatus.OK,
    wrong: str = "",
    choices: list[CaseChoice] | None = None,
) -> web.Response:
    """Ask for a case again: there is none with that key, or several have it."""
    return console_page(
        "console/case_choices.html",
        request,
        here=CASES,
        status=status,
        wrong=wrong,
        choices=choices or [],
        how=HOW_KEYS_LOOK,
    )


async def _page(request: web.Request, **values: Any) -> web.Response:
    return console_page(
        "console/cases.html",
        request,
        here=CASES,
        how=HOW_KEYS_LOOK,
        case_words=case_words_es,
        staff=await staff_names(request),
        buildings=await buildings_of(request),
        me=caller_of(request).who,
        **values,
    )


def _line(row: CaseRow, staff: Mapping[str, str]) -> tuple[object, ...]:
    return (
        row.last,
        short_time(row.last_at),
        row.title,
        row.number,
        row.copropiedad or "",
        case_words_es.CASE_STATES[row.state],
        short_time(row.due_at) if row.due_at else "",
        row.breached,
        row.at_risk,
        who_es(row.assignee, staff),
        row.case,
    )
