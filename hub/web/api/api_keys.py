"""The audit over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.model.pages import PageQuery
from hub.ports import NoteFilter
from hub.web.auth.caller import note
from hub.web.responses import json_answer
from hub.web.services import services


class NotesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: (
        Annotated[Word, Meta(description="Who looked at this person's data, and who changed it.")] | None
    ) = None
    by: Annotated[Word, Meta(description="By whom: `account:ana`, or only `ana`.")] | None = None
    action: Annotated[Word, Meta(description="What was done: `key.create`.")] | None = None
    subject: Annotated[Word, Meta(description="To what: `key:crm`, or only `crm`.")] | None = None
    since: Annotated[Instant, Meta(description="Done at this instant (RFC 3339) or later.")] | None = None
    until: Annotated[Instant, Meta(description="Done before this instant.")] | None = None


class NoteRow(Struct, kw_only=True):
    """A look or a change by somebody; never contains a person's data."""

    id: str
    at: Instant
    who: str
    action: str
    subject: str
    person: Annotated[str | None, Meta(description="The person whose data it was, if it was one person's.")]
    detail: dict[str, Any]
    address: Annotated[str | None, Meta(description="Where it came from, if it was done over HTTP.")]


async def list_notes(request: web.Request, query: NotesQuery) -> web.Response:
    """List who looked at people's data and who changed what, newest first."""
    narrowed = NoteFilter(
        who=query.by, action=query.action, subject=query.subject, since=query.since, until=query.until
    )
    page = await services(request).audit.notes(
        after=query.after, limit=query.limit, person=query.person, narrowed=narrowed
    )
    if query.person is not None:
        await note(request, "audit.person", f"person:{query.person}", person=query.person)
    return json_answer(page)
