"""Who looked at a person's data, and who changed what. Written, read, never changed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from hub.model import Json, Note
from hub.model.ids import uuid8
from hub.ports import AuditStore


async def note(
    store: AuditStore, *, who: str, action: str, subject: str, person: str | None = None, **detail: Json
) -> None:
    """
    Write down what somebody does: ids, names of things and numbers, never a value of a person.

    `person` is the reference of whom the data is about, so that he can be told. A look is noted before it
    is granted: without its row there is none. Raises StorageUnavailable.
    """
    at = datetime.now(UTC)
    row_id = uuid8(at, "note", uuid4().hex)
    written = Note(id=row_id, at=at, who=who, action=action, subject=subject, person=person, detail=detail)
    await store.add(written)
