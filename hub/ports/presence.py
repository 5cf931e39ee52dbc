"""Presence: who of the staff has a page open now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Presence(Protocol):
    """A courtesy to colleagues. It raises nothing: while it cannot say, nobody is there."""

    async def enter(self, page: str, who: str) -> None:
        """Store that somebody has the page open; it goes by itself unless it is said again."""

    async def there(self, page: str) -> Sequence[str]:
        """Return who has the page open, by reference."""
