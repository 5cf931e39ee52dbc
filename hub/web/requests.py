"""Reading the query, the body and the ids of a request."""

from __future__ import annotations

from typing import Final, TypeVar
from uuid import UUID

import msgspec
from aiohttp import web

from hub.web.responses import Refusal

_INSTANTS: Final = frozenset({"since", "on"})

Q = TypeVar("Q", bound=msgspec.Struct)
T = TypeVar("T")


def read_query(request: web.Request, shape: type[Q], *, lists: frozenset[str] = frozenset()) -> Q:
    """
    Read the query as `shape`. Raises Refusal (400) for an unknown parameter.

    `lists` names the parameters that may be repeated.
    """
    known = msgspec.structs.fields(shape)
    names = ", ".join(field.encode_name for field in known) or "none"
    given: dict[str, str | list[str]] = {**request.query, **_repeated(request, lists)}
    if any(len(request.query.getall(name)) > 1 for name in given.keys() - lists):
        raise Refusal(400, "A query parameter is given twice.", f"Give each once; there are: {names}.")
    if unknown := given.keys() - {field.encode_name for field in known}:
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
            400, f"The query is not right: {_plain(error)}.", "GET /openapi.json says what fits."
        ) from error


def _repeated(request: web.Request, lists: frozenset[str]) -> dict[str, list[str]]:
    return {name: request.query.getall(name) for name in lists & request.query.keys()}


async def read_body(request: web.Request, shape: type[Q]) -> Q:
    """Read the body as `shape`. An empty body counts as `{}`."""
    try:
        return msgspec.json.decode(await request.read() or b"{}", type=shape)
    except msgspec.DecodeError as error:
        what = f"The body is not right: {_plain(error)}."
        raise Refusal(400, what, "GET /openapi.json says what fits.") from error


def _plain(error: msgspec.DecodeError) -> str:
    """`Expected `int` <= 500 - at `$.limit`` → `limit: Expected int <= 500`."""
    what, _, where = str(error).replace("`", "").partition(" - at $.")
    return f"{where}: {what}" if where else what


def read_id(request: web.Request, noun: str) -> UUID:
    """Read the id in the path. Raises Refusal (404) for a malformed id, as for an unknown one."""
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise unknown(noun) from None


def found(noun: str, record: T | None) -> T:
    """Return the record. Raises Refusal (404) if there is none within the caller's reach."""
    if record is None:
        raise unknown(noun)
    return record


def unknown(noun: str) -> Refusal:
    return Refusal(404, f"There is no {noun} with this id.", "The list shows the ids that there are.")
