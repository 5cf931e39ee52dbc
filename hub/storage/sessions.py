"""Sessions of the console as rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from hub.model import Account, Session
from hub.storage.accounts import read_account
from hub.storage.database import Database
from hub.storage.queries import load

_SQL = load("accounts")


class PostgresSessions:
    """The SessionStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, session: Session) -> None:
        """Keep a new session."""
        times = session.created_at, session.seen_at, session.ends_at
        await self._database.rows(_SQL["open_session"], session.hash, session.account_id, *times)

    async def find(self, hashes: Collection[bytes]) -> tuple[Session, Account | None] | None:
        """Answer the session of one of these hashes with its account."""
        rows = await self._database.rows(_SQL["find_session"], list(hashes))
        if not rows:
            return None
        (row,) = rows
        session = Session(
            hash=row["hash"],
            account_id=row["id"],
            created_at=row["began_at"],
            seen_at=row["seen_at"],
            ends_at=row["ends_at"],
        )
        return session, None if row["id"] is None else read_account(row)

    async def seen(self, session_hash: bytes, *, now: datetime) -> None:
        """Remember that it was used."""
        await self._database.rows(_SQL["see_session"], session_hash, now)

    async def close(self, session_hash: bytes) -> None:
        """Forget it."""
        await self._database.rows(_SQL["close_session"], session_hash)

    async def sweep(self, *, now: datetime, idle_since: datetime) -> None:
        """Forget those that are over."""
        await self._database.rows(_SQL["sweep_sessions"], now, idle_since)
