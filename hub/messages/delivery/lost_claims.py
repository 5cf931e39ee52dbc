"""
Claims whose answer was lost: the next try uses the same token.

The database may have committed the claim. Under another token its messages would wait for the end of a lease
that nobody holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from hub.errors import StorageUnavailable

MOST: Final = 100
"""Claims that are remembered: a ticket may have gone to another process, and never come again."""


class LostClaims:
    """Their tokens, by ticket. Nothing was ever sent under one of them: the worker has had no answer."""

    def __init__(self) -> None:
        self._tokens: dict[tuple[UUID, ...], UUID] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    @contextmanager
    def token(self, ids: Sequence[UUID], fresh: UUID) -> Iterator[UUID]:
        """Yield the token for a claim of this ticket, and remember it if the claim is not answered."""
        ticket = tuple(ids)
        token = self._tokens.pop(ticket, fresh)
        try:
            yield token
        except StorageUnavailable:
            if len(self._tokens) >= MOST:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[ticket] = token
            raise
