"""Showing a record with a person's data: masked, or whole if the caller asks for it and may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from aiohttp import web

from hub.model import Json, PropertyScope, Scope
from hub.web.auth.caller import note, places_of, places_with
from hub.web.requests import found
from hub.web.responses import Refusal
from hub.web.schemas.common import WholeQuery

Ref_contra = TypeVar("Ref_contra", contravariant=True)


class Read(Protocol[Ref_contra]):
    async def __call__(
        self, ref: Ref_contra, /, *, places: PropertyScope, whole: bool
    ) -> Mapping[str, Json] | None:
        """Read the record, masked unless `whole`; None if there is none within these places."""


async def look(
    request: web.Request, query: WholeQuery, read: Read[Ref_contra], ref: Ref_contra, *, noun: str
) -> dict[str, Any]:
    """
    Return the record as the caller may see it, and audit the look.

    Raises Refusal: 404 if the caller does not reach it, 403 if the caller asks for the whole record without
    the scope.
    """
    masked = found(noun, await read(ref, places=places_of(request), whole=False))
    unmasked = await read(ref, places=places_with(request, Scope.PRIVACY), whole=True)
    if query.whole and unmasked is None:
        raise Refusal(403, "Whole it is for who has the scope privacy there.", "Leave `whole` out.")
    shown = unmasked if query.whole and unmasked is not None else masked
    # The record of a person is about that person.
    await note(request, f"{noun}.show", f"{noun}:{ref}", person=shown.get("person", ref), whole=query.whole)
    return {**shown, "masked": not query.whole, "may_unmask": unmasked is not None}


def places_of_list(request: web.Request, *, whole: bool) -> PropertyScope:
    """
    Return the places whose rows a list shows; whole, only those where the caller has `privacy` besides.

    Raises Refusal (403) for whoever asks for a whole list without that scope anywhere.
    """
    read = places_of(request)
    if not whole:
        return read
    private = places_with(request, Scope.PRIVACY)
    if private == frozenset():
        raise Refusal(403, "Whole it is for who has the scope privacy there.", "Leave `whole` out.")
    return read if private is None else private if read is None else read & private
