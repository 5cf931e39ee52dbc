"""Reading a record with a person's data: masked, or whole if the caller asks for it and may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from aiohttp import web

from hub.model import Json, PropertyScope, Scope
from hub.web.auth.scope import places_of, places_with
from hub.web.requests import read_query, unknown
from hub.web.responses import Refusal
from hub.web.schemas.common import WholeQuery

Looked: TypeAlias = Mapping[str, Json] | None
"""The record; None if there is none within reach."""


class Read(Protocol):
    async def __call__(self, places: PropertyScope, *, whole: bool) -> Looked:
        """Read the record within these places; `whole` returns it unmasked."""


async def look(request: web.Request, read: Read, *, noun: str) -> dict[str, Any]:
    """
    Return the record as the caller may see it.

    Raises Refusal: 404 if the caller does not reach it, 403 if the caller asks for the whole record without
    the scope. The handler must audit the look before it responds.
    """
    asked = read_query(request, WholeQuery)
    masked = await read(places_of(request), whole=False)
    if masked is None:
        raise unknown(noun)
    unmasked = await read(places_with(request, Scope.PRIVACY), whole=True)
    if not asked.whole:
        return {**masked, "masked": True, "may_unmask": unmasked is not None}
    if unmasked is None:
        raise Refusal(403, "Whole it is for who has the scope privacy there.", "Leave `whole` out.")
    return {**unmasked, "masked": False, "may_unmask": True}
