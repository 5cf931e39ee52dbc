"""Cancels messages that have not left."""

from __future__ import annotations

from collections import Counter
from typing import Final

from hub.ports import CancelPage, CancelResult, MessageFilter
from hub.storage.database import Store, load
from hub.storage.filters import narrow
from hub.storage.paging import OLDEST, cursor, encode_cursor

_SQL = load("cancel")
GONE: Final = _SQL["gone"]
_FIRST_FREE: Final = 6


def cancel_verdict(*, taken: str) -> str:
    """Return the expression that judges a message that waits; `taken` is the word for one that goes."""
    return _SQL["verdict"].format(taken=f"'{taken}'")


class PostgresCancel(Store):
    """The CancelStore."""

    async def cancel(
        self, narrowed: MessageFilter, *, dry_run: bool, after: str | None, limit: int
    ) -> CancelPage:
        conditions, values = narrow(narrowed, first_free=_FIRST_FREE)
        judged = cancel_verdict(taken=CancelResult.CANCELLED)
        rows = await self.rows(
            _SQL["cancel"].format(narrowed=conditions, verdict=judged, gone=GONE),
            *(narrowed.state, *cursor(after, OLDEST), limit, dry_run, *values),
        )
        last = rows[-1] if len(rows) == limit else None
        return CancelPage(
            counts=Counter((CancelResult(row["verdict"]), row["channel"], row["reason"]) for row in rows),
            next=None if last is None else encode_cursor(last["created_at"], last["id"]),
        )
