"""Sends failed messages again."""

from __future__ import annotations

from collections import Counter
from typing import Final

from hub.model import Lane
from hub.model.tickets import grouped
from hub.ports import MessageFilter, RedrivenPage, RedriveResult
from hub.storage.database import Store, load
from hub.storage.filters import narrow
from hub.storage.paging import OLDEST, cursor, encode_cursor

_SQL = load("redrive")
AGAIN: Final = _SQL["again"]
_FIRST_FREE: Final = 7


def verdict(*, anyway: str, chosen: str) -> str:
    """Return the expression that judges a row of `found`, a message that is lost."""
    return _SQL["verdict"].format(anyway=anyway, chosen=chosen)


class PostgresRedrive(Store):
    """The RedriveStore."""

    async def redrive(
        self, narrowed: MessageFilter, *, include_notified: bool, dry_run: bool, after: str | None, limit: int
    ) -> RedrivenPage:
        conditions, values = narrow(narrowed, first_free=_FIRST_FREE)
        judged = verdict(anyway="$5::boolean", chosen=f"other.state = $1 AND {conditions}")
        rows = await self.rows(
            _SQL["redrive"].format(narrowed=conditions, verdict=judged, again=AGAIN),
            *(narrowed.state, *cursor(after, OLDEST), limit, include_notified, dry_run, *values),
        )
        taken = [row for row in rows if row["verdict"] == RedriveResult.TAKEN and not dry_run]
        last = rows[-1] if len(rows) == limit else None
        return RedrivenPage(
            tickets=grouped((row["id"], row["channel"], Lane(row["lane"])) for row in taken),
            counts=Counter((RedriveResult(row["verdict"]), row["channel"], row["reason"]) for row in rows),
            next=None if last is None else encode_cursor(last["created_at"], last["id"]),
        )
