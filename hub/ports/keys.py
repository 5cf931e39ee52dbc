"""Keys of systems, and the notes of who did what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.model import ApiKey, Note
from hub.ports.log import Page


class KeyStore(Protocol):
    """A hub has tens of keys, not thousands: they are read whole."""

    async def keys(self) -> Sequence[ApiKey]:
        """Answer all of them, also those that are over, newest first."""

    async def live_keys(self) -> Sequence[ApiKey]:
        """Answer those that open something now. Asked every second: one tiny query."""

    async def add(self, key: ApiKey) -> bool:
        """Keep a new key; false when a live one has its name, and then nothing is kept."""

    async def rotate(self, key: ApiKey, *, old_ends_at: datetime) -> bool:
        """
        Keep a new key beside the live ones of its name, which end then at the latest.

        False when there is none, and then nothing is kept.
        """

    async def revoke(self, named: str) -> int:
        """End the live keys of this name or prefix now; answer how many."""

    async def used(self, prefix: str) -> None:
        """Remember that it was used now, to the minute."""


class AuditStore(Protocol):
    async def add(self, note: Note) -> None:
        """Keep a note."""

    async def notes(self, *, after: str | None, limit: int, person: str | None = None) -> Page:
        """
        List them, newest first.

        Of a `person`: the notes about his data, and each version that systems told of him and of his
        memberships by events, as notes of their source.
        """
