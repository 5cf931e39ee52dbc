"""Sign-in with a password, protected against guessing, and the change of the password."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.access import audit, sessions
from hub.access.lockout import lock_after
from hub.access.passwords import Passwords, require_good
from hub.errors import InvalidAccount
from hub.model import Account
from hub.ports import AccountStore, AuditStore, SessionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDeps:
    """
    The dependencies of sign-in.

    `pepper` is secret, and the same in every process: a person may have typed a password as the name, and
    the database keeps only a keyed hash of it.
    """

    accounts: AccountStore
    sessions: SessionStore
    audit: AuditStore
    passwords: Passwords
    now: Callable[[], datetime]
    pepper: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """
    A refused sign-in; `until` is the end of the name's lock, for known and unknown names alike.

    `ended` is for the right one-time password, too late: who has a wrong one does not hear of it.
    """

    until: datetime | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """
    A password for a name. Without an account, or with a disabled one, nothing opens it.

    The failures of a known `device` count for themselves: others' failures do not lock it.
    """

    name: str
    password: str
    account: Account | None
    device: str | None

    def key(self, pepper: bytes) -> bytes | None:
        """Return the key under which failures are counted; None for the account's own count."""
        if self.account is not None and self.device is None:
            return None
        counted = f"{self.device or ''}\0{self.name}"
        return hmac.digest(pepper, counted.encode(errors="surrogateescape"), "sha256")


async def sign_in(deps: SignInDeps, name: str, password: str, *, device: str | None = None) -> str | Refused:
    """
    Sign in and return the cookie's value of a new session.

    An unknown name or a disabled account is refused with the words and in the time of a wrong password,
    and locked in the same way, by all processes together. `device` is a known device of this name. Raises
    StorageUnavailable.
    """
    known = await deps.accounts.named(name)
    account = None if known is None or known.disabled_at is not None else known
    attempt = _Attempt(name=name, password=password, account=account, device=device)
    refused = await _refused(deps, attempt)
    if refused is not None or account is None:
        return refused or Refused()
    if account.password_until is not None and account.password_until <= deps.now():
        return await _ended(deps, attempt, account)
    await _note(deps, account, "sign_in")
    await _succeeded(deps, attempt, account)
    if deps.passwords.outdated(account.password_hash):
        fresh = await deps.passwords.hash(password)
        await deps.accounts.rehash(account.id, old=account.password_hash, new=fresh)
    return await _begin(deps, account.id)


async def sign_in_with_key(deps: SignInDeps, key: str) -> str:
    """Open a session for a bearer of HUB_API_KEY; return the cookie's value."""
    await audit.note(deps.audit, who="HUB_API_KEY", action="console.sign_in", subject="console")
    return await _begin(deps, None, key=key)


async def change_password(
    deps: SignInDeps, account: Account, old: str, new: str, *, device: str | None = None
) -> str:
    """
    Change a password, end every session of the account, and return the cookie's value of a new one.

    Wrong old passwords count like failed sign-ins. Raises InvalidAccount, in Spanish.
    """
    attempt = _Attempt(name=account.name, password=old, account=account, device=device)
    if refused := await _refused(deps, attempt):
        locked = " La cuenta quedó bloqueada por unos minutos." if refused.until else ""
        raise InvalidAccount(f"La contraseña actual no es correcta.{locked}")
    await deps.accounts.unlock(account.id)
    if old == new:
        raise InvalidAccount("La nueva contraseña debe ser distinta de la actual.")
    await asyncio.to_thread(require_good, new, name=account.name, display_name=account.display_name)
    await _note(deps, account, "password")
    await deps.accounts.set_password(account.id, await deps.passwords.hash(new), must_change=False)
    return await _begin(deps, account.id)


async def _refused(deps: SignInDeps, attempt: _Attempt) -> Refused | None:
    """Count the attempt, then check the password: during a lock even the right one is refused."""
    kept = attempt.account.password_hash if attempt.account else None
    failures = await _count(deps, attempt)
    if failures is None:
        await _matches(deps, None, attempt)
        return Refused(until=await _locked_until(deps, attempt))
    if await _matches(deps, kept, attempt):
        return None
    lock = lock_after(failures)
    if attempt.account is not None:
        await audit.note(
            deps.audit,
            who="console",
            action="account.refused" if lock is None else "account.lock",
            subject=f"account:{attempt.account.name}",
            failures=failures,
            minutes=0 if lock is None else lock.total_seconds() / 60,
        )
    return Refused(until=None if lock is None else deps.now() + lock)


async def _count(deps: SignInDeps, attempt: _Attempt) -> int | None:
    key = attempt.key(deps.pepper)
    if key is None and attempt.account is not None:
        return await deps.accounts.attempt(attempt.account.id, now=deps.now())
    return await deps.accounts.attempt_key(key or b"", now=deps.now())


async def _locked_until(deps: SignInDeps, attempt: _Attempt) -> datetime | None:
    key = attempt.key(deps.pepper)
    if key is not None:
        return _future(await deps.accounts.key_locked_until(key), deps.now())
    locked = await deps.accounts.named(attempt.name)
    return _future(locked.locked_until if locked else None, deps.now())


async def _matches(deps: SignInDeps, kept: str | None, attempt: _Attempt) -> bool:
    return await deps.passwords.matches(kept, attempt.password, known=attempt.device is not None)


async def _ended(deps: SignInDeps, attempt: _Attempt, account: Account) -> Refused:
    # No guess: it does not count as one.
    await _forget(deps, attempt)
    if attempt.device is None:
        await deps.accounts.unlock(account.id)
    await _note(deps, account, "expired")
    return Refused(ended=True)


async def _succeeded(deps: SignInDeps, attempt: _Attempt, account: Account) -> None:
    await _forget(deps, attempt)
    await deps.accounts.signed_in(account.id, now=deps.now())


async def _forget(deps: SignInDeps, attempt: _Attempt) -> None:
    if (key := attempt.key(deps.pepper)) is not None:
        await deps.accounts.forget_key(key)


async def _begin(deps: SignInDeps, account_id: UUID | None, *, key: str = "") -> str:
    now = deps.now()
    await deps.sessions.sweep(now=now, idle_since=now - sessions.IDLE)
    session, token = sessions.begin(account_id, key=key, now=now)
    await deps.sessions.open(session)
    return token


async def _note(deps: SignInDeps, account: Account, action: str) -> None:
    who = f"account:{account.name}"
    await audit.note(deps.audit, who=who, action=f"account.{action}", subject=who)


def _future(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None
