"""Files that people sent with their words: who reads the words opens them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from hub.access.sight import Duty, Field
from hub.doors.operator import Operator, found
from hub.model import PropertyScope
from hub.storage import given_files
from hub.storage.given_files import FoundFile

_FILE: Final = "file"


async def open_file(by: Operator, of: UUID, place: int) -> FoundFile:
    """Return a file of a reply or an event by its place there, after a look that is in the audit."""
    file = found(_FILE, await given_files.found(by.db, of, place, await _places(by, of)))
    await by.audit("file.show", file.subject, person=file.person, place=place)
    return file


async def _places(by: Operator, of: UUID) -> PropertyScope:
    """Return where the words are read; what names no place is by whoever reaches all of its case."""
    case = await given_files.placeless(by.db, of)
    for duty in (Duty.ANSWER, Duty.PRIVATE):
        if any(one.alone for one in await by.stores.cases.known(case, places=by.sight.with_duty(duty))):
            return None
    return by.sight.where(Field.WORDS)
