"""The page of matters: one list with saved views, the first one due on top, and the open one beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final
from zlib import crc32

from aiohttp import web
from msgspec import Meta
from msgspec.structs import replace

from hub.access.sight import Field, Shown
from hub.desk.matters import queries
from hub.desk.matters.rows import MOST, MatterCounts, MatterKind, MatterRow, MattersQuery, MatterView
from hub.desk.matters.shown import named_in, shown, term_of
from hub.desk.views.queries import own_views
from hub.desk.views.rows import as_query, asked_in
from hub.model import NOWHERE, PropertyScope, Scope
from hub.operations.cases.lookup import HOW_KEYS_LOOK, LONGEST, CaseChoice
from hub.operations.explain.sentences_es import short_term, short_time
from hub.rendering import case_words_es, labels_es
from hub.rendering.actors_es import who_es
from hub.rendering.page_links import CASES, case_path
from hub.rendering.titles_es import CLOCKS
from hub.storage import named
from hub.web.auth.caller import caller_of, places_of, places_with, sight_of
from hub.web.console.list_filter import buildings_of
from hub.web.console.marked_cases import MARKED
from hub.web.console.pages import redirect
from hub.web.console.shell import console_page, paged, sheet_of, spreadsheet, with_query
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, Sheet
from hub.web.services import services

_SECTIONS: Final = (MatterKind.PROMISES, MatterKind.REPLIES, MatterKind.EMERGENCIES)
"""Kinds that the navigation has."""
_URGENT: Final = 20
"""Emergencies that stand above all else."""
_FACES: Final = 5
"""Colours of faces."""
_NARROWING: Final = ("copropiedad", "owner", "promise", "area", "level", "state", "since", "until")
_COLUMNS: Final = (
    *("Asunto", "Persona", "Unidad", "Copropiedad", "Vence", "Promesa", "Encargado", "Caso"),
    "Desde",
)


class CaseListQuery(MattersQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Annotated[str, Meta(max_length=LONGEST, description="A case to open.")] = ""
    mine: Annotated[bool, Meta(description="As the view `mine`; older links have it.")] = False
    format: Sheet | None = None


async def show(request: web.Request, query: CaseListQuery) -> web.StreamResponse:
    """List what waits for somebody, or lead to the case that the search names."""
    if key := query.key.strip():
        return redirect(case_path(key))
    asked = replace(query, view=MatterView.MINE) if query.mine else query
    rows, following = await matter_rows(request, asked, places_of(request))
    staff = await staff_names(request)
    if query.format is not None:
        return spreadsheet("casos", _COLUMNS, (_line(row, staff) for row in rows))
    urgent = await _urgent(request, asked)
    pinned = {row.id for row in urgent}
    rest = [row for row in rows if row.id not in pinned]
    rows = [*urgent, *sorted(rest, key=lambda row: not row.danger)]
    counted = await matter_counts(request, places_of(request))
    return console_page(
        "console/cases.html",
        request,
        here=f"{CASES}?kind={asked.kind}" if asked.kind in _SECTIONS else CASES,
        rows=rows,
        opened=await _opened(request, asked, rows),
        query=asked,
        title=_title(asked),
        views=_views(asked, counted),
        kinds=_kinds(asked, counted),
        own_views=await own_views(services(request).database, caller_of(request).who),
        own_query=as_query(asked_in(request.query_string)),
        chips_of=await _chips(request, asked, staff),
        how=HOW_KEYS_LOOK,
        case_words=case_words_es,
        staff=staff,
        owners=_owners(request, asked, rows, staff),
        buildings=await buildings_of(request),
        me=caller_of(request).who,
        may_act=places_with(request, Scope.OPERATE) != NOWHERE,
        marked=MARKED,
        here_path=with_query(request, open=None),
        beside=lambda case: with_query(request, open=case),
        face=face,
        initials=initials,
        sheet=sheet_of(request),
        **paged(request, query.after, following),
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
        case_words=case_words_es,
        how=HOW_KEYS_LOOK,
    )


def face(ref: str) -> int:
    """Return the colour of somebody's face: the same in each list."""
    return crc32(ref.encode()) % _FACES + 1


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


async def matter_rows(
    request: web.Request, query: MattersQuery, places: PropertyScope
) -> tuple[list[MatterRow], str | None]:
    """Return a page of a view in words, and the cursor of the next one."""
    deps, who = services(request), caller_of(request).who
    found = await queries.matters(deps.database, query, who=who, places=places, now=deps.now())
    return await _in_words(request, found.items), found.next


async def _in_words(request: web.Request, found: Sequence[Any]) -> list[MatterRow]:
    deps, may_see = services(request), sight_of(request).where(Field.WORDS, Shown.PLAIN)
    residents = await named.residents(deps.database, named_in(found))
    now = deps.now()
    return [shown(matter, residents, now, may_see=may_see) for matter in found]


async def _urgent(request: web.Request, query: MattersQuery) -> list[MatterRow]:
    """Return the emergencies, which stand above whatever is due before them."""
    if query.view is not MatterView.OPEN or query.kind or query.after or not query.is_open:
        return []
    asked = replace(query, kind=MatterKind.EMERGENCIES, limit=_URGENT)
    return [row for row in (await matter_rows(request, asked, places_of(request)))[0] if row.danger]


async def matter_counts(request: web.Request, places: PropertyScope) -> MatterCounts:
    deps = services(request)
    return await queries.counts(deps.database, who=caller_of(request).who, places=places, now=deps.now())


async def _opened(
    request: web.Request, query: MattersQuery, rows: Sequence[MatterRow]
) -> Mapping[str, Any] | None:
    """Return what stands beside the list: the matter that is open, its promises, and the last words in it."""
    if not query.open:
        return None
    deps, places = services(request), places_of(request)
    row = next((one for one in rows if one.case == query.open), None)
    if row is None:
        found = await queries.matter(deps.database, query.open, places=places)
        if found is None:
            return None
        [row] = await _in_words(request, [found])
    now = deps.now()
    terms = [term_of(term, now) for term in await queries.terms(deps.database, row.case, places=places)]
    said = await queries.said(deps.database, row.case, places=places) if row.may_see else ()
    return {"row": row, "terms": terms, "said": said}


def _owners(
    request: web.Request, query: MattersQuery, rows: Sequence[MatterRow], staff: Mapping[str, str]
) -> Mapping[str, str]:
    """Return whose matters the list may be narrowed to: the caller's, and of those who have one in it."""
    me = caller_of(request).who
    others = {row.holder for row in rows} | {query.owner}
    return {me: "Usted", **{ref: who_es(ref, staff) for ref in sorted(filter(None, others)) if ref != me}}


def _title(query: MattersQuery) -> str:
    if query.kind:
        return _kind_words(query.kind)
    return case_words_es.MATTER_VIEWS[query.view]


def _kind_words(kind: str) -> str:
    return case_words_es.MATTER_KINDS.get(kind) or case_words_es.CASE_KINDS.get(kind, kind)


def _views(query: MattersQuery, counted: MatterCounts) -> list[tuple[str, str, str, bool, bool]]:
    """Return of each view its address, words, count, whether it is shown, and whether it is late."""
    return [
        (
            CASES if view == MatterView.OPEN else f"{CASES}?view={view}",
            words,
            "" if view in {MatterView.ALL, MatterView.ASLEEP} else _figure(getattr(counted, view)),
            query.view == view and not query.kind,
            view == MatterView.OVERDUE and counted.overdue > 0,
        )
        for view, words in case_words_es.MATTER_VIEWS.items()
    ]


def _kinds(query: MattersQuery, counted: MatterCounts) -> list[tuple[str, str, str, bool, bool]]:
    """Return the same of each kind that there is, and of the one that is asked for."""
    return [
        (
            f"{CASES}?kind={kind}",
            words,
            _figure(getattr(counted, kind)),
            query.kind == kind,
            kind == MatterKind.EMERGENCIES and counted.emergencies > 0,
        )
        for kind, words in case_words_es.MATTER_KINDS.items()
        if getattr(counted, kind) or query.kind == kind
    ]


def _figure(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count) if count else ""


async def _chips(
    request: web.Request, query: MattersQuery, staff: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return what the list is narrowed to: the words, and the address without it."""
    buildings = await buildings_of(request)
    words: dict[str, Callable[[Any], str | None]] = {
        "copropiedad": buildings.get,
        "owner": lambda ref: who_es(ref, staff),
        "promise": CLOCKS.get,
        "area": labels_es.AREAS.get,
        "level": lambda level: f"Nivel {level}",
        "state": case_words_es.CASE_STATES.get,
        "since": lambda day: f"Desde {day}",
        "until": lambda day: f"Hasta {day}",
    }
    given = {name: value for name in _NARROWING if (value := getattr(query, name)) is not None}
    return [
        (words[name](value) or str(value), with_query(request, **{name: None}))
        for name, value in given.items()
    ]


def _line(row: MatterRow, staff: Mapping[str, str]) -> tuple[object, ...]:
    return (
        row.subject,
        row.person,
        row.unit,
        row.building,
        short_term(row.due_at) if row.due_at else "",
        row.promise,
        who_es(row.holder, staff),
        row.case,
        short_time(row.opened_at) if row.opened_at else "",
    )
