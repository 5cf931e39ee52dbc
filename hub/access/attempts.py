"""Attempts to sign in: counted before they are checked, by all processes together, and locked."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.access import audit, sessions
from hub.access.keyring import KeyRing
from hub.access.lockout import lock_after
from hub.access.passwords import Passwords
from hub.model import Account, Json, actors
from hub.ports import AccountStore, AuditStore, SecondFactorStore, SessionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDeps:
    """
    The dependencies of sign-in.

    `pepper` is secret, and the same in every process: a person may have typed a password as the name, and
    the database keeps only a keyed hash of it. Without keys in the `ring` there is no second factor.
    """

    accounts: AccountStore
    sessions: SessionStore
    factors: SecondFactorStore
    audit: AuditStore
    passwords: Passwords
    ring: KeyRing
    now: Callable[[], datetime]
    pepper: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """
    A refused sign-in; `until` is the end of the name's lock, for known and unknown names alike.

    `ended` is for the right one-time password, too late: who has a wrong one does not hear of it. `used_up`
    is for codes: those of the day are, and none is accepted before `until`.
    """

    until: datetime | None = None
    ended: bool = False
    used_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """
    A password or a code for a name. Without an account, or with a disabled one, nothing opens it.

    The failures of a known `device` count for themselves: others' failures do not lock it. Those of `codes`
    do, too: whoever may replace or unlock a password would else buy guesses at the code with it.
    """

    name: str
    account: Account | None
    device: str | None
    codes: bool = False

    def key(self, pepper: bytes) -> bytes | None:
        """Return the key under which failures are counted; None for the account's own count."""
        if self.account is not None and self.device is None and not self.codes:
            return None
        # No device is named so: no name that a stranger types counts against the codes of an account.
        counted = f"{'codes' * self.codes}{self.device or ''}\0{self.name}"
        return hmac.digest(pepper, counted.encode(errors="surrogateescape"), "sha256")


async def count(deps: SignInDeps, attempt: Attempt) -> int | None:
    """Count the attempt as a failure; None during a lock, which refuses even a right password."""
    key = attempt.key(deps.pepper)
    if key is None and attempt.account is not None:
        return await deps.accounts.attempt(attempt.account.id, now=deps.now())
    return await deps.accounts.attempt_key(key or b"", now=deps.now())


async def undo(deps: SignInDeps, attempt: Attempt) -> None:
    """Take back an attempt that `count` counted: it was right, but more is needed."""
    key = attempt.key(deps.pepper)
    if key is not None:
        await deps.accounts.undo_key(key)
    elif attempt.account is not None:
        await deps.accounts.undo_attempt(attempt.account.id)


async def forget(deps: SignInDeps, attempt: Attempt, account: Account) -> None:
    """Forget these failures: the right password of somebody who is inside, or the right code, followed."""
    key = attempt.key(deps.pepper)
    if key is None:
        await deps.accounts.unlock(account.id)
    else:
        await deps.accounts.forget_key(key)


async def clear(deps: SignInDeps, attempt: Attempt, account: Account) -> None:
    """Forget the failures: this is the one who may sign in."""
    key = attempt.key(deps.pepper)
    if key is not None:
        await deps.accounts.forget_key(key)
    await deps.accounts.signed_in(account.id, now=deps.now())


async def locked(deps: SignInDeps, attempt: Attempt) -> Refused:
    """Return the refusal during a lock."""
    key = attempt.key(deps.pepper)
    if key is not None:
        return Refused(until=_future(await deps.accounts.key_locked_until(key), deps.now()))
    account = await deps.accounts.named(attempt.name)
    return Refused(until=_future(account.locked_until if account else None, deps.now()))


async def failed(deps: SignInDeps, attempt: Attempt, failures: int, **detail: Json) -> Refused:
    """Audit the failure of an account, and return the refusal, with the lock that begins now."""
    lock = lock_after(failures)
    if attempt.account is not None:
        await audit.note(
            deps.audit,
            who=actors.CONSOLE,
            action="account.refused" if lock is None else "account.lock",
            subject=actors.of_account(attempt.account.name),
            failures=failures,
            minutes=0 if lock is None else lock.total_seconds() / 60,
            **detail,
        )
    return Refused(until=None if lock is None else deps.now() + lock)


async def begin(deps: SignInDeps, account_id: UUID | None, *, key: str = "", pending: bool = False) -> str:
    """Open a session, or with `pending` one that only waits for a code; return its cookie's value."""
    now = deps.now()
    await deps.sessions.sweep(now=now, idle_since=now - sessions.IDLE)
    session, token = sessions.begin(account_id, key=key, pending=pending, now=now)
    await deps.sessions.open(session)
    return token


async def note(deps: SignInDeps, account: Account, action: str, **detail: Json) -> None:
    """Audit what the account does."""
    who = actors.of_account(account.name)
    await audit.note(deps.audit, who=who, action=f"account.{action}", subject=who, **detail)


def _future(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None
