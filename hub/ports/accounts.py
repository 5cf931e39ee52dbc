"""Accounts and sessions of the console."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model import Account, CodeAttempt, Grant, SecondFactor, Session


class AccountStore(Protocol):
    """
    A company has tens of accounts, not thousands: lists are not paged.

    Every change that takes rights from an account ends its sessions in the same step. If no administrator
    of the whole company would be left, it raises LastAdministrator and changes nothing.
    """

    async def accounts(self) -> Sequence[Account]:
        """Return all accounts, sorted by name."""

    async def named(self, name: str) -> Account | None:
        """Return the account of this name."""

    async def add(self, account: Account) -> bool:
        """Store a new account; return false, and store nothing, if its name is taken."""

    async def names(self, copropiedades: Collection[str]) -> Mapping[str, str]:
        """Return id → name for those of these copropiedades that exist."""

    async def grant(self, account_id: UUID, grants: Collection[Grant]) -> None:
        """Add offices to the account; those that it has stay as they are."""

    async def take(self, account_id: UUID, grants: Collection[Grant]) -> int:
        """Remove offices; return how many of them the account had."""

    async def disable(self, account_id: UUID, *, now: datetime) -> None:
        """Refuse sign-in with this account from now on."""

    async def enable(self, account_id: UUID) -> None:
        """Allow sign-in with this account again."""

    async def unlock(self, account_id: UUID) -> None:
        """Clear its failures and its lock."""

    async def set_person(self, account_id: UUID, person: str | None) -> bool:
        """Name the account's person of the directory; return false, and change nothing, if there is none."""

    async def set_password(
        self, account_id: UUID, password_hash: str, *, must_change: bool, until: datetime | None = None
    ) -> None:
        """Set a new password, one for one use with its end, and clear its failures and its lock."""

    async def reset_password(
        self, account_id: UUID, password_hash: str, *, until: datetime, by: str, now: datetime
    ) -> None:
        """
        Set a one-time password of another person's making, in the same way, and store whose and when.

        In the same step store that the account's person is to be told, where there is one (`untold_resets`).
        """

    async def rehash(self, account_id: UUID, *, old: str, new: str) -> None:
        """Replace the hash of the same password, unless the password was changed meanwhile."""

    async def attempt(self, account_id: UUID, *, now: datetime) -> int | None:
        """
        Count a failure before the password is checked, and lock if due; return the number of failures.

        None while the account is locked. Counting in advance ensures that of a thousand simultaneous tries
        only the first few are checked. After a day without a failure it counts from 1.
        """

    async def attempt_key(self, key: bytes, *, now: datetime) -> int | None:
        """Count a failure of a key that is no account: a name that nobody has, or a device."""

    async def undo_attempt(self, account_id: UUID) -> None:
        """
        Undo one counted failure and its lock: the attempt was right, but a next step is needed.

        Only for a try that was counted: while an account is locked no try is.
        """

    async def undo_key(self, key: bytes) -> None:
        """Undo one counted failure of a key that is no account, in the same way."""

    async def key_locked_until(self, key: bytes) -> datetime | None:
        """Return the end of the key's last lock."""

    async def forget_key(self, key: bytes) -> None:
        """Clear the failures and the lock of the key."""

    async def signed_in(self, account_id: UUID, *, now: datetime) -> None:
        """Clear its failures and its lock, and store the time of the sign-in."""

    async def forget_factor(self, account_id: UUID) -> None:
        """Remove its second factor and its recovery codes, and end its sessions."""


class SessionStore(Protocol):
    async def open(self, session: Session) -> None:
        """Store a new session."""

    async def find(self, hashes: Collection[bytes]) -> tuple[Session, Account | None] | None:
        """
        Return the session with one of these hashes, and its account, which may be disabled.

        The account is current: a right removed a moment ago is already missing.
        """

    async def enabled(self, hashes: Collection[bytes]) -> Sequence[Session]:
        """Return the sessions with these hashes, without those of a disabled account; some may be over."""

    async def seen(self, session_hash: bytes, *, now: datetime) -> None:
        """Store that the session was used now."""

    async def close(self, session_hash: bytes) -> None:
        """Delete the session."""

    async def sweep(self, *, now: datetime, idle_since: datetime) -> None:
        """Delete the sessions that have ended, or were last used before `idle_since`."""


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
