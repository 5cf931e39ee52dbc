"""Second factors of accounts in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hub.access.lockout import CODES, CODES_WITHIN
from hub.model import CodeAttempt, SecondFactor
from hub.testing.accounts import MemoryAccounts


class MemorySecondFactors:
    """`hub.ports.SecondFactorStore` of the accounts in memory."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._accounts = accounts

    async def factor(self, account_id: UUID) -> SecondFactor | None:
        factor = self._accounts.factors.get(account_id)
        return factor and replace(factor, codes_left=len(self._accounts.recovery_codes[account_id]))

    async def enrol(
        self, account_id: UUID, factor: SecondFactor, codes: Collection[bytes], *, again: bool
    ) -> bool:
        if account_id in self._accounts.factors and not again:
            return False
        await self.renew_codes(account_id, codes)
        self._accounts.set_factor(account_id, factor)
        return True

    async def accept(self, account_id: UUID, step: int, *, sealed: str) -> bool:
        factor = self._accounts.factors.get(account_id)
        if factor is None or factor.sealed != sealed or factor.last_step >= step:
            return False
        self._accounts.factors[account_id] = replace(factor, last_step=step)
        return True

    async def count_code(self, account_id: UUID, *, now: datetime) -> CodeAttempt | None:
        factor = self._accounts.factors.get(account_id)
        if factor is None:
            return None
        today = factor.since is not None and factor.since > now - CODES_WITHIN
        if today and factor.tries >= CODES:
            return None
        counted = CodeAttempt(
            tries=factor.tries + 1 if today else 1, since=factor.since if today and factor.since else now
        )
        self._accounts.factors[account_id] = replace(factor, tries=counted.tries, since=counted.since)
        return counted

    async def undo_code(self, account_id: UUID, counted: CodeAttempt) -> None:
        factor = self._accounts.factors.get(account_id)
        if factor is not None and factor.since == counted.since and factor.tries > 0:
            tries = factor.tries - 1
            self._accounts.factors[account_id] = replace(
                factor, tries=tries, since=factor.since if tries else None
            )

    async def reseal(self, account_id: UUID, *, old: str, new: str) -> None:
        factor = self._accounts.factors.get(account_id)
        if factor is not None and factor.sealed == old:
            self._accounts.factors[account_id] = replace(factor, sealed=new)

    async def spend(self, account_id: UUID, code: bytes) -> int | None:
        codes = self._accounts.recovery_codes.get(account_id, set())
        if code not in codes:
            return None
        codes.remove(code)
        return len(codes)

    async def renew_codes(self, account_id: UUID, codes: Collection[bytes]) -> None:
        self._accounts.recovery_codes[account_id] = set(codes)
