"""Drafts of communications: their lists and files, their plans, and what a plan made of each person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from asyncpg import Record
from msgspec import Struct, structs

from hub.errors import ChangedDraft
from hub.model import Brand, Json, PropertyScope
from hub.model.communications import ChosenPerson, Communication, ListRow, Part, Side
from hub.model.documents import FetchedDocument
from hub.model.ids import span
from hub.model.json import Instant
from hub.storage import documents
from hub.storage.database import Runner, Store, encode, load, read, read_first, storable, write
from hub.storage.filters import listed
from hub.storage.posters import brand_named

_RAW: Final = load("communications")
_FIELDS: Final = ", ".join(field.name for field in structs.fields(Communication))
SQL: Final = {
    name: text.replace("{fields}", _FIELDS).replace("{reached}", _RAW["reached"])
    for name, text in _RAW.items()
}
_AT_ONCE: Final = 5000
"""People that one statement writes."""
_KEPT: Final = timedelta(days=90)
"""How long after the end the rows of who was chosen are kept."""


class StoredPlan(Struct, frozen=True, kw_only=True):
    """
    A plan of one version of a draft: `making`, `ready` or `failed`.

    `shown` is what its readers see: the shape is of `hub.operations.communications.shown`.
    """

    id: UUID
    communication: UUID
    version: int
    made_at: Instant
    state: str = "making"
    digest: bytes | None = None
    people: int | None = None
    shown: Json = None


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
    """What a dry run made of a person, for the event with this id."""

    person: str
    event_id: str
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


async def homes(run: Runner, people: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return person → the copropiedades that they belong to, in order."""
    found: dict[str, list[str]] = {}
    for row in await run.rows(SQL["homes"], sorted(people)):
        found.setdefault(row["person"], []).append(row["place"])
    return {person: sorted(set(places)) for person, places in found.items()}


async def case_places(run: Runner, cases: Collection[str]) -> Mapping[str, set[str]]:
    """Return case → the copropiedades of its events; a case that is yet to begin has none."""
    found: dict[str, set[str]] = {}
    for row in await run.rows(SQL["case_places"], sorted(cases)):
        found.setdefault(row["case"], set()).add(row["place"])
    return found


async def parts(run: Runner, plan: UUID) -> Sequence[Part]:
    return [read(Part, row) for row in await run.rows(SQL["parts"], plan)]


async def count_units(run: Runner, places: Sequence[str]) -> int:
    [row] = await run.rows(SQL["count_units"], places)
    count: int = row["n"]
    return count


async def list_rows(run: Runner, communication: UUID) -> Sequence[ListRow]:
    """Return the rows of its lists, those that mean nobody first."""
    return [read(ListRow, row) for row in await run.rows(SQL["list_rows"], communication)]


async def save_draft(run: Runner, changed: Communication, words: str) -> Communication | None:
    """Store the next version of a draft, adding its writers; None if it changed meanwhile, or is no draft."""
    values = changed.kind, storable(changed.title), storable(words), as_json(changed.draft), changed.places
    saved = changed.changed_at, changed.writers
    rows = await run.rows(SQL["save"], changed.id, changed.version, *values, *saved)
    return read_first(Communication, rows)


async def unchanged(
    run: Runner, row: Communication, plan: UUID | None = None, digest: bytes | None = None
) -> bool:
    """Lock a communication; return whether it is as it was read, and its plan as it was seen."""
    if not await run.rows(SQL["unchanged"], row.id, row.version, row.state):
        return False
    return plan is None or bool(await run.rows(SQL["same_plan"], plan, digest))


def as_json(value: Struct) -> bytes:
    """Encode a shape for a column of jsonb."""
    return encode(msgspec.to_builtins(value))


class CommunicationDrafts(Store):
    """The lists, the files and the plans of drafts."""

    list_rows = list_rows
    content = documents.content
    parts = parts

    async def save_list(
        self, changed: Communication, words: str, side: Side, rows: Sequence[ListRow]
    ) -> Communication | None:
        """Store the next version of a draft with the rows of a list; None as `save`."""
        given = [(row.place, row.person, row.unit, storable(row.masked), row.why) for row in rows]
        async with self._database.transaction() as run:
            saved = await save_draft(run, changed, words)
            if saved is not None:
                await run.rows(SQL["forget_rows"], changed.id, side)
                await write(run, SQL["add_rows"], given, changed.id, side)
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
                await write(run, SQL["add_files"], rows, changed.id)
            return saved

    async def attached(self, communication: UUID) -> Sequence[StoredFile]:
        """Return its files; at place 0 stands what is sent."""
        return [read(StoredFile, row) for row in await self.rows(SQL["attached"], communication)]

    async def plan_of(self, communication: UUID) -> StoredPlan | None:
        """Return its newest plan."""
        return read_first(StoredPlan, await self.rows(SQL["plan_of"], communication))

    async def begin_plan(
        self, row: Communication, plan: StoredPlan, made: Sequence[Part], people: Iterable[ChosenPerson]
    ) -> None:
        """Store a plan with parts and people, and no older ones. Raises ChangedDraft for another `row`."""
        rows = [
            (one.part, one.place, one.event_id, encode(one.data), one.chosen, one.on_boards) for one in made
        ]
        chosen = [(one.person, one.part, encode(list(one.units))) for one in people]
        async with self._database.transaction() as run:
            if not await unchanged(run, row):
                raise ChangedDraft
            await run.rows(SQL["start_plan"], plan.id, plan.communication, plan.version, plan.made_at)
            await run.rows(SQL["forget_people"], plan.id, plan.made_at - _KEPT)
            await write(run, SQL["add_parts"], rows, plan.id)
            await _write_many(run, SQL["add_people"], chosen, plan.id)

    async def lease_plan(self, now: datetime, lease: timedelta) -> StoredPlan | None:
        """Take a plan that is still to be made, for a while; None if there is none."""
        return read_first(StoredPlan, await self.rows(SQL["lease_plan"], now, now + lease))

    async def end_plan(self, plan: StoredPlan) -> None:
        """Store what a plan came to, unless it was begun anew."""
        shown = encode(plan.shown)
        await self.rows(SQL["end_plan"], plan.id, plan.state, plan.digest, plan.people, shown, plan.made_at)

    async def people(self, plan: UUID) -> Sequence[ChosenPerson]:
        return [read(ChosenPerson, row) for row in await self.rows(SQL["people"], plan)]

    async def fill_people(self, plan: UUID, fates: Sequence[Fate]) -> None:
        """Store what the dry run made of people of a plan."""
        rows = [(one.person, " ".join(one.channels), one.left_out) for one in fates]
        await _write_many(self, SQL["fill_people"], rows, plan)

    async def add_found(self, plan: UUID, found: Sequence[Part], fates: Sequence[Fate]) -> None:
        """Store the people whom nobody has chosen, with what the dry run made of them."""
        numbers = {part.event_id: part.part for part in found}
        rows = [(one.person, numbers[one.event_id], " ".join(one.channels), one.left_out) for one in fates]
        await _write_many(self, SQL["add_found"], rows, plan)

    async def plan_people(
        self, plan: UUID, places: PropertyScope, *, after: str, limit: int, left_out: bool
    ) -> Sequence[PlannedPerson]:
        """Return people of a plan by ref, of these places."""
        rows = await self.rows(SQL["plan_people"], plan, after, left_out, limit, listed(places))
        return [read(PlannedPerson, row) for row in rows]

    async def area_of(self, person: str | None, at: datetime) -> str | None:
        """Return the one area of the company in which somebody works; None of several, or of none."""
        return next((row["area"] for row in await self.rows(SQL["area_of"], person, at)), None)

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


async def _write_many(run: Runner, statement: str, rows: Sequence[tuple[object, ...]], plan: UUID) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        await write(run, statement, rows[start : start + _AT_ONCE], plan)
