"""The audit: list it, load it as a sheet. A look at a person's rows of the audit is recorded in it, too."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from hub.doors.operator import Operator
from hub.model import Instant, Word
from hub.model.keys import NoteRow
from hub.model.pages import PageQuery, Rows
from hub.ports import NoteFilter


async def list_notes(by: Operator, query: NotesQuery) -> Rows[NoteRow]:
    """List who looked at people's data and who changed what, newest first."""
    narrowed = NoteFilter(
        who=query.by, action=query.action, subject=query.subject, since=query.since, until=query.until
    )
    page = await by.stores.audit.notes(
        after=query.after, limit=query.limit, person=query.person, narrowed=narrowed
    )
    if query.person is not None:
        await by.audit("audit.person", f"person:{query.person}", person=query.person)
    return page


async def export_notes(by: Operator, query: NotesQuery) -> Rows[NoteRow]:
    """Load the audit as a sheet, which it records."""
    page = await list_notes(by, query)
    await by.audit("audit.export", "audit", rows=len(page.items))
    return page


class NotesQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    person: (
        Annotated[Word, Meta(description="Who looked at this person's data, and who changed it.")] | None
    ) = None
    by: Annotated[Word, Meta(description="By whom: `account:ana`, or only `ana`.")] | None = None
    action: Annotated[Word, Meta(description="What was done: `key.create`.")] | None = None
    subject: Annotated[Word, Meta(description="To what: `key:crm`, or only `crm`.")] | None = None
    since: Annotated[Instant, Meta(description="Done at this instant (RFC 3339) or later.")] | None = None
    until: Annotated[Instant, Meta(description="Done before this instant.")] | None = None
