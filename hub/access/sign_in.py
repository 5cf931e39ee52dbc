"""Sign-in with a password and a code, protected against guessing, and the change of the password."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from hub.access import attempts, audit
from hub.access.attempts import Attempt, Refused, SignInDeps
from hub.access.keyring import Sealed
from hub.access.lockout import CODES, CODES_WITHIN
from hub.access.passwords import require_good
from hub.access.second_factor import is_time_code, matching_step, recovery_hash
from hub.errors import InvalidAccount
from hub.model import Account, CodeAttempt
from hub.model.actors import BOOTSTRAP


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """
    The password was right; `token` is the cookie's value of the sign-in that waits for the code. It opens
    nothing.
    """

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAccepted:
    """`token` is the cookie's value of the new session; `codes_left` is told after a recovery code."""

    token: str = field(repr=False)
    codes_left: int | None = None


@dataclass(frozen=True, slots=True)
class _Accepted:
    codes_left: int | None = None


async def sign_in(
    deps: SignInDeps, name: str, password: str, *, device: str | None = None
) -> str | PendingSignIn | Refused:
    """
    Sign in and return the cookie's value of a new session.

    An unknown name or a disabled account is refused with the words and in the time of a wrong password,
    and locked in the same way, by all processes together. `device` is a known device of this name. Raises
    StorageUnavailable.
    """
    known = await deps.accounts.named(name)
    account = None if known is None or known.disabled_at is not None else known
    attempt = Attempt(name=name, account=account, device=device)
    refused = await _check_password(deps, attempt, password)
    if refused is not None or account is None:
        return refused or Refused()
    if account.password_until is not None and account.password_until <= deps.now():
        return await _ended(deps, attempt, account)
    if deps.passwords.outdated(account.password_hash):
        fresh = await deps.passwords.hash(password)
        await deps.accounts.rehash(account.id, old=account.password_hash, new=fresh)
    if account.second_factor:
        # The password alone clears nothing: neither the wrong ones before it nor the wrong codes.
        await attempts.undo(deps, attempt)
        return PendingSignIn(token=await attempts.begin(deps, account.id, pending=True))
    await attempts.note(deps, account, "sign_in")
    await attempts.clear(deps, attempt, account)
    return await attempts.begin(deps, account.id)


async def enter_code(
    deps: SignInDeps, account: Account, given: str, *, device: str | None = None
) -> CodeAccepted | Refused:
    """
    Sign in with the code that follows the password: an app's, or a recovery code, which is spent.

    Wrong and repeated codes lock like wrong passwords, but for themselves, and each is one of the account's
    codes of the day. Raises StorageUnavailable.
    """
    password = Attempt(name=account.name, account=account, device=device)
    attempt = replace(password, codes=True)
    failures = await attempts.count(deps, attempt)
    if failures is None:
        return await attempts.locked(deps, attempt)
    counted = await deps.factors.count_code(account.id, now=deps.now())
    if counted is None:
        await attempts.undo(deps, attempt)
        return await _used_up(deps, account)
    accepted = await _accept(deps, account, given)
    if accepted is None:
        refused = await attempts.failed(deps, attempt, failures, what="code")
        return await _last_code(deps, account, counted) if counted.tries >= CODES else refused
    await deps.factors.undo_code(account.id, counted)
    await attempts.note(deps, account, "sign_in")
    await attempts.forget(deps, attempt, account)
    await attempts.clear(deps, password, account)
    token = await attempts.begin(deps, account.id)
    return CodeAccepted(token=token, codes_left=accepted.codes_left)


async def sign_in_with_key(deps: SignInDeps, key: str) -> str:
    """Open a session for a bearer of HUB_API_KEY; return the cookie's value."""
    await audit.note(deps.audit, who=BOOTSTRAP, action="console.sign_in", subject="console")
    return await attempts.begin(deps, None, key=key)


async def change_password(
    deps: SignInDeps, account: Account, old: str, new: str, *, device: str | None = None
) -> str:
    """
    Change a password, end every session of the account, and return the cookie's value of a new one.

    Wrong old passwords count like failed sign-ins. Raises InvalidAccount, in Spanish.
    """
    await require_password(deps, account, old, device=device)
    if old == new:
        raise InvalidAccount("La nueva contraseña debe ser distinta de la actual.")
    await asyncio.to_thread(require_good, new, name=account.name, display_name=account.display_name)
    await attempts.note(deps, account, "password")
    await deps.accounts.set_password(account.id, await deps.passwords.hash(new), must_change=False)
    return await attempts.begin(deps, account.id)


async def require_password(
    deps: SignInDeps, account: Account, password: str, *, device: str | None = None
) -> None:
    """Raise InvalidAccount, in Spanish, for a wrong password, which counts like a failed sign-in."""
    attempt = Attempt(name=account.name, account=account, device=device)
    if refused := await _check_password(deps, attempt, password):
        words = " La cuenta quedó bloqueada por unos minutos." if refused.until else ""
        raise InvalidAccount(f"La contraseña actual no es correcta.{words}")
    await attempts.forget(deps, attempt, account)


async def _check_password(deps: SignInDeps, attempt: Attempt, password: str) -> Refused | None:
    """Count the attempt, then check the password: during a lock even the right one is refused."""
    kept = attempt.account.password_hash if attempt.account else None
    failures = await attempts.count(deps, attempt)
    matches = await deps.passwords.matches(
        None if failures is None else kept, password, known=attempt.device is not None
    )
    if failures is None:
        return await attempts.locked(deps, attempt)
    return None if matches else await attempts.failed(deps, attempt, failures)


async def _accept(deps: SignInDeps, account: Account, given: str) -> _Accepted | None:
    if is_time_code(given):
        return _Accepted() if await _accept_time_code(deps, account, given) else None
    left = await deps.factors.spend(account.id, recovery_hash(account.id, given))
    if left is None:
        return None
    await attempts.note(deps, account, "recovery_code", left=left)
    return _Accepted(left)


async def _last_code(deps: SignInDeps, account: Account, counted: CodeAttempt) -> Refused:
    until = counted.since + CODES_WITHIN
    await attempts.note(deps, account, "codes_used_up", failures=counted.tries, ends_at=until.isoformat())
    return Refused(until=until, used_up=True)


async def _used_up(deps: SignInDeps, account: Account) -> Refused:
    factor = await deps.factors.factor(account.id)
    # Its second factor was removed between the password and the code: there is no code that would open it.
    if factor is None or factor.since is None:
        return Refused()
    return Refused(until=factor.since + CODES_WITHIN, used_up=True)


async def _ended(deps: SignInDeps, attempt: Attempt, account: Account) -> Refused:
    # No guess: it does not count as one.
    await attempts.forget(deps, attempt, account)
    await attempts.note(deps, account, "expired")
    return Refused(ended=True)


async def _accept_time_code(deps: SignInDeps, account: Account, given: str) -> bool:
    factor = await deps.factors.factor(account.id)
    if factor is None:
        return False
    secret = deps.ring.unseal(Sealed.SECOND_FACTOR, factor.sealed, str(account.id))
    step = None if secret is None else matching_step(secret, given, now=deps.now())
    if secret is None or step is None:
        return False
    if not await deps.factors.accept(account.id, step, sealed=factor.sealed):
        return False
    if not deps.ring.is_current(factor.sealed):
        fresh = deps.ring.seal(Sealed.SECOND_FACTOR, secret, str(account.id))
        await deps.factors.reseal(account.id, old=factor.sealed, new=fresh)
    return True
