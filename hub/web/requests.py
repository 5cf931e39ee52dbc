"""Reading what a request asks for: its query and its ids."""

from __future__ import annotations

from typing import Final, TypeVar
from uuid import UUID

import msgspec
from aiohttp import web

from hub.web.responses import Refusal

_INSTANTS: Final = frozenset({"since", "on"})

Q = TypeVar("Q", bound=msgspec.Struct)


def read_query(request: web.Request, shape: type[Q], *, lists: frozenset[str] = frozenset()) -> Q:
    """
    Read the query as `shape`; what it does not know is refused, not overlooked.

    `lists` are the parameters that may be given several times.
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
        # An unescaped + of an offset arrives as a space; instants have none of their own.
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
    """Read the body as `shape`; none at all is `{}`."""
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
    """Read the id of the path; a wrong one is as unknown as one that is not there."""
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise unknown(noun) from None


def unknown(noun: str) -> Refusal:
    return Refusal(404, f"There is no {noun} with this id.", "The list shows the ids that there are.")
