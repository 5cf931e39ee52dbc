"""Notes of the audit as rows, and what a list of them is asked for."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.model.pages import PageQuery


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
