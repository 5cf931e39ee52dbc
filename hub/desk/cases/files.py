"""Files that people sent with their words: who reads the words opens them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hub.access.sight import Field
from hub.doors.operator import Operator, found
from hub.storage import given_files
from hub.storage.given_files import FoundFile

_FILE: Final = "file"


async def open_file(by: Operator, of: UUID, place: int) -> FoundFile:
    """Return a file of a reply or an event by its place there, after a look that is in the audit."""
    file = found(_FILE, await given_files.found(by.db, of, place, by.sight.where(Field.WORDS)))
    await by.audit("file.show", file.subject, person=file.person, place=place)
    return file
