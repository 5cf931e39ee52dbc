"""Second factors of accounts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import CodeAttempt, SecondFactor


class SecondFactorStore(Protocol):
    """At most one for each account. Processes share it: of two with the same code only one succeeds."""

    async def factor(self, account_id: UUID) -> SecondFactor | None:
        """Return the second factor of the account."""

    async def enrol(
        self, account_id: UUID, factor: SecondFactor, codes: Collection[bytes], *, again: bool
    ) -> bool:
        """
        Store the factor with the hashes of its recovery codes, and end the account's sessions.

        Replace another one only with `again`; else return false, and change nothing. A new one has no codes
        counted against it.
        """

    async def count_code(self, account_id: UUID, *, now: datetime) -> CodeAttempt | None:
        """
        Count a code before it is checked; None, and nothing is counted, once those of the day are used up.

        The day begins with the first of them. None, too, for an account without a second factor.
        """

    async def undo_code(self, account_id: UUID, counted: CodeAttempt) -> None:
        """Give back a code that was right: it costs nothing, and the wrong ones before it stay counted."""

    async def accept(self, account_id: UUID, step: int, *, sealed: str) -> bool:
        """Store the step of an accepted code; false if it is not later than the last one of this secret."""

    async def reseal(self, account_id: UUID, *, old: str, new: str) -> None:
        """Replace the encrypted secret, unless it was changed meanwhile."""

    async def spend(self, account_id: UUID, code: bytes) -> int | None:
        """Delete the hash of a recovery code; return how many are left, or None if there is none like it."""

    async def renew_codes(self, account_id: UUID, codes: Collection[bytes]) -> None:
        """Replace the hashes of the recovery codes."""
