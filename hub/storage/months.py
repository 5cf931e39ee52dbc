"""Months in PostgreSQL: partitions that are made ahead, and dropped when they are old."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hub.errors import StorageConflict
from hub.model.ids import earliest
from hub.model.months import EPOCH, Range, StoredMonth, months_after
from hub.storage import cases
from hub.storage.database import Runner, Store, Transaction, load

_SQL = load("months")
_KEYS: Final = {"event": "key", "message": "id", "attempt": "message_id"}
_ABOUT: Final = (
    ("audience_record", "event_key", "event"),
    ("left_out", "event_key", "event"),
    ("unreached", "event_key", "event"),
    ("clock_extension", "event_key", "event"),
    ("emergency_alert", "event_key", "event"),
    ("document_request", "event_key", "event"),
    ("given_file", "event_key", "event"),
    ("poster", "event_key", "event"),
    ("letter", "id", "message"),
    ("inbox_item", "id", "message"),
    ("ending", "message_id", "message"),
    ("recall", "by_key", "event"),
    ("reported", "message_id", "message"),
)
"""(table, its column, what the column names)"""
_LATE: Final = ("forget_messages", "forget_attempts", "forget_events")
_LABEL: Final = re.compile(r"(until_)?(\d{4})_(\d{2})")
_EVER: Final = (EPOCH, datetime(9999, 1, 1, tzinfo=UTC))
_REST: Final = "default"


class PostgresMonths(Store):
    """The MonthStore."""

    async def months(self) -> Sequence[StoredMonth]:
        return await _list(self)

    async def make(self, month: datetime) -> None:
        label, within = month.strftime("%Y_%m"), (month, months_after(month, 1))
        for table in _KEYS:
            # A transaction for each: the holder of a lock that we wait for may wait for another of ours.
            async with self._alone() as run:
                if not await _exists(run, f"{table}_{label}"):
                    await run.rows(_SQL["make"], table, label, *_ids(within))

    async def holding(self, month: StoredMonth) -> Mapping[str, int]:
        return await _holding(self, month, _EVER)

    async def drop(self, month: StoredMonth) -> Mapping[str, int]:
        if held := await self.holding(month):
            return held
        async with self._alone() as run:
            await run.rows(_SQL["close"])
            # All wait for us now: the only clock to look for is one that a late event has just started.
            if held := await _holding(run, month, (month.since, month.until)):
                return held
            await run.rows(_SQL["drop"], month.name)
        return {}

    async def forget(self, gap: Range, limit: int) -> int:
        since, until = _ids(gap)
        statements = [*(_SQL[name] for name in _LATE), *_about()]
        counts = [(await self.rows(statement, since, until, limit))[0]["n"] for statement in statements]
        for name, given in (("forget_documents", ()), ("forget_batches", (since, until))):
            [gone] = await self.rows(_SQL[name], limit, *given)
            counts.append(gone["n"])
        return sum(counts)

    async def forget_cases(self, after: str, limit: int) -> str | None:
        page = await self.rows(_SQL["case_page"], after, limit)
        if gone := [row["case_key"] for row in page if not row["alive"]]:
            async with self._database.transaction() as run:
                await cases.lock(run, dict.fromkeys(gone, True))
                for table in ("party", "case_state", "case_owner"):
                    await run.rows(_SQL["forget_cases"].format(table=table), gone)
        return page[-1]["case_key"] if page else None

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Transaction]:
        """Open a transaction that waits for no lock for long; no other process makes or drops meanwhile."""
        async with self._database.transaction() as run:
            [row] = await run.rows(_SQL["one_at_a_time"])
            if not row["ours"]:
                raise StorageConflict
            await run.rows(_SQL["patience"])
            yield run


async def _list(run: Runner) -> Sequence[StoredMonth]:
    found: defaultdict[str, dict[str, int]] = defaultdict(lambda: {"bytes": 0})
    for row in await run.rows(_SQL["list"]):
        counted = found[row["name"].removeprefix(f"{row['of']}_")]
        counted[f"{row['of']}s"] = row["rows"]
        counted["bytes"] += row["bytes"]
    # A month of which only some tables have been made is not one yet.
    whole = {label: numbers for label, numbers in found.items() if len(numbers) > len(_KEYS)}
    months = (_month(label, numbers) for label, numbers in whole.items())
    return sorted(months, key=lambda month: (month.is_rest, month.until))


async def _exists(run: Runner, name: str) -> bool:
    [row] = await run.rows(_SQL["exists"], name)
    return bool(row["there"])


async def _holding(run: Runner, month: StoredMonth, clocks: Range) -> Mapping[str, int]:
    asked = *_ids((month.since, month.until)), *_ids(clocks)
    rows = await run.rows(_SQL["holding"].format(month=month.name), *asked)
    return {row["why"]: row["n"] for row in rows if row["n"]}


def _about() -> Iterator[str]:
    for table, column, of in _ABOUT:
        yield _SQL["forget_about"].format(table=table, column=column, of=of, key=_KEYS[of])


def _ids(within: Range) -> tuple[UUID, UUID]:
    since, until = within
    return earliest(since), earliest(until)


def _month(label: str, numbers: Mapping[str, int]) -> StoredMonth:
    since, until = _range(label)
    return StoredMonth(name=label, since=since, until=until, is_rest=label == _REST, **numbers)


def _range(label: str) -> Range:
    """Read the name of a partition: a month, or all before the month in which the tables were divided."""
    if (found := _LABEL.fullmatch(label)) is None:
        return _EVER
    is_first, year, month = found.groups()
    start = datetime(int(year), int(month), 1, tzinfo=UTC)
    return (EPOCH, start) if is_first else (start, months_after(start, 1))
