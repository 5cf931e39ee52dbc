"""The API of the desk: a route for each declaration, under /api."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import UnionType
from typing import Any, Final, get_args
from uuid import UUID

from aiohttp import hdrs, web

from hub.doors.act import Act, Declared, File, Noun, Sheet
from hub.doors.operator import Operator
from hub.errors import NoSuch
from hub.model import Scope
from hub.model.ids import uuid_in
from hub.web.auth.caller import PageLooks, caller_of
from hub.web.requests import ApiHandler
from hub.web.responses import file_answer, json_answer, status_of
from hub.web.route import Route
from hub.web.schemas.common import Pdf, Problem, SheetFile
from hub.web.services import services

_FILES: Final[Mapping[Any, type]] = {File: Pdf, Sheet: SheetFile}
"""The answer of an act that is a file → what the document says of it."""


def routes_of(noun: Noun) -> tuple[Route, ...]:
    """Return the rows of the route table for the acts, lists and reads of a noun that programs have."""
    return tuple(_route(noun, declared) for declared in noun.all if declared.api)


def operator_of(request: web.Request, needs: Collection[Scope]) -> Operator:
    """Return the author of this request, as an act sees them."""
    caller = caller_of(request)
    return Operator(
        who=caller.who,
        reach=caller.reach,
        needs=needs,
        stores=services(request),
        source=caller.source,
        event_types=caller.event_types,
        cases_of=caller.cases_of,
        looks=PageLooks(request),
    )


def gaps_of(request: web.Request, declared: Declared, noun: Noun) -> Mapping[str, object]:
    """Read the gaps of the path. Raises NoSuch for a malformed id, as for an unknown one."""
    return {of: _gap(request.match_info[name], kind, noun) for name, (of, kind) in declared.gaps.items()}


def _gap(text: str, kind: Any, noun: Noun) -> object:
    if kind is not UUID:
        return kind(text)
    read = uuid_in(text)
    if read is None:
        raise NoSuch(noun.one)
    return read


def _route(noun: Noun, declared: Declared) -> Route:
    statuses = _statuses(declared)
    return Route(
        f"/api{declared.path}",
        _handler(declared, noun, statuses),
        method=declared.method if isinstance(declared, Act) else hdrs.METH_GET,
        needs=declared.needs,
        where=declared.where,
        answers={
            **{status: _FILES.get(shape, shape) for shape, status in statuses.items()},
            **{status_of(error): Problem for error in declared.refuses},
        },
    )


def _statuses(declared: Declared) -> Mapping[Any, int]:
    """Return what a declaration answers, each with its status: what is planned and not made has 200."""
    status = declared.status if isinstance(declared, Act) else 200
    if not isinstance(declared.answer, UnionType):
        return {declared.answer: status}
    made, planned = get_args(declared.answer)
    return {made: status, planned: 200}


def _handler(declared: Declared, noun: Noun, statuses: Mapping[Any, int]) -> ApiHandler:
    """Return the handler that runs a declaration for a request, with its `query` or `body`."""

    async def handler(request: web.Request, **given: Any) -> web.StreamResponse:
        by = operator_of(request, declared.needs)
        result = await declared.do(by, **gaps_of(request, declared, noun), **given)
        if isinstance(result, File):
            return file_answer(result)
        return json_answer(result, status=statuses.get(type(result), next(iter(statuses.values()))))

    shapes = {name: declared.hints[name] for name in ("query", "body") if name in declared.hints}
    handler.__name__ = declared.name
    handler.__doc__ = declared.do.__doc__
    handler.__annotations__ = {"request": web.Request, **shapes, "return": web.StreamResponse}
    return handler
