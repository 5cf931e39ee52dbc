"""Evidence in PostgreSQL: sent messages, and the chain of seals."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.errors import StorageConflict
from hub.model import Attempt, Evidence
from hub.model.evidence import Call, Horizon, SaidMessage, Seal, SealedRow, StoredState
from hub.model.ids import span
from hub.model.months import StoredMonth
from hub.model.reviews import Release
from hub.model.seals import MINUTE, leaf, minute_of, seal
from hub.storage import documents
from hub.storage.database import Runner, Store, load, read, read_first
from hub.storage.messages import message_of
from hub.storage.months import PostgresMonths

_SQL = load("evidence")
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_LAST: Final = 2**63 - 1
_NOBODY: Final = UUID(int=0)
_NEAR: Final = timedelta(minutes=10)
"""The time ahead in which a minute with rows is looked for first: after an outage a whole day may wait."""
_PAGE: Final = 2000
_AT_ONCE: Final = 200
"""Rows that are sealed in a millisecond; in between, other work has its turn."""


async def last_before(run: Runner, minute: datetime) -> Seal | None:
    """Return the last seal of a minute before this one, without its leaves."""
    return read_first(Seal, await run.rows(_SQL["last_before"], minute))


class PostgresSeals(Store):
    """The chain of seals, as it grows: one seal for each minute."""

    last_before = last_before

    async def horizon(self) -> Horizon:
        [row] = await self.rows(_SQL["horizon"])
        return read(Horizon, row)

    async def stamped(self, number: int) -> Mapping[int, bytes]:
        """Return the time stamp of this seal, by its number; empty if it has none."""
        return await _stamps(self, number, number)

    async def keep_stamp(self, number: int, reply: bytes) -> None:
        """Store the authority's answer over this seal; the first one stays."""
        await self.rows(_SQL["keep_stamp"], number, reply)

    async def seal_next(self, until: datetime) -> Seal | None:
        """
        Seal the next minute that has rows and ends by `until`; None where there is none.

        Everything recorded before `until` must be visible. Raises StorageConflict while another seals.
        """
        async with self._database.transaction() as run:
            [row] = await run.rows(_SQL["one_at_a_time"])
            if not row["ours"]:
                raise StorageConflict
            return await _seal_next(run, minute_of(until))


class PostgresVersions(Store):
    """What proves a message: the wordings and documents of its text, and the seals over its calls."""

    last_before = last_before
    document = documents.content

    async def versions(self, digests: Collection[bytes]) -> Mapping[bytes, bytes]:
        """Return the packed wordings of these digests, where they are stored."""
        rows = await self.rows(_SQL["versions"], sorted(digests))
        return {row["digest"]: row["sources"] for row in rows}

    async def seals(self, after: int, limit: int) -> Sequence[Seal]:
        """Return seals with their leaves, by number, after this one."""
        return [read(Seal, row) for row in await self.rows(_SQL["seals"], after, limit)]

    async def stamps(self) -> Mapping[int, bytes]:
        """Return the authority's answers, by the number of the seal, in its order."""
        return await _stamps(self, 1, _LAST)


class PostgresEvidence(PostgresVersions):
    """All that a verifier reads: messages, the record of each, and the seals."""

    async def months(self) -> Sequence[StoredMonth]:
        """Return the months that are stored, the oldest first, the rest without a month last."""
        return await PostgresMonths(self._database).months()

    async def said(self, message_id: UUID) -> SaidMessage | None:
        """Return a message with its event and calls; None if it is not stored (any more)."""
        return (await self.said_each([message_id])).get(message_id)

    async def release(self, event_key: UUID) -> Release | None:
        """Return who released the words of an event; None of one that waited for nobody."""
        return read_first(Release, await self.rows(_SQL["release"], event_key))

    async def said_each(self, message_ids: Collection[UUID]) -> Mapping[UUID, SaidMessage]:
        """Return those of these messages that are stored, in a fixed number of statements."""
        if not message_ids:
            return {}
        asked = sorted(message_ids), *span(message_ids)
        async with self._database.snapshot() as run:
            rows = await run.rows(_SQL["messages"], *asked)
            calls = await run.rows(_SQL["calls"], *asked) if rows else []
        made: defaultdict[UUID, list[Call]] = defaultdict(list)
        for row in calls:
            made[row["message_id"]].append(call_of(row))
        return {row["id"]: said_of(row, made[row["id"]]) for row in rows}

    async def version_digests(self) -> Sequence[bytes]:
        """Return the digests of all stored versions."""
        return [row["digest"] for row in await self.rows(_SQL["version_digests"])]

    async def count_seals(self, since: datetime, until: datetime) -> int:
        """Return how many seals there are of the minutes of a period."""
        [row] = await self.rows(_SQL["count_seals"], since, until)
        return int(row["n"])

    async def recorded(
        self, since: datetime, until: datetime, after: SealedRow | None, limit: int
    ) -> Sequence[tuple[SealedRow, bytes | None]]:
        """Return rows recorded in a period, in the order of the seals, each with its kept bytes."""
        rows = await _recorded(self, "recorded_with_content", since, until, after, limit)
        return [(sealed_row(row), row["content"]) for row in rows]

    async def find_rows(self, keys: Collection[tuple[UUID, datetime]]) -> Sequence[SealedRow]:
        """Return those of these attempts that are stored, whenever they say they were recorded."""
        ids, instants = zip(*sorted(keys), strict=True)
        rows = await self.rows(_SQL["find_rows"], ids, instants, *span(ids))
        return [sealed_row(row) for row in rows]

    async def states(self, after: UUID, until: UUID, limit: int) -> Sequence[StoredState]:
        """Return messages by id, after this one and before `until`, each with its record."""
        return [read(StoredState, row) for row in await self.rows(_SQL["states"], after, until, limit)]

    async def unrecorded(
        self, since: datetime, until: datetime, limit: int
    ) -> Sequence[tuple[UUID, datetime]]:
        """Return attempts of a period, since the first seal, that state no instant of recording."""
        rows = await self.rows(_SQL["unrecorded"], since, until, limit)
        return [(row["message_id"], row["at"]) for row in rows]


async def _stamps(run: Runner, first: int, last: int) -> Mapping[int, bytes]:
    return {row["number"]: row["reply"] for row in await run.rows(_SQL["stamps"], first, last)}


async def _seal_next(run: Runner, until: datetime) -> Seal | None:
    last = await last_before(run, _EVER)
    since = _START if last is None else last.minute + MINUTE
    minute = await _first_minute(run, since, min(until, since + _NEAR)) or await _first_minute(
        run, since, until
    )
    if minute is None:
        return None
    made = seal(last, minute, await _leaves(run, since, minute + MINUTE))
    columns = made.number, made.minute, made.count, made.root, made.previous, made.digest, made.leaves
    await run.rows(_SQL["add_seal"], *columns)
    return made


async def _first_minute(run: Runner, since: datetime, until: datetime) -> datetime | None:
    [row] = await run.rows(_SQL["first_recorded"], since, until)
    return None if row["at"] is None else minute_of(row["at"])


async def _leaves(run: Runner, since: datetime, until: datetime) -> bytes:
    leaves = bytearray()
    after: SealedRow | None = None
    while page := [sealed_row(row) for row in await _recorded(run, "recorded", since, until, after, _PAGE)]:
        for start in range(0, len(page), _AT_ONCE):
            leaves += b"".join(map(leaf, page[start : start + _AT_ONCE]))
            await asyncio.sleep(0)
        after = page[-1]
    return bytes(leaves)


async def _recorded(
    run: Runner, statement: str, since: datetime, until: datetime, after: SealedRow | None, limit: int
) -> Sequence[Record]:
    from_here = (since, _NOBODY, _START) if after is None else (after.recorded_at, after.message_id, after.at)
    return await run.rows(_SQL[statement], until, *from_here, limit)


def sealed_row(row: Record) -> SealedRow:
    return read(SealedRow, row)


def said_of(row: Record, calls: Sequence[Call]) -> SaidMessage:
    return read(SaidMessage, row, message=message_of(row), calls=tuple(calls))


def call_of(row: Record) -> Call:
    evidence = None if row["digest"] is None else read(Evidence, row)
    return read(Call, row, attempt=read(Attempt, row, evidence=evidence))
