"""Who may sign in to the console, and who is signed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Account, Grant, Session


class AccountStore(Protocol):
    """
    A company has tens of accounts, not thousands: they are read whole.

    Whatever takes something away from an account ends its sessions in the same step. Raises
    LastAdministrator, and changes nothing, where nobody would be left who gives accounts everywhere.
    """

    async def accounts(self) -> Sequence[Account]:
        """Answer all of them, by name."""

    async def named(self, name: str) -> Account | None:
        """Answer the account of this name."""

    async def add(self, account: Account) -> bool:
        """Keep a new account; false when its name is taken, and then nothing is kept."""

    async def names(self, copropiedades: Collection[str]) -> Mapping[str, str]:
        """Answer id → name of those of these copropiedades that there are."""

    async def grant(self, account_id: UUID, grants: Collection[Grant]) -> None:
        """Give offices; what it has already stays as it is."""

    async def take(self, account_id: UUID, grants: Collection[Grant]) -> int:
        """Take offices away; answer how many it had."""

    async def disable(self, account_id: UUID, *, now: datetime) -> None:
        """Let nobody in with it any more."""

    async def enable(self, account_id: UUID) -> None:
        """Let it in again."""

    async def unlock(self, account_id: UUID) -> None:
        """Forget its failures and its lock."""

    async def set_password(self, account_id: UUID, password_hash: str, *, must_change: bool) -> None:
        """Give it another password, and forget its failures and its lock."""

    async def rehash(self, account_id: UUID, *, old: str, new: str) -> None:
        """Keep another hash of the same password, unless it was changed meanwhile."""

    async def attempt(self, account_id: UUID, *, now: datetime) -> int | None:
        """
        Count a failure in advance, with the lock that follows of it; answer how many there are now.

        None while it is locked. In advance, because of a thousand tries at once none but the first few
        may be looked at.
        """

    async def signed_in(self, account_id: UUID, *, now: datetime) -> None:
        """Forget its failures and its lock, and remember when it was."""


class SessionStore(Protocol):
    async def open(self, session: Session) -> None:
        """Keep a new session."""

    async def find(self, hashes: Collection[bytes]) -> tuple[Session, Account | None] | None:
        """
        Answer the session of one of these hashes with its account, which may be disabled.

        The account as it is now: what was taken a moment ago is gone.
        """

    async def seen(self, session_hash: bytes, *, now: datetime) -> None:
        """Remember that it was used."""

    async def close(self, session_hash: bytes) -> None:
        """Forget it."""

    async def sweep(self, *, now: datetime, idle_since: datetime) -> None:
        """Forget those that are over, or were not seen since."""
