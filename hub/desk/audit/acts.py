"""The audit: list it, load it as a sheet. A look at a person's rows of the audit is recorded in it, too."""

from __future__ import annotations

from hub.desk.audit.rows import NotesQuery
from hub.doors.operator import Operator
from hub.model.keys import NoteRow
from hub.model.pages import Rows
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
