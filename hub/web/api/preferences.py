"""Preferences of a person, and marks of staff, over HTTP."""

from __future__ import annotations

from typing import Final, cast

from aiohttp import web
from msgspec.structs import replace

from hub.model import Scope
from hub.model.pages import ListQuery
from hub.model.preferences import MarkRow, PersonMarks
from hub.operations import preferences as wishes
from hub.operations.preferences import (
    Marks,
    change_preferences,
    look_at_marks,
    look_at_preferences,
    read_marks,
    read_preferences,
    set_mark,
)
from hub.web.auth.caller import actor_of, places_of, places_with
from hub.web.paging import page_by
from hub.web.requests import found
from hub.web.responses import json_answer
from hub.web.schemas.preferences import MarkBody, MarkEnd, PreferencesBody
from hub.web.services import services

_PERSON: Final = "person"
_WAY: Final = "api"


async def show_preferences(request: web.Request) -> web.Response:
    """Show a person's preferences, what cannot be switched off and why, and each change."""
    ref = await _reached(request)
    return json_answer(await look_at_preferences(actor_of(request), services(request).preferences, ref))


async def put_preferences(request: web.Request, body: PreferencesBody) -> web.Response:
    """Change a person's preferences at their request; what the body leaves out stays."""
    ref, deps = await _reached(request), services(request)
    await change_preferences(actor_of(request), deps.preferences, ref, body.applied, way=_WAY)
    return json_answer(await read_preferences(deps.preferences, ref))


async def list_marks(request: web.Request, query: ListQuery) -> web.Response:
    """List the marks of a person, newest first, and the events that they have stopped."""
    ref = await _reached(request)
    given = await look_at_marks(actor_of(request), services(request).preferences, ref)
    return json_answer(await _page(request, ref, query, given))


async def marks_of(request: web.Request, ref: str, query: ListQuery) -> PersonMarks:
    """Return the marks of somebody at whom the caller may look."""
    given = await read_marks(services(request).preferences, ref, places=places_of(request))
    return await _page(request, ref, query, given)


async def _page(request: web.Request, ref: str, query: ListQuery, given: Marks) -> PersonMarks:
    """Return a page of marks; their notes only with `privacy` there."""
    directory = services(request).directory
    # What staff has written may name anybody.
    whole = await directory.somebody(ref, places=places_with(request, Scope.PRIVACY)) is not None
    marks = [MarkRow.of(entry if whole else replace(entry, note="")) for entry in given.marks]
    page = page_by(marks, query, key=lambda mark: (mark.since.isoformat(), str(mark.id)), newest_first=True)
    return PersonMarks(items=cast(list[MarkRow], page.items), stopped=list(given.stopped), next=page.next)


async def mark_person(request: web.Request, body: MarkBody) -> web.Response:
    """Mark a person: do not contact. Only what the law demands still leaves; to the deceased, nothing."""
    ref, deps = await _reached(request), services(request)
    by = actor_of(request, body.by)
    entry = await set_mark(by, deps.preferences, ref, body.reason, until=body.until, note=body.note)
    return json_answer(MarkRow.of(entry))


async def end_marks(request: web.Request) -> web.Response:
    """End the marks of a person; safe to repeat."""
    ref, deps = await _reached(request), services(request)
    return json_answer(MarkEnd(ended=await wishes.end_marks(actor_of(request), deps.preferences, ref)))


async def _reached(request: web.Request) -> str:
    """Return the person of the path. Raises Refusal (404) if the caller does not reach them."""
    ref: str = request.match_info["ref"]
    found(_PERSON, await services(request).directory.somebody(ref, places=places_of(request)))
    return ref
