"""Queries of the audit."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

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
