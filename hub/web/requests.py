"""Reading the query, the body and the ids of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Annotated, Final, Literal, TypeAlias, TypeVar, get_type_hints
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from hub.model.ids import uuid_in
from hub.web.bodies import fields_of
from hub.web.responses import Handler, Refusal, pointer
from hub.web.schemas.common import NoQuery

ApiHandler: TypeAlias = Callable[..., Awaitable[web.StreamResponse]]
"""Takes the request, and a `query`, a `body` or a `form` of the shape of its annotation."""
DONE: Final = "done"
"""The parameter of a page that names the act of the page before, in a word."""
Sheet = Annotated[Literal["csv"], Meta(description="A sheet instead of the page.")]
CSRF: Final = "csrf"
"""The field of our own forms that is for `hub.web.auth.csrf` and no handler."""

_INSTANTS: Final = frozenset({"since", "until", "on"})
_LISTS: Final = frozenset({"who"})
"""Parameters that may be repeated."""

_WHAT_FITS: Final = "GET /openapi.json shows what fits."

Q = TypeVar("Q", bound=msgspec.Struct)
T = TypeVar("T")


_API: Final = "/api/"


class FormQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    The query of a page that is no query of the API: a form in a browser sends its empty fields too, and they
    ask for nothing.

    Each page takes the act of the page before (`DONE`), which the shell puts into words.
    """


class ButtonForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form of our own page with nothing to fill in: a button alone."""


@cache
def shapes_of(handler: ApiHandler) -> Mapping[str, type[msgspec.Struct]]:
    """Return the shapes of the handler's `query`, `body` and `form`, as far as it takes them."""
    hints = get_type_hints(handler)
    return {name: hints[name] for name in _READERS if name in hints}


def adapted(handler: ApiHandler, *, strict: bool, upload: int = 0) -> Handler:
    """
    Adapt a handler to aiohttp: read the query, the body and the form that it takes, with a file of `upload`
    bytes at most.

    If `strict`, a handler that takes no query refuses every parameter: it would be ignored otherwise.
    """
    shapes = shapes_of(handler)

    async def called(request: web.Request) -> web.StreamResponse:
        if strict and "query" not in shapes and request.query_string:
            read_query(request, NoQuery)
        if upload:
            await fields_of(request, upload=upload)
        given = {name: await _READERS[name](request, shape) for name, shape in shapes.items()}
        return await handler(request, **given)

    return called


def read_query(request: web.Request, shape: type[Q]) -> Q:
    """Read the query as `shape`. Raises Refusal (400) for an unknown parameter."""
    known = _parameters_of(shape)
    names = ", ".join(known) or "none"
    lists = _LISTS.intersection(known)
    repeated = {name: request.query.getall(name) for name in lists & request.query.keys()}
    given: dict[str, str | list[str]] = {**request.query, **repeated}
    if issubclass(shape, FormQuery) or not request.path.startswith(_API):
        given = {name: value for name, value in given.items() if value and name != DONE}
    if twice := [name for name in given.keys() - lists if len(request.query.getall(name)) > 1]:
        what = "A query parameter is given twice."
        raise Refusal(400, what, f"Give each once; there are: {names}.", errors=_parameters(what, twice))
    if unknown := sorted(given.keys() - known.keys()):
        what = f"There is no query parameter {', '.join(unknown)}."
        raise Refusal(400, what, f"There are: {names}.", errors=_parameters(what, unknown))
    for name in _INSTANTS & given.keys():
        # The unescaped + of an offset arrives as a space; an instant contains no other space.
        given[name] = request.query[name].replace(" ", "+")
        _refuse_number(name, request.query[name])
    try:
        read = msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        plain, where = f"The query is not right: {_plain(error)}.", _place(error)
        errors = _parameters(plain, [where.partition("[")[0]] if where else ())
        raise Refusal(400, plain, _WHAT_FITS, errors=errors) from error
    _refuse_null(read, given.keys())
    return read


@cache
def _parameters_of(shape: type[msgspec.Struct]) -> Mapping[str, str]:
    """Return parameter → field. Kept: msgspec evaluates the annotations at each call, for a millisecond."""
    return {field.encode_name: field.name for field in msgspec.structs.fields(shape)}


def _refuse_number(name: str, text: str) -> None:
    """Refuse `?since=0.5`, which msgspec reads as seconds since 1970."""
    with suppress(ValueError):
        float(text)
        what = f"The query is not right: {name}: expected an RFC 3339 instant, not a number."
        raise Refusal(400, what, _WHAT_FITS, errors=_parameters(what, [name]))


def _refuse_null(read: msgspec.Struct, given: Collection[str]) -> None:
    """Refuse `?state=null`, which msgspec reads as None: nothing would be filtered, and nobody told."""
    known = _parameters_of(type(read))
    if nulls := [name for name, field in known.items() if name in given and getattr(read, field) is None]:
        what = f"The query is not right: {', '.join(nulls)}: expected a value, not null."
        raise Refusal(400, what, "Leave the parameter out.", errors=_parameters(what, nulls))


async def read_body(request: web.Request, shape: type[Q]) -> Q:
    """Read the body as `shape`. An empty body counts as `{}`."""
    try:
        return msgspec.json.decode(await request.read() or b"{}", type=shape)
    except msgspec.DecodeError as error:
        what = f"The body is not right: {_plain(error)}."
        errors = [{"detail": what, "pointer": pointer(_place(error))}]
        raise Refusal(400, what, _WHAT_FITS, errors=errors) from error


def _parameters(what: str, names: Iterable[str]) -> list[Mapping[str, str]]:
    return [{"detail": what, "parameter": name} for name in sorted(names)]


def _place(error: msgspec.DecodeError) -> str:
    return str(error).replace("`", "").partition(" - at $")[2].lstrip(".")


async def read_form(request: web.Request, shape: type[Q]) -> Q:
    """Read the fields of our own form as `shape`; an empty one counts as not given."""
    return form_of(await fields_of(request), shape)


def form_of(fields: Mapping[str, str], shape: type[Q]) -> Q:
    """Read these fields of a form. Raises Refusal (400)."""
    given = {name: value for name, value in fields.items() if value and name != CSRF}
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(400, f"The form is not right: {_plain(error)}.", "Load the page again.") from error


def _plain(error: msgspec.DecodeError) -> str:
    """`Expected `int` <= 500 - at `$.limit`` → `limit: Expected int <= 500`."""
    what, _, where = str(error).replace("`", "").partition(" - at $.")
    return f"{where}: {what}" if where else what


async def _query(request: web.Request, shape: type[Q]) -> Q:
    return read_query(request, shape)


_READERS: Final[Mapping[str, Callable[[web.Request, type[msgspec.Struct]], Awaitable[msgspec.Struct]]]] = {
    "query": _query,
    "body": read_body,
    "form": read_form,
}


def read_id(request: web.Request, noun: str) -> UUID:
    """Read the id in the path. Raises Refusal (404) for a malformed id, as for an unknown one."""
    return found(noun, uuid_in(request.match_info["id"]))


def found(noun: str, record: T | None) -> T:
    """Return the record. Raises Refusal (404) if there is none within the caller's reach."""
    if record is None:
        raise unknown(noun)
    return record


def unknown(noun: str) -> Refusal:
    return Refusal(404, f"There is no {noun} with this id.", "The list shows the ids that there are.")
