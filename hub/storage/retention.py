"""The retention in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from hub.model.ids import earliest, span
from hub.model.months import EPOCH
from hub.model.retention import DataKind
from hub.people.erasing import without_inline
from hub.storage.database import Store, Transaction, encode, load

_SQL = load("retention")
_ERASING: Final = load("erasures")
_PAGE: Final = 5000
_BY_STATEMENT: Final[Mapping[DataKind, str]] = {
    DataKind.REPLIES: "replies",
    DataKind.COMMENTS: "comments",
    DataKind.DOCUMENTS: "documents",
    DataKind.DEAD_LETTERS: "dead_letters",
    DataKind.SIGN_INS: "sign_ins",
    DataKind.AUDIT: "audit",
}
"""Kinds that one statement finds and erases: an erased row is not found again."""
_MESSAGES: Final = (DataKind.TEXTS, DataKind.LEGAL)
_EVER: Final = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
_SEVERAL: Final = 10_000_000
"""As far as a kind is counted."""


class PostgresRetention(Store):
    async def count(self, kind: DataKind, before: datetime) -> int:
        """Count the rows of the kind that are too old, without those that an open case or a duty needs."""
        if kind in _BY_STATEMENT:
            [row] = await self.rows(_SQL[_BY_STATEMENT[kind]], before, _SEVERAL, False)
            return int(row["n"])
        found, after = 0, ""
        while True:
            rows, cursor = await self._page(kind, before, after, _PAGE)
            found += len(rows)
            if cursor is None:
                return found
            after = cursor

    async def erase(self, kind: DataKind, before: datetime, after: str, limit: int) -> tuple[int, str | None]:
        """
        Erase the old ones of the next `limit` rows after a cursor; '' is the beginning.

        Return their number, and the next cursor; None at the end. May be repeated.
        """
        if kind in _BY_STATEMENT:
            [row] = await self.rows(_SQL[_BY_STATEMENT[kind]], before, limit, True)
            if kind is DataKind.DOCUMENTS:
                await self.rows(_SQL["forget_documents"])
            return int(row["n"]), "more" if row["n"] >= limit else None
        rows, cursor = await self._page(kind, before, after, limit)
        if rows and kind in _MESSAGES:
            await self._erase_messages([row["id"] for row in rows])
        elif rows:
            await self._erase_contacts(rows)
        return len(rows), cursor

    async def _page(
        self, kind: DataKind, before: datetime, after: str, limit: int
    ) -> tuple[Sequence[Record], str | None]:
        """Return the rows of the next page that are too old, and the cursor after it."""
        if kind is DataKind.CONTACTS:
            rows = await self.rows(_SQL["contacts"], before, after, limit)
            # The last case may go on on the next page: its erased rows are not found again.
            return rows, rows[-1]["case_key"] if len(rows) == limit else None
        start = UUID(after) if after else earliest(EPOCH)
        is_legal = kind is DataKind.LEGAL
        page = await self.rows(_SQL["too_old_messages"], start, earliest(before), limit, is_legal)
        cursor = str(page[-1]["id"]) if len(page) == limit else None
        return [row for row in page if row["too_old"]], cursor

    async def _erase_messages(self, ids: Sequence[UUID]) -> None:
        """As of a person who is erased; these are too old to be kept for any law."""
        await self.rows(_ERASING["erase_messages"], sorted(ids), *span(ids), _EVER, [])

    async def _erase_contacts(self, rows: Sequence[Record]) -> None:
        """Erase the people of these cases whom events named without a reference."""
        cases = sorted({row["case_key"] for row in rows})
        async with self._database.transaction() as run:
            for row in rows:
                left = without_inline(row["recipients"])
                await run.rows(_SQL["put_party"], row["case_key"], row["who"], encode(left))
            await _erase_from_events(run, cases)


async def _erase_from_events(run: Transaction, cases: Sequence[str]) -> None:
    changed = []
    for row in await run.rows(_SQL["events_of_cases"], cases):
        left = without_inline(row["data"])
        if left != row["data"]:
            await run.rows(_SQL["put_event"], row["key"], encode(left))
            changed.append(row["key"])
    if changed:
        await run.rows(_ERASING["strip_facts"], changed)
