"""Reading the query, the body and the ids of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Final, TypeAlias, TypeVar, get_type_hints
from uuid import UUID

import msgspec
from aiohttp import web

from hub.web.bodies import fields_of
from hub.web.responses import Handler, Refusal

ApiHandler: TypeAlias = Callable[..., Awaitable[web.StreamResponse]]
"""Takes the request, and a `query`, a `body` or a `form` of the shape of its annotation."""
CSRF: Final = "csrf"
"""The field of our own forms that is for `hub.web.auth.csrf` and no handler."""

_INSTANTS: Final = frozenset({"since", "until", "on"})
_LISTS: Final = frozenset({"who"})
"""Parameters that may be repeated."""

Q = TypeVar("Q", bound=msgspec.Struct)
T = TypeVar("T")


class FormQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of a page: a form in a browser sends its empty fields too, and they ask for nothing."""


@cache
def shapes_of(handler: ApiHandler) -> Mapping[str, type[msgspec.Struct]]:
    """Return the shapes of the handler's `query`, `body` and `form`, as far as it takes them."""
    hints = get_type_hints(handler)
    return {name: hints[name] for name in _READERS if name in hints}


def adapted(handler: ApiHandler) -> Handler:
    """Adapt a handler to aiohttp: read the query, the body and the form that it takes."""
    shapes = shapes_of(handler)

    async def called(request: web.Request) -> web.StreamResponse:
        given = {name: await _READERS[name](request, shape) for name, shape in shapes.items()}
        return await handler(request, **given)

    return called


def read_query(request: web.Request, shape: type[Q]) -> Q:
    """Read the query as `shape`. Raises Refusal (400) for an unknown parameter."""
    known = [field.encode_name for field in msgspec.structs.fields(shape)]
    names = ", ".join(known) or "none"
    lists = _LISTS.intersection(known)
    repeated = {name: request.query.getall(name) for name in lists & request.query.keys()}
    given: dict[str, str | list[str]] = {**request.query, **repeated}
    if issubclass(shape, FormQuery):
        given = {name: value for name, value in given.items() if value}
    if any(len(request.query.getall(name)) > 1 for name in given.keys() - lists):
        raise Refusal(400, "A query parameter is given twice.", f"Give each once; there are: {names}.")
    if unknown := given.keys() - set(known):
        raise Refusal(
            400, f"There is no query parameter {', '.join(sorted(unknown))}.", f"There are: {names}."
        )
    for name in _INSTANTS & given.keys():
        # The unescaped + of an offset arrives as a space; an instant contains no other space.
        given[name] = request.query[name].replace(" ", "+")
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(
            400, f"The query is not right: {_plain(error)}.", "GET /openapi.json shows what fits."
        ) from error


async def read_body(request: web.Request, shape: type[Q]) -> Q:
    """Read the body as `shape`. An empty body counts as `{}`."""
    try:
        return msgspec.json.decode(await request.read() or b"{}", type=shape)
    except msgspec.DecodeError as error:
        what = f"The body is not right: {_plain(error)}."
        raise Refusal(400, what, "GET /openapi.json shows what fits.") from error


async def read_form(request: web.Request, shape: type[Q]) -> Q:
    """Read the fields of our own form as `shape`; an empty one counts as not given."""
    fields = await fields_of(request)
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


def uuid_in(text: str) -> UUID | None:
    """Return the id that is written there; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def found(noun: str, record: T | None) -> T:
    """Return the record. Raises Refusal (404) if there is none within the caller's reach."""
    if record is None:
        raise unknown(noun)
    return record


def unknown(noun: str) -> Refusal:
    return Refusal(404, f"There is no {noun} with this id.", "The list shows the ids that there are.")
