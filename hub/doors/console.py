"""Console pages of the desk: lists with filters, rows, buttons, questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, get_type_hints
from urllib.parse import quote

from aiohttp import hdrs, web
from msgspec import Struct, defstruct

from hub.doors.act import Act, Declared, File, List, Noun, Question, Read
from hub.doors.api import gaps_of, operator_of
from hub.doors.cells import (
    BUILDINGS,
    MARK,
    SMALL,
    Cell,
    Kind,
    cells_of,
    columns_of,
    options_of,
    written,
)
from hub.doors.operator import Operator
from hub.errors import HubError
from hub.people.units import own_name
from hub.web.auth.caller import may_there
from hub.web.console.shell import console_page, done, paged, sheet_of, spreadsheet
from hub.web.console.wrong_es import REFUSED, Wrong, wrong_of
from hub.web.requests import ApiHandler, ButtonForm, FormQuery, Sheet, shapes_of
from hub.web.route import TABLE, Route

_POST: Final = hdrs.METH_POST
_UNCHANGED: Final = "_unchanged"
AGAIN: Final = web.RequestKey("again", Mapping[str, Any])
"""The error or the result that a page shows in answer to a form of its own."""
ONCE: Final[Mapping[str, Any]] = {"wrong": None, "form": None, "result": None}


def pages_of(noun: Noun) -> tuple[Route, ...]:
    """Return the rows of the route table for the pages and forms of a noun in the console."""
    lists = [replace(_page(one, list_page(one)), live=one.live) for one in noun.lists if one.title]
    reads = [_page(one, row_page(one, noun)) for one in noun.reads if has_page(one)]
    questions = [
        replace(_page(act, question_page(act, noun)), path=act.address)
        for act in noun.acts
        if act.asks is not None
    ]
    buttons = [_button(act, noun) for act in noun.acts if act.label]
    return (*lists, *reads, *questions, *buttons)


def has_page(read: Read) -> bool:
    return bool(read.template) or (read.answer is not File and bool(cells_of(read.answer)))


def done_words(nouns: Sequence[Noun]) -> Mapping[str, str]:
    """Return the name of each act → the sentence of the page that follows it."""
    acts = [act for noun in nouns for act in noun.acts]
    return {act.name: act.done for act in acts if act.done} | {
        f"{act.name}{_UNCHANGED}": act.unchanged for act in acts if act.unchanged
    }


def _page(declared: Declared, handler: ApiHandler) -> Route:
    return Route(declared.path, handler, needs=declared.needs, where=declared.where)


def _button(act: Act, noun: Noun) -> Route:
    """Return the handler of a form of a page; the reason of a refusal stands beside the form, on its page."""
    shape = get_type_hints(act.form)["form"] if act.form is not None else act.body or ButtonForm
    caught: tuple[type[HubError], ...] = (HubError,) if act.keeps else REFUSED

    async def handler(request: web.Request, form: Any) -> web.StreamResponse:
        by, gaps = operator_of(request, act.needs), gaps_of(request, act, noun)
        try:
            given = {"body": form if act.form is None else act.form(by, form)} if act.body else {}
            result = await act.do(by, **gaps, **given)
        except caught as error:
            return await _again(request, act, wrong=wrong_of(error), form=form)
        if act.shown:
            return await _again(request, act, result=result)
        return _followed(request, act, result)

    _named(handler, act, form=shape)
    return Route(act.address, handler, method=_POST, needs=act.needs, where=act.where, form=True)


def _followed(request: web.Request, act: Act, result: Any) -> web.StreamResponse:
    filled = _filled(request)
    if act.unchanged and not result.changed:
        return done(act.address.rpartition("/")[0].format(**filled), f"{act.name}{_UNCHANGED}")
    if act.once is None:
        return done(act.before.format(**filled), act.name)
    here = act.section or f"/{act.path.split('/')[1]}"
    return console_page("doors/once.html", request, here=here, once=act.once(result))


async def _again(request: web.Request, act: Act, **what: Any) -> web.StreamResponse:
    """Show the page with the form or the button of an act again, with the error or the result."""
    page = request.app[TABLE][hdrs.METH_GET, act.address if act.keeps and act.asks else act.before]
    query = shapes_of(page.handler).get("query")
    request[AGAIN] = {**ONCE, **what}
    return await page.handler(request, **({} if query is None else {"query": query()}))


def list_page(declared: List) -> ApiHandler:
    """Return the page of a list: its filters, its rows, and the same rows as a sheet."""
    columns = columns_of(declared.row)

    async def handler(request: web.Request, query: Any) -> web.StreamResponse:
        by = operator_of(request, declared.needs)
        if query.format is not None:
            return await _sheet(declared, by, query)
        page = await declared.do(by, query)
        return console_page(
            declared.template or "doors/list.html",
            request,
            here=declared.section or declared.path,
            list=declared,
            rows=page.items,
            columns=columns,
            small=_of_kind(declared.row, SMALL),
            marks=_of_kind(declared.row, MARK),
            query=query,
            options=await _options(declared.query, by),
            sheet=sheet_of(request),
            **paged(request, query.after, page.next),
            **await _besides(request, declared, by),
        )

    return _named(handler, declared, query=query_of_page(declared.query))


async def _sheet(declared: List, by: Operator, query: Any) -> web.Response:
    if declared.sheet is None:
        rows: Sequence[Struct] = (await declared.do(by, query)).items
    else:
        rows = await declared.sheet(by, query)
    return spreadsheet(declared.file, *written(declared.sheet_row, rows))


def row_page(declared: Read, noun: Noun) -> ApiHandler:
    """Return the page of one row: its facts, its files, and the buttons of its acts."""

    async def handler(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
        by, gaps = operator_of(request, declared.needs), gaps_of(request, declared, noun)
        row = await (declared.page or declared.do)(by, **gaps)
        return row_answer(declared, noun, request, row, **await _besides(request, declared, by))

    return _named(handler, declared)


def row_answer(
    declared: Read, noun: Noun, request: web.Request, row: Any, *, status: int, **given: Any
) -> web.Response:
    """Answer with the page of a row, as it was read."""
    filled = _filled(request)
    acts = [act for act in noun.of_row(declared) if act.offered(row) and _may(request, act)]
    return console_page(
        declared.template or "doors/row.html",
        request,
        here=declared.section or declared.path.partition("/{")[0],
        status=status,
        row=row,
        cells=cells_of(declared.answer),
        acts=[(act, act.address.format(**filled)) for act in acts],
        files=[(one.label, f"/api{one.path.format(**filled)}") for one in noun.files_of(declared)],
        links=declared.links(row) if declared.links is not None else {},
        list=next((one for one in noun.lists if declared.path.startswith(f"{one.path}/")), None),
        path=declared.path.format(**filled),
        **given,
    )


async def _besides(request: web.Request, declared: Declared, by: Operator) -> Mapping[str, Any]:
    """Return the other values of a page besides its rows: of its noun, and of the form that has led to it."""
    again = request.get(AGAIN, ONCE)
    return {
        "status": status_of(again["wrong"]),
        **again,
        **({} if declared.more is None else await declared.more(by)),
    }


def question_page(act: Act, noun: Noun) -> ApiHandler:
    """Return the page that asks before something is done."""
    asks = act.asks
    assert asks is not None
    asking = Declared(asks, act.address)
    shape = asking.hints.get("query", FormQuery)

    async def handler(request: web.Request, query: Any) -> web.StreamResponse:
        by = operator_of(request, act.needs)
        gaps = gaps_of(request, asking, noun)
        given = {"query": query} if "query" in asking.hints else {}
        filled, again = _filled(request), request.get(AGAIN, ONCE)
        return console_page(
            "doors/question.html",
            request,
            here=act.section or f"/{act.path.split('/')[1]}",
            question=_refilled(await asks(by, **gaps, **given), again["form"]),
            action=act.address.format(**filled),
            back=act.before.format(**filled),
            wrong=again["wrong"],
            status=status_of(again["wrong"]),
        )

    return _named(handler, asking, query=shape)


def _refilled(question: Question, form: Struct | None) -> Question:
    """Return a question with what was typed in its form; the same form is the same act."""
    if form is None:
        return question
    fields = [{**one, "value": getattr(form, str(one["name"]), "")} for one in question.fields]
    kept = {name: getattr(form, name, "") or value for name, value in question.kept.items()}
    return replace(question, fields=fields, kept=kept)


def status_of(wrong: Wrong | None) -> int:
    """Return the status of a page that shows why its form was refused, if it was."""
    return HTTPStatus.OK if wrong is None else wrong.status


def query_of_page(query: type[Struct]) -> type[Struct]:
    """Return the query of a list's page: that of the API, with the form's empty fields, and as a sheet."""
    return defstruct(
        f"{query.__name__}OfPage",
        [("format", Sheet | None, None)],
        bases=(query, FormQuery),
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )


async def _options(query: type[Struct], by: Operator) -> Mapping[str, tuple[Any, Mapping[str, str]]]:
    """Return parameter → its option, and the values to choose from."""
    options = options_of(query)
    buildings: Mapping[str, str] = {}
    if any(option.among == BUILDINGS for option in options.values()):
        names = await by.stores.directory.place_names(by.places)
        buildings = {place: own_name(name) for place, name in names.items()}
    return {
        name: (option, buildings if isinstance(option.among, str) else option.among)
        for name, option in options.items()
    }


def _filled(request: web.Request) -> Mapping[str, str]:
    """Return the gaps of the path as another address has them."""
    return {name: quote(text, safe="") for name, text in request.match_info.items()}


def _of_kind(row: type[Struct], kind: Kind) -> Mapping[str, Cell]:
    return {name: cell for name, cell in cells_of(row).items() if cell.kind is kind}


def _may(request: web.Request, act: Act) -> bool:
    return any(may_there(request, scope) for scope in act.needs)


def _named(handler: Callable[..., Awaitable[Any]], declared: Declared, **shapes: Any) -> ApiHandler:
    handler.__name__ = f"{declared.name}_page"  # the operation of the API has the name itself
    handler.__doc__ = declared.do.__doc__
    if shapes:
        handler.__annotations__ = {"request": web.Request, **shapes, "return": web.StreamResponse}
    return handler
