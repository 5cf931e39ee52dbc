"""API keys, and the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.model import ApiKey, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderKeys:
    """
    The keys by which senders are judged.

    `ever_bound` and `ever_sourced` tell whether any key, ended ones too, binds a user of RabbitMQ or has a
    source: a key that ends takes from its system, and gives to nobody.
    """

    live: Sequence[ApiKey] = ()
    ever_bound: bool = False
    ever_sourced: bool = False


class KeyStore(Protocol):
    """A hub has tens of keys, not thousands: lists are not paged."""

    async def keys(self) -> Sequence[ApiKey]:
        """Return all keys, including ended ones, newest first."""

    async def live_keys(self) -> Sequence[ApiKey]:
        """Return the keys that are valid now. Called every second: one tiny query."""

    async def senders(self) -> SenderKeys:
        """Return the keys by which senders are judged now. Called every second as well."""

    async def add(self, key: ApiKey) -> bool:
        """Store a new key; return false, and store nothing, if a live key has its name."""

    async def rotate(self, key: ApiKey, *, old_ends_at: datetime) -> bool:
        """
        Store a new key beside the live keys of its name, which end at `old_ends_at` at the latest.

        Return false, and store nothing, if there is no live key of the name.
        """

    async def revoke(self, named: str) -> int:
        """End the live keys of this name or prefix now; return how many."""

    async def used(self, prefix: str) -> None:
        """Store the time of use, to the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFilter:
    """
    A filter of audit notes; None does not filter.

    `who` and `subject` are as the audit has them, or without their kind: `ana` finds `account:ana`.
    """

    who: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditStore(Protocol):
    async def add(self, note: Note) -> None:
        """Store a note."""
