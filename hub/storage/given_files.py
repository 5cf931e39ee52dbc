"""Files that come in with somebody's words, in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.model import PropertyScope
from hub.model.given_files import GivenFile, HandedFile, KeptFile
from hub.storage.database import Runner, load, read, read_first, storable
from hub.storage.filters import listed

_SQL = load("given_files")
FETCHED_WITHIN: Final = timedelta(days=1)
"""How long a provider is asked for a file; Meta keeps it for a week."""


class FoundFile(Struct, frozen=True, kw_only=True):
    """A file with its bytes, whose it is, and with what it came."""

    name: str
    kind: str
    content: bytes
    person: str | None
    subject: str


async def keep(run: Runner, of: UUID, files: Sequence[GivenFile], *, person: str | None) -> None:
    """Keep the files of a reply, or of an event by its key. None costs nothing; a repeat changes nothing."""
    if files:
        rows = [(storable(file.name), file.refused, file.media, *_document(file)) for file in files]
        columns = map(list, zip(*rows, strict=True))
        await run.rows(_SQL["keep"], of, *columns, storable(person), FETCHED_WITHIN)


def _document(file: GivenFile) -> tuple[bytes | None, str | None, bytes | None]:
    return (sha256(file.content).digest(), file.kind, file.content) if file.kind else (None, None, None)


async def named(run: Runner, of: Collection[UUID]) -> Mapping[UUID, Sequence[KeptFile]]:
    """Return the files that came with these replies and events, without their bytes."""
    found: defaultdict[UUID, list[KeptFile]] = defaultdict(list)
    for row in await run.rows(_SQL["named"], sorted(of)) if of else ():
        found[row["id"]].append(read(KeptFile, row))
    return found


async def of_person(run: Runner, person: str, replies: Collection[UUID], most: int) -> list[HandedFile]:
    """Return what a person has sent, also with these replies; of the bytes as many as fit into `most`."""
    rows = await run.rows(_SQL["of_person"], storable(person), sorted(replies), most)
    return [read(HandedFile, row) for row in rows]


async def found(run: Runner, of: UUID, place: int, places: PropertyScope) -> FoundFile | None:
    """Return a file whose words are read in these places; None of any other, and of one that is not kept."""
    return read_first(FoundFile, await run.rows(_SQL["content"], of, place, listed(places)))


async def placeless(run: Runner, of: UUID) -> list[str]:
    """Return the case of a reply or an event that names no place; none of any other."""
    return [row["case_key"] for row in await run.rows(_SQL["placeless"], of) if row["case_key"]]
