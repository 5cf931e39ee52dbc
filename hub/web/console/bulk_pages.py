"""Bulk actions as pages: look at the plan, start it, watch it, see its outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.desk.bulk import acts
from hub.desk.bulk.noun import PATH, RUNS
from hub.desk.bulk.rows import BulkItemsQuery
from hub.desk.dead_letters.rows import title_of, why_of
from hub.doors.act import READ
from hub.doors.api import operator_of
from hub.errors import ChangedPlan
from hub.model import Scope, Word
from hub.model.bulk import BulkCandidate, BulkItem, BulkKind, BulkRun
from hub.model.pages import Cursor, Limit, PageQuery
from hub.operations.bulk import plan, runs
from hub.operations.bulk.choose import LETTERS, MESSAGES
from hub.operations.bulk.words_es import KINDS_ES, RESULT_COUNTS_ES, RESULTS_ES, STATES_ES, skipped_words
from hub.operations.explain.sentences_es import short_time
from hub.rendering import labels_es
from hub.rendering.actors_es import who_es
from hub.rendering.titles_es import EVENTS
from hub.web.auth.caller import actor_of, caller_of, places_of
from hub.web.console.list_filter import ListFilter, address, asked_of, buildings_of, edge_words
from hub.web.console.message_list import PATH as DELIVERIES
from hub.web.console.message_list import lists_of
from hub.web.console.named import recipients_of
from hub.web.console.shell import console_page, done, paged, sheet_of, sheet_of_rows, with_query
from hub.web.console.staff import staff_names
from hub.web.requests import FormQuery, Sheet, read_id
from hub.web.responses import Refusal
from hub.web.services import services

_SHEET: Final = 20_000
_LISTS: Final[Mapping[BulkKind, str]] = {
    BulkKind.RESEND: "/messages",
    BulkKind.CANCEL: "/messages",
    **dict.fromkeys(LETTERS, "/dead"),
    BulkKind.PRINTED: "/letters",
}
_FILTERS_ES: Final[Mapping[str, str]] = {
    "state": "estado",
    "only": "lista",
    "channel": "canal",
    "event": "aviso",
    "event_id": "número del aviso",
    "person": "persona",
    "reason": "motivo",
    "purpose": "finalidad",
    "copropiedad": "copropiedad",
    "case": "caso",
    "since": "desde",
    "until": "hasta",
    "handed_over": "entregadas",
    "also_told": "también a quien ya tiene este aviso",
    "older": "de antes de la copia",
}
_GROWN: Final = "Mientras miraba, aparecieron más: revise el plan otra vez antes de empezar."
_NO_REASON: Final = "Escriba por qué lo hace: queda en el registro, y lo leen sus compañeros."


class PlanQuery(ListFilter, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The filter of the list that leads here, with all else of its address."""

    after: Cursor | None = None
    limit: Limit = 50
    format: Word | None = None


class StartForm(Struct, frozen=True, kw_only=True):
    seen: Annotated[int, Meta(ge=0)]
    reason: Word = ""


class RunsQuery(PageQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


class RunQuery(BulkItemsQuery, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Sheet | None = None


async def list_runs(request: web.Request, query: RunsQuery) -> web.StreamResponse:
    """List bulk actions, newest first."""
    page = await acts.list_bulk(operator_of(request, READ), query)
    staff = await staff_names(request)
    if query.format is not None:
        return sheet_of_rows("masivas", _sheet_of_runs(staff), page.items)
    return console_page(
        "console/bulk_runs.html",
        request,
        here=DELIVERIES,
        lists=lists_of(None),
        list_here=PATH,
        rows=page.items,
        staff=staff,
        kinds=KINDS_ES,
        run_states=STATES_ES,
        sheet=sheet_of(request),
        **paged(request, query.after, page.next),
    )


async def show_plan(request: web.Request, query: PlanQuery) -> web.StreamResponse:
    """Show the plan of a bulk action: its rows, their outcome, and the rows left alone."""
    return await _plan(request, query)


async def start(request: web.Request, query: PlanQuery, form: StartForm) -> web.StreamResponse:
    """Start a bulk action over the rows of its plan."""
    if not form.reason.strip():
        return await _plan(request, query, status=400, wrong=_NO_REASON)
    kind, asked = _kind(request), asked_of(query)
    order = runs.BulkOrder(kind=kind, asked=asked, reason=form.reason.strip(), seen=form.seen)
    try:
        run = await runs.start(services(request).bulk, order, actor_of(request))
    except ChangedPlan:
        return await _plan(request, query, status=409, grown=_GROWN, reason=form.reason)
    return done(f"{RUNS}/{run.id}", "started")


async def show_run(request: web.Request, query: RunQuery) -> web.StreamResponse:
    """Show the progress of a bulk action, and its outcome."""
    by, run_id = operator_of(request, READ), read_id(request, acts.RUN)
    run = await acts.show_bulk(by, run_id)
    if query.format is not None:
        rows = await by.stores.bulk.items(run_id, result=query.result, after=query.after, limit=_SHEET)
        return sheet_of_rows("masivo", _SHEET_OF_ROWS, rows)
    page = await acts.list_bulk_items(by, run_id, query)
    return console_page(
        "console/bulk_run.html",
        request,
        here=DELIVERIES,
        run=run,
        staff=await staff_names(request),
        kind=KINDS_ES[run.kind],
        run_states=STATES_ES,
        results=RESULTS_ES,
        result_counts=RESULT_COUNTS_ES,
        query=query,
        rows=page.items,
        people=await recipients_of(request, [row.id for row in page.items if row.person]),
        filters=_in_words(run.kind, run.asked or {}),
        events=EVENTS,
        row_path="/dead" if run.kind in LETTERS else "/messages",
        skipped_words=skipped_words,
        may_stop=run.state == "running" and caller_of(request).may({Scope.OPERATE}),
        sheet=with_query(request, format="csv"),
        **paged(request, query.after, page.next),
    )


async def _plan(
    request: web.Request,
    query: PlanQuery,
    *,
    status: int = 200,
    wrong: str = "",
    grown: str = "",
    reason: str = "",
) -> web.Response:
    kind, deps, places = _kind(request), services(request), places_of(request)
    rows = await plan.find(deps.bulk, kind, asked_of(query), places)
    return console_page(
        "console/bulk_plan.html",
        request,
        here=DELIVERIES,
        status=status,
        kind=KINDS_ES[kind],
        plan=plan.planned(kind, rows),
        seen=len(rows),
        wrong=wrong,
        grown=grown,
        reason=reason,
        action=address(request.path, query),
        back=address(_LISTS[kind], query),
        filters=_in_words(kind, {name: getattr(query, name, None) for name in _FILTERS_ES}),
        states=_STATES[kind],
        buildings=await buildings_of(request),
        events=EVENTS,
        what=_what(rows) if kind in LETTERS else (),
        row_path="/dead" if kind in LETTERS else "/messages",
        skipped_words=skipped_words,
    )


_STATES: Final[Mapping[BulkKind, Mapping[str, str]]] = {
    **dict.fromkeys(MESSAGES, labels_es.MESSAGE_STATES),
    **dict.fromkeys(LETTERS, labels_es.DEAD_STATES),
    BulkKind.PRINTED: labels_es.LETTER_STATES,
}


def _what(rows: Sequence[BulkCandidate]) -> Sequence[tuple[tuple[str, str], int]]:
    """Return subject and reason of the dead letters that go, with the number of each."""
    going = [row for row in rows[: plan.MOST] if row.skipped is None]
    return Counter((title_of(row.event), why_of(row.reason)) for row in going).most_common()


def _kind(request: web.Request) -> BulkKind:
    name = request.match_info["kind"]
    if name not in set(BulkKind):
        raise Refusal(404, "There is no such bulk action.", f"There are: {', '.join(BulkKind)}.")
    return BulkKind(name)


def _in_words(kind: BulkKind, asked: Mapping[str, Any]) -> list[str]:
    """Say a filter in words: `canal: SMS`."""
    given = {name: value for name, value in asked.items() if value is not None}
    return [f"{_FILTERS_ES[name]}: {_value(kind, name, value)}" for name, value in given.items()]


def _value(kind: BulkKind, name: str, value: object) -> str:
    if isinstance(value, bool):
        return "sí" if value else "no"
    tables: dict[str, Mapping[str, str]] = {
        "state": _STATES[kind],
        "channel": labels_es.CHANNELS,
        "event": EVENTS,
        "purpose": labels_es.PURPOSES,
        "only": {name: label.lower() for name, label in labels_es.MESSAGE_LISTS.items()},
    }
    if name in {"since", "until"}:
        return edge_words(str(value))
    return tables.get(name, {}).get(str(value), str(value))


def _sheet_of_runs(staff: Mapping[str, str]) -> Mapping[str, Callable[[BulkRun], object]]:
    """Return title of a column of the sheet → what makes its cell of a run."""
    return {
        "Cuándo": lambda row: short_time(row.made_at),
        "Qué": lambda row: KINDS_ES[row.kind].title,
        "Quién": lambda row: who_es(row.by, staff),
        "Por qué": lambda row: row.reason,
        "Cómo va": lambda row: STATES_ES[row.state],
        "De cuántos": lambda row: row.chosen,
        "Hechos": lambda row: row.done,
        "Omitidos": lambda row: row.skipped,
        "Fallidos": lambda row: row.failed,
    }


_SHEET_OF_ROWS: Final[Mapping[str, Callable[[BulkItem], object]]] = {
    "Número": lambda row: str(row.id),
    "Aviso": lambda row: row.event and EVENTS.get(row.event, row.event),
    "Canal": lambda row: row.channel and labels_es.CHANNELS.get(row.channel, row.channel),
    "Persona": lambda row: row.person,
    "Resultado": lambda row: RESULTS_ES[row.result or "waiting"],
    "Motivo": lambda row: row.reason and skipped_words(row.reason),
    "Cuándo": lambda row: row.at and short_time(row.at),
}
