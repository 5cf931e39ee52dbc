"""Resets of passwords of which the account's person is still to be told."""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import AccountReset
from hub.storage.database import Runner, load, read, write

_SQL = load("accounts")


async def untold(run: Runner, limit: int) -> Sequence[AccountReset]:
    return [read(AccountReset, row) for row in await run.rows(_SQL["untold_resets"], limit)]


async def mark_told(run: Runner, resets: Sequence[AccountReset]) -> None:
    await write(run, _SQL["mark_told"], sorted((reset.account_id, reset.at) for reset in resets))
