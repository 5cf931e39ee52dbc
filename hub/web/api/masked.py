"""A look at one thing with a person's data: masked, or whole for who may see it there and asks for it."""

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
"""What was found; None where there is nothing that the places reach."""


class Read(Protocol):
    async def __call__(self, places: PropertyScope, *, whole: bool) -> Looked:
        """Read it as it is seen from these places."""


async def look(request: web.Request, read: Read, *, noun: str) -> dict[str, Any]:
    """
    Answer what the caller may see; raises Refusal for what he does not reach or may not see whole.

    Whoever asks for it notes the look before he answers it.
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
