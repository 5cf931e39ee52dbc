"""Showing a record with a person's data, as the caller's sight has it."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web
from msgspec import Struct

from hub.access import look as looking
from hub.access.look import Read
from hub.model.looks import WholeQuery
from hub.web.auth.caller import actor_of, sight_of
from hub.web.requests import found

Ref = TypeVar("Ref")
Shown = TypeVar("Shown", bound=Struct)


async def look(
    request: web.Request, query: WholeQuery, read: Read[Ref, Shown], ref: Ref, *, noun: str
) -> Shown:
    """
    Return the record as the caller may see it, and audit the look.

    Raises Refusal (404) if the caller does not reach it, and PrivacyNeeded.
    """
    by, sight = actor_of(request), sight_of(request)
    return found(noun, await looking.look(by, read, ref, noun=noun, sight=sight, whole=query.whole))
