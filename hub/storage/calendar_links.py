"""Links of calendars in PostgreSQL: whose each is. A token itself is never stored."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final

from hub.storage.database import Runner, load, storable

_SQL: Final = load("calendar_links")


async def make_link(run: Runner, account: str, token: str, now: datetime) -> bool:
    """Give an account a link instead of the one that it had; false if there is no such account."""
    return bool(await run.rows(_SQL["make"], storable(account), _hash(token), now))


async def forget_link(run: Runner, account: str) -> bool:
    return bool(await run.rows(_SQL["forget"], storable(account)))


async def link_made_at(run: Runner, account: str) -> datetime | None:
    rows = await run.rows(_SQL["made"], storable(account))
    return rows[0]["made_at"] if rows else None


async def account_of(run: Runner, token: str) -> str | None:
    """Return the name of the account that made this link, unless it is disabled."""
    rows = await run.rows(_SQL["whose"], _hash(token))
    return rows[0]["name"] if rows else None


def _hash(token: str) -> bytes:
    return sha256(token.encode(errors="surrogateescape")).digest()
