"""Sign-in with a password, protected against guessing, and the change of the password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.access import audit, sessions
from hub.access.lockout import UnknownNameLocks, lock_after
from hub.access.passwords import Passwords, require_good
from hub.errors import InvalidAccount
from hub.model import Account
from hub.ports import AccountStore, AuditStore, SessionStore

_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInDeps:
    """The dependencies of sign-in."""

    accounts: AccountStore
    sessions: SessionStore
    audit: AuditStore
    passwords: Passwords
    strangers: UnknownNameLocks
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refused sign-in; `until` is the end of the name's lock, for known and unknown names alike."""

    until: datetime | None = None


async def sign_in(deps: SignInDeps, name: str, password: str) -> str | Refused:
    """
    Sign in and return the cookie's value of a new session.

    An unknown name or a disabled account is refused with the words and in the time of a wrong password,
    and locked in the same way. Raises StorageUnavailable.
    """
    account = await deps.accounts.named(name)
    if account is None or account.disabled_at is not None:
        await deps.accounts.attempt(_NOBODY, now=deps.now())
        await deps.passwords.matches(None, password)
        return Refused(until=_future(deps.strangers.attempt(name, now=deps.now()), deps.now()))
    if refused := await _refused(deps, account, password):
        return refused
    await _note(deps, account, "sign_in")
    await deps.accounts.signed_in(account.id, now=deps.now())
    if deps.passwords.outdated(account.password_hash):
        fresh = await deps.passwords.hash(password)
        await deps.accounts.rehash(account.id, old=account.password_hash, new=fresh)
    return await _begin(deps, account.id)


async def sign_in_with_key(deps: SignInDeps, key: str) -> str:
    """Open a session for a bearer of HUB_API_KEY; return the cookie's value."""
    await audit.note(deps.audit, who="HUB_API_KEY", action="console.sign_in", subject="console")
    return await _begin(deps, None, key=key)


async def change_password(deps: SignInDeps, account: Account, old: str, new: str) -> str:
    """
    Change a password, end every session of the account, and return the cookie's value of a new one.

    Wrong old passwords count like failed sign-ins. Raises InvalidAccount, in Spanish.
    """
    if refused := await _refused(deps, account, old):
        locked = " La cuenta quedó bloqueada por unos minutos." if refused.until else ""
        raise InvalidAccount(f"La contraseña actual no es correcta.{locked}")
    await deps.accounts.unlock(account.id)
    if old == new:
        raise InvalidAccount("La nueva contraseña debe ser distinta de la actual.")
    require_good(new, name=account.name, display_name=account.display_name)
    await _note(deps, account, "password")
    await deps.accounts.set_password(account.id, await deps.passwords.hash(new), must_change=False)
    return await _begin(deps, account.id)


async def _refused(deps: SignInDeps, account: Account, password: str) -> Refused | None:
    """Count the attempt, then check the password: during a lock even the right one is refused."""
    failures = await deps.accounts.attempt(account.id, now=deps.now())
    if failures is None:
        await deps.passwords.matches(None, password)
        locked = await deps.accounts.named(account.name)
        return Refused(until=_future(locked.locked_until if locked else None, deps.now()))
    if await deps.passwords.matches(account.password_hash, password):
        return None
    lock = lock_after(failures)
    if lock is None:
        return Refused()
    await audit.note(
        deps.audit,
        who="console",
        action="account.lock",
        subject=f"account:{account.name}",
        failures=failures,
        minutes=lock.total_seconds() / 60,
    )
    return Refused(until=deps.now() + lock)


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
