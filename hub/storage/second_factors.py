"""Second factors of accounts as rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hub.access.lockout import CODES, CODES_WITHIN
from hub.model import CodeAttempt, SecondFactor
from hub.storage.database import Store, load, read

_SQL = load("second_factors")


class PostgresSecondFactors(Store):
    """The SecondFactorStore."""

    async def factor(self, account_id: UUID) -> SecondFactor | None:
        rows = await self.rows(_SQL["factor"], account_id)
        return read(SecondFactor, rows[0]) if rows else None

    async def enrol(
        self, account_id: UUID, factor: SecondFactor, codes: Collection[bytes], *, again: bool
    ) -> bool:
        columns = factor.sealed, factor.last_step, factor.enrolled_at
        async with self._database.transaction() as transaction:
            if not await transaction.rows(_SQL["enrol"], account_id, *columns, again):
                return False
            await transaction.rows(_SQL["forget_codes"], account_id)
            await transaction.rows(_SQL["add_codes"], account_id, list(codes))
            await transaction.rows(_SQL["end_sessions"], account_id)
        return True

    async def accept(self, account_id: UUID, step: int, *, sealed: str) -> bool:
        return bool(await self.rows(_SQL["accept"], account_id, step, sealed))

    async def count_code(self, account_id: UUID, *, now: datetime) -> CodeAttempt | None:
        rows = await self.rows(_SQL["count_code"], account_id, now, CODES, CODES_WITHIN)
        return read(CodeAttempt, rows[0]) if rows else None

    async def undo_code(self, account_id: UUID, counted: CodeAttempt) -> None:
        await self.rows(_SQL["undo_code"], account_id, counted.since)

    async def reseal(self, account_id: UUID, *, old: str, new: str) -> None:
        await self.rows(_SQL["reseal"], account_id, old, new)

    async def spend(self, account_id: UUID, code: bytes) -> int | None:
        spent = await self.rows(_SQL["spend"], account_id, code)
        factor = await self.factor(account_id) if spent else None
        return factor.codes_left if factor else None

    async def renew_codes(self, account_id: UUID, codes: Collection[bytes]) -> None:
        async with self._database.transaction() as transaction:
            await transaction.rows(_SQL["forget_codes"], account_id)
            await transaction.rows(_SQL["add_codes"], account_id, list(codes))
