"""The audit: each reading of a person's data, and each change, with its author. Append-only."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final
from uuid import uuid4

from hub.model import Json, Note
from hub.model.ids import uuid8
from hub.ports import AuditStore
from hub.resilience.database_time import NOW

ADDRESS: Final = ContextVar[str | None]("address", default=None)
"""The client's address while a request over HTTP is answered: each note of it has the address."""


async def note(
    store: AuditStore, *, who: str, action: str, subject: str, person: str | None = None, **detail: Json
) -> None:
    """
    Record an action with ids, names of things and numbers, never personal data.

    `person` is the reference of the data subject, who has a right to know. An access is recorded before it is
    granted: without the row, no access. Raises StorageUnavailable.
    """
    at = NOW()
    row_id = uuid8(at, "note", uuid4().hex)
    written = Note(
        id=row_id,
        at=at,
        who=who,
        action=action,
        subject=subject,
        person=person,
        detail=detail,
        address=ADDRESS.get(),
    )
    await store.add(written)
