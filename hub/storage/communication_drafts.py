"""People and files of communications: lists, what a plan made of each person, looks, documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record
from msgspec import Struct, structs

from hub.model import Brand, PropertyScope
from hub.model.communications import Communication, ListRow, Side
from hub.model.documents import FetchedDocument
from hub.model.ids import span
from hub.storage import documents
from hub.storage.database import Runner, Store, encode, load, read, storable
from hub.storage.filters import listed
from hub.storage.posters import brand_named

_RAW: Final = load("communications")
_FIELDS: Final = ", ".join(field.name for field in structs.fields(Communication))
SQL: Final = {
    name: text.replace("{fields}", _FIELDS)
    .replace("{reached}", _RAW["reached"])
    .replace("{fate}", _RAW["fate"])
    for name, text in _RAW.items()
}
AT_ONCE: Final = 5000
"""People that one statement writes."""


class PlannedPerson(Struct, frozen=True, kw_only=True):
    """Somebody of a plan; `channels` are those by which the first messages would leave."""

    person: str
    name: str
    place: str
    units: list[str]
    channels: list[str]
    left_out: str | None


class StoredFile(Struct, frozen=True, kw_only=True):
    """A file of a draft; `kind` is `pdf`, `png` or `jpeg`, `size` in bytes."""

    place: int
    name: str
    sha256: bytes
    kind: str = ""
    size: int = 0


class Accepted(Struct, frozen=True, kw_only=True):
    """Calls of a communication that a provider has accepted, or that nobody knows the outcome of."""

    channel: str
    provider: str
    unknown: bool
    calls: int
    parts: int


class Fate(Struct, frozen=True, kw_only=True):
    """What a dry run made of a person."""

    person: str
    channels: Sequence[str]
    left_out: str | None


async def units_like(
    run: Runner, ids: Sequence[str], ends: Iterable[str], labels: Sequence[str]
) -> Sequence[Record]:
    """Return the units that a list may mean by these words; the ends of labels are folded."""
    return await run.rows(SQL["units_like"], ids, list(ends), labels)


async def known(run: Runner, ids: Sequence[str], contacts: Sequence[tuple[str, str]]) -> Sequence[Record]:
    """Return the people with these ids or contact points (kind and value), removed ones too."""
    kinds, values = [kind for kind, _ in contacts], [value for _, value in contacts]
    return await run.rows(SQL["known"], ids, kinds, values)


async def count_units(run: Runner, places: Sequence[str]) -> int:
    [row] = await run.rows(SQL["count_units"], places)
    count: int = row["n"]
    return count


async def list_rows(run: Runner, communication: UUID) -> Sequence[ListRow]:
    """Return the rows of its lists, those that mean nobody first."""
    return [read(ListRow, row) for row in await run.rows(SQL["list_rows"], communication)]


async def save_draft(run: Runner, changed: Communication, words: str) -> Communication | None:
    """Store the next version of a draft; None if another one was stored meanwhile, or it is none."""
    values = changed.kind, storable(changed.title), storable(words), as_json(changed.draft), changed.places
    rows = await run.rows(SQL["save"], changed.id, changed.version, *values, changed.changed_at)
    return read(Communication, rows[0]) if rows else None


def as_json(value: Struct) -> bytes:
    """Encode a shape for a column of jsonb."""
    return encode(msgspec.to_builtins(value))


class CommunicationDrafts(Store):
    """The people and the files of drafts and plans."""

    list_rows = list_rows

    async def save_list(
        self, changed: Communication, words: str, side: Side, rows: Sequence[ListRow]
    ) -> Communication | None:
        """Store the next version of a draft with the rows of a list; None as `save`."""
        columns = [(row.place, row.person, row.unit, storable(row.masked), row.why) for row in rows]
        async with self._database.transaction() as run:
            saved = await save_draft(run, changed, words)
            if saved is not None:
                await run.rows(SQL["forget_rows"], changed.id, side)
                given: Sequence[Sequence[object]] = [*zip(*columns, strict=True)] or [()] * 5
                await run.rows(SQL["add_rows"], *given, changed.id, side)
            return saved

    async def save_files(
        self, changed: Communication, words: str, files: Sequence[StoredFile], new: Sequence[FetchedDocument]
    ) -> Communication | None:
        """Store the next version of a draft with these files, and the bytes that are new; None as `save`."""
        async with self._database.transaction() as run:
            saved = await save_draft(run, changed, words)
            if saved is not None:
                for document in new:
                    await documents.keep(run, document)
                rows = [(one.place, storable(one.name), one.sha256) for one in files]
                await run.rows(SQL["forget_files"], changed.id)
                columns: Sequence[Sequence[object]] = [*zip(*rows, strict=True)] or [()] * 3
                await run.rows(SQL["add_files"], *columns, changed.id)
            return saved

    async def attached(self, communication: UUID) -> Sequence[StoredFile]:
        """Return its files; at place 0 stands what is sent."""
        return [read(StoredFile, row) for row in await self.rows(SQL["attached"], communication)]

    async def content(self, sha256: bytes) -> bytes | None:
        """Return the bytes of a document; None if they are not stored."""
        return await documents.content(self, sha256)

    async def fill_people(self, plan: UUID, fates: Sequence[Fate]) -> None:
        """Store what the dry run made of people of a plan."""
        rows = [(one.person, " ".join(one.channels), one.left_out) for one in fates]
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            await self.rows(SQL["fill_people"], *zip(*some, strict=True), plan)

    async def plan_people(
        self, plan: UUID, places: PropertyScope, *, after: str, limit: int, left_out: bool
    ) -> Sequence[PlannedPerson]:
        """Return people of a plan by ref, of these places."""
        rows = await self.rows(SQL["plan_people"], plan, after, left_out, limit, listed(places))
        return [read(PlannedPerson, row) for row in rows]

    async def samples(self, plan: UUID) -> Sequence[tuple[str, str]]:
        """Return ref and name of some people of a plan, who has the longest name first."""
        rows = await self.rows(SQL["samples"], plan)
        return [*dict.fromkeys((row["person"], row["name"]) for row in rows)]

    async def reader(
        self, plan: UUID, person: str, places: PropertyScope
    ) -> tuple[int, tuple[str, ...], str | None, Brand | None] | None:
        """Return part, units, building and its identity for a person of a plan of these places, or None."""
        rows = await self.rows(SQL["reader"], plan, person, listed(places))
        if not rows:
            return None
        row = rows[0]
        brand = await brand_named(self, row["brand"])
        return row["part"], tuple(row["units"] or ()), row["building"], brand

    async def accepted(self, keys: Sequence[UUID], audiences: Sequence[int]) -> Sequence[Accepted]:
        """Count what providers have accepted of these events, with the parts of text messages."""
        rows = await self.rows(SQL["accepted"], list(keys), *span(keys), list(audiences))
        return [read(Accepted, row) for row in rows]
