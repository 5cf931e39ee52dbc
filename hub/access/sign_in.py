"""Somebody shows who he is: by a password, which may be guessed at; and changes it."""

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
    """What signing in takes."""

    accounts: AccountStore
    sessions: SessionStore
    audit: AuditStore
    passwords: Passwords
    strangers: UnknownNameLocks
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not let in; `until` when the name is locked, whoever's it is."""

    until: datetime | None = None


async def sign_in(door: SignInDeps, name: str, password: str) -> str | Refused:
    """
    Answer what the cookie of a new session holds.

    A name that nobody has, or of a disabled account, is refused in the words and the time of a wrong
    password, and locked alike. Raises StorageUnavailable.
    """
    account = await door.accounts.named(name)
    if account is None or account.disabled_at is not None:
        await door.accounts.attempt(_NOBODY, now=door.now())
        await door.passwords.matches(None, password)
        return Refused(until=_future(door.strangers.attempt(name, now=door.now()), door.now()))
    if refused := await _refused(door, account, password):
        return refused
    await _note(door, account, "sign_in")
    await door.accounts.signed_in(account.id, now=door.now())
    if door.passwords.outdated(account.password_hash):
        fresh = await door.passwords.hash(password)
        await door.accounts.rehash(account.id, old=account.password_hash, new=fresh)
    return await _begin(door, account.id)


async def sign_in_with_key(door: SignInDeps, key: str) -> str:
    """Answer what the cookie holds of who has shown HUB_API_KEY."""
    await audit.note(door.audit, who="HUB_API_KEY", action="console.sign_in", subject="console")
    return await _begin(door, None, key=key)


async def change_password(door: SignInDeps, account: Account, old: str, new: str) -> str:
    """
    Change a password, end every session of the account, and answer the cookie of a new one.

    The old one is guessed at no faster than at the door. Raises InvalidAccount, in Spanish.
    """
    if refused := await _refused(door, account, old):
        locked = " La cuenta quedó bloqueada por unos minutos." if refused.until else ""
        raise InvalidAccount(f"La contraseña actual no es correcta.{locked}")
    await door.accounts.unlock(account.id)
    if old == new:
        raise InvalidAccount("La nueva contraseña debe ser distinta de la actual.")
    require_good(new, name=account.name, display_name=account.display_name)
    await _note(door, account, "password")
    await door.accounts.set_password(account.id, await door.passwords.hash(new), must_change=False)
    return await _begin(door, account.id)


async def _refused(door: SignInDeps, account: Account, password: str) -> Refused | None:
    """Count a try, then look: a right password during a lock is as wrong as any."""
    failures = await door.accounts.attempt(account.id, now=door.now())
    if failures is None:
        await door.passwords.matches(None, password)
        locked = await door.accounts.named(account.name)
        return Refused(until=_future(locked.locked_until if locked else None, door.now()))
    if await door.passwords.matches(account.password_hash, password):
        return None
    lock = lock_after(failures)
    if lock is None:
        return Refused()
    await audit.note(
        door.audit,
        who="console",
        action="account.lock",
        subject=f"account:{account.name}",
        failures=failures,
        minutes=lock.total_seconds() / 60,
    )
    return Refused(until=door.now() + lock)


async def _begin(door: SignInDeps, account_id: UUID | None, *, key: str = "") -> str:
    now = door.now()
    await door.sessions.sweep(now=now, idle_since=now - sessions.IDLE)
    session, token = sessions.begin(account_id, key=key, now=now)
    await door.sessions.open(session)
    return token


async def _note(door: SignInDeps, account: Account, action: str) -> None:
    who = f"account:{account.name}"
    await audit.note(door.audit, who=who, action=f"account.{action}", subject=who)


def _future(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None
