"""Enrolment of a second factor, and new recovery codes. Refusals are in Spanish."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from hub.access import attempts
from hub.access.attempts import SignInDeps
from hub.access.keyring import KeyRing, Purpose, Sealed
from hub.access.second_factor import matching_step, recovery_codes, recovery_hash
from hub.errors import InvalidAccount
from hub.model import Account, SecondFactor

WRONG: str = "El código no es correcto. Escriba el que la aplicación muestra ahora."


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """`token` is the cookie's value of the new session; `codes` are the recovery codes, shown once."""

    token: str = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)


def must_enrol(account: Account, ring: KeyRing) -> bool:
    """Return whether the account may do nothing before it has enrolled. Without HUB_SECRET it could not."""
    return bool(ring) and account.needs_second_factor and not account.second_factor


def offered(ring: KeyRing, account: Account, session_hash: bytes) -> bytes:
    """
    Return the secret that a session is offered, always the same until it enrols.

    A telephone loads the page anew when somebody comes back from the app, with the first code at hand.
    """
    return bytes.fromhex(ring.sign(Purpose.OFFER, session_hash.hex(), str(account.id)))


async def enrol(deps: SignInDeps, account: Account, secret: bytes, code: str) -> Enrolment:
    """
    Enrol this secret, or replace the one before; every session of the account ends, and a new one begins.

    The first code shows that the app has it. An account that need not enrol has given the password before.
    Raises InvalidAccount.
    """
    now = deps.now()
    step = matching_step(secret, code, now=now)
    if step is None:
        raise InvalidAccount(WRONG)
    codes = recovery_codes()
    factor = SecondFactor(
        sealed=deps.ring.seal(Sealed.SECOND_FACTOR, secret, str(account.id)),
        last_step=step,
        enrolled_at=now,
        codes_left=len(codes),
    )
    await attempts.note(deps, account, "second_factor", again=account.second_factor)
    if not await deps.factors.enrol(account.id, factor, _hashes(account, codes), again=account.second_factor):
        raise InvalidAccount("La cuenta ya tiene un segundo factor. Entre de nuevo.")
    return Enrolment(token=await attempts.begin(deps, account.id), codes=codes)


async def renew_codes(deps: SignInDeps, account: Account) -> tuple[str, ...]:
    """Make new recovery codes; those before open nothing any more. The password was given before."""
    codes = recovery_codes()
    await attempts.note(deps, account, "recovery_codes")
    await deps.factors.renew_codes(account.id, _hashes(account, codes))
    return codes


def _hashes(account: Account, codes: Collection[str]) -> list[bytes]:
    return [recovery_hash(account.id, code) for code in codes]
