"""Console pages of the desk: lists with filters, rows, buttons, questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, get_type_hints
from urllib.parse import quote

from aiohttp import hdrs, web
from msgspec import Struct, defstruct

from hub.doors.act import Act, Declared, File, List, Noun, Read
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
    sheet_columns_of,
)
from hub.doors.operator import Operator
from hub.web.auth.caller import may_there
from hub.web.console.shell import console_page, done, paged, sheet_of, spreadsheet
from hub.web.console.wrong_es import REFUSED, Wrong, wrong_of
from hub.web.requests import ApiHandler, ButtonForm, FormQuery, Sheet
from hub.web.route import Route

_POST: Final = hdrs.METH_POST


def pages_of(noun: Noun) -> tuple[Route, ...]:
    """Return the rows of the route table for what people may do with a noun in the console."""
    lists = [_page(one, list_page(one)) for one in noun.lists if one.title]
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
    return {act.name: act.done for noun in nouns for act in noun.acts if act.done}


def _page(declared: Declared, handler: ApiHandler) -> Route:
    return Route(declared.path, handler, needs=declared.needs, where=declared.where)


def _button(act: Act, noun: Noun) -> Route:
    """Return what a form of a page does; a refusal stands beside it, on the page that has it."""
    shape = get_type_hints(act.form)["form"] if act.form is not None else act.body or ButtonForm
    again = _again(act, noun)

    async def handler(request: web.Request, form: Any) -> web.StreamResponse:
        by, gaps = operator_of(request, act.needs), gaps_of(request, act, noun)
        try:
            given = {"body": form if act.form is None else act.form(by, form)} if act.body else {}
            result = await act.do(by, **gaps, **given)
        except REFUSED as error:
            if again is None:
                raise
            return await again(request, wrong=wrong_of(error), form=form)
        if act.shown and again is not None:
            return await again(request, result=result)
        return _followed(request, act, result)

    _named(handler, act, form=shape)
    return Route(act.address, handler, method=_POST, needs=act.needs, where=act.where, form=True)


def _followed(request: web.Request, act: Act, result: Any) -> web.StreamResponse:
    if act.once is None:
        return done(act.before.format(**_filled(request)), act.name)
    here = act.section or f"/{act.path.split('/')[1]}"
    return console_page("doors/once.html", request, here=here, once=act.once(result))


def _again(act: Act, noun: Noun) -> Callable[..., Awaitable[web.StreamResponse]] | None:
    """Return what shows the page again that has the form of an act."""
    pages = {read.path: partial(show_row, read, noun) for read in noun.reads if has_page(read)} | {
        one.path: partial(show_list, one, query=query_of_page(one.query)()) for one in noun.lists if one.title
    }
    return pages.get(act.before) or pages.get(act.path)


def list_page(declared: List) -> ApiHandler:
    """Return the page of a list: its filters, its rows, and the same rows as a sheet."""
    on_sheet = sheet_columns_of(declared.row)

    async def handler(request: web.Request, query: Any) -> web.StreamResponse:
        if query.format is None:
            return await show_list(declared, request, query=query)
        page = await declared.do(operator_of(request, declared.needs), query)
        titles = [cell.title for cell in on_sheet.values()]
        lines = ([cell.written(row, name) for name, cell in on_sheet.items()] for row in page.items)
        return spreadsheet(declared.file, titles, lines)

    return _named(handler, declared, query=query_of_page(declared.query))


async def show_list(
    declared: List, request: web.Request, *, query: Any, wrong: Wrong | None = None, form: Any = None
) -> web.StreamResponse:
    """Show the page of a list, once more with what is wrong with a form of it."""
    by = operator_of(request, declared.needs)
    page = await declared.do(by, query)
    return console_page(
        declared.template or "doors/list.html",
        request,
        here=declared.section or declared.path,
        status=200 if wrong is None else wrong.status,
        live=declared.live,
        list=declared,
        rows=page.items,
        columns=columns_of(declared.row),
        small=_of_kind(declared.row, SMALL),
        marks=_of_kind(declared.row, MARK),
        query=query,
        options=await _options(declared.query, by),
        sheet=sheet_of(request),
        wrong=wrong,
        form=form,
        **paged(request, query.after, page.next),
        **await _more(declared, by),
    )


def row_page(declared: Read, noun: Noun) -> ApiHandler:
    """Return the page of one row: its facts, its files, and the buttons of what may be done with it."""

    async def handler(request: web.Request, query: FormQuery) -> web.StreamResponse:  # noqa: ARG001 - others are refused
        return await show_row(declared, noun, request)

    return _named(handler, declared)


async def show_row(
    declared: Read,
    noun: Noun,
    request: web.Request,
    *,
    wrong: Wrong | None = None,
    form: Any = None,
    result: Any = None,
) -> web.StreamResponse:
    """Show the page of a row, once more with what is wrong with a form of it, or with what came of it."""
    by, gaps = operator_of(request, declared.needs), gaps_of(request, declared, noun)
    row = await declared.do(by, **gaps)
    filled = _filled(request)
    acts = [act for act in noun.of_row(declared) if act.offered(row) and _may(request, act)]
    return console_page(
        declared.template or "doors/row.html",
        request,
        here=declared.section or declared.path.partition("/{")[0],
        status=200 if wrong is None else wrong.status,
        row=row,
        cells=cells_of(declared.answer),
        acts=[(act, act.address.format(**filled)) for act in acts],
        files=[(one.label, f"/api{one.path.format(**filled)}") for one in noun.files_of(declared)],
        links=declared.links(row) if declared.links is not None else {},
        list=next((one for one in noun.lists if declared.path.startswith(f"{one.path}/")), None),
        path=declared.path.format(**filled),
        wrong=wrong,
        form=form,
        result=result,
        **await _more(declared, by),
    )


async def _more(declared: Declared, by: Operator) -> Mapping[str, Any]:
    return {} if declared.more is None else await declared.more(by)


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
        question = await asks(by, **gaps, **given)
        filled = _filled(request)
        return console_page(
            "doors/question.html",
            request,
            here=act.section or f"/{act.path.split('/')[1]}",
            question=question,
            action=act.address.format(**filled),
            back=act.before.format(**filled),
        )

    return _named(handler, asking, query=shape)


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
    """Return parameter → its option, and what may be chosen."""
    options = options_of(query)
    buildings: Mapping[str, str] = {}
    if any(option.among == BUILDINGS for option in options.values()):
        buildings = await by.stores.directory.place_names(by.places)
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
