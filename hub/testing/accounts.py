"""Accounts of the console and their sessions in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.access.lockout import CODES, CODES_WITHIN, FORGOTTEN_AFTER, lock_after
from hub.errors import LastAdministrator
from hub.model import EVERYWHERE, Account, AccountReset, CodeAttempt, Grant, Office, SecondFactor, Session
from hub.testing.faults import Faults
from hub.testing.store import MemoryStore

_ALL = Grant(office=Office.ADMINISTRATOR, copropiedad_id=EVERYWHERE)


@dataclass(frozen=True, slots=True)
class _Count:
    failures: int = 0
    locked_until: datetime | None = None
    failed_at: datetime | None = None


class MemoryAccounts:
    """
    `hub.ports.AccountStore` and `hub.ports.SessionStore`.

    `faults` applies to `named`, `find` and `reset_password`.
    """

    def __init__(self, store: MemoryStore) -> None:
        self.faults = Faults()
        self.sessions: dict[bytes, Session] = {}
        self.factors: dict[UUID, SecondFactor] = {}
        self.recovery_codes: dict[UUID, set[bytes]] = {}
        self._store = store
        self._accounts: dict[UUID, Account] = {}
        self._counts: dict[UUID, _Count] = {}
        self._keys: dict[bytes, _Count] = {}

    async def accounts(self) -> Sequence[Account]:
        return sorted(self._accounts.values(), key=lambda account: account.name)

    async def named(self, name: str) -> Account | None:
        self.faults.meet("named")
        return next((account for account in self._accounts.values() if account.name == name), None)

    async def add(self, account: Account) -> bool:
        if await self.named(account.name):
            return False
        self._accounts[account.id] = replace(account, grants=())
        await self.grant(account.id, account.grants)
        return True

    async def names(self, copropiedades: Collection[str]) -> Mapping[str, str]:
        directory = self._store.tables.directory
        found = {
            copropiedad: directory.text("copropiedad", copropiedad, "name") for copropiedad in copropiedades
        }
        return {copropiedad_id: name for copropiedad_id, name in found.items() if name is not None}

    async def grant(self, account_id: UUID, grants: Collection[Grant]) -> None:
        self._set(account_id, grants=_sorted({*self._accounts[account_id].grants, *grants}))

    async def take(self, account_id: UUID, grants: Collection[Grant]) -> int:
        had = set(self._accounts[account_id].grants)
        self._reduce_rights(account_id, grants=_sorted(had - set(grants)))
        return len(had & set(grants))

    async def disable(self, account_id: UUID, *, now: datetime) -> None:
        self._reduce_rights(account_id, disabled_at=self._accounts[account_id].disabled_at or now)

    async def enable(self, account_id: UUID) -> None:
        self._set(account_id, disabled_at=None)

    async def unlock(self, account_id: UUID) -> None:
        self._set(account_id, failures=0, locked_until=None)

    async def set_person(self, account_id: UUID, person: str | None) -> bool:
        if person is not None and not self._store.tables.directory.knows(person):
            return False
        self._set(account_id, person=person)
        return True

    async def set_password(
        self, account_id: UUID, password_hash: str, *, must_change: bool, until: datetime | None = None
    ) -> None:
        self._set(account_id, password_hash=password_hash, must_change=must_change, password_until=until)
        await self.unlock(account_id)
        self._end(account_id)

    async def reset_password(
        self, account_id: UUID, password_hash: str, *, until: datetime, by: str, now: datetime
    ) -> None:
        self.faults.meet("reset_password")
        await self.set_password(account_id, password_hash, must_change=True, until=until)
        self._set(account_id, reset_at=now, reset_by=by)
        account = self._accounts[account_id]
        if account.person is not None:
            self._store.tables.untold_resets[account_id, now] = AccountReset(
                account_id=account_id,
                account=account.name,
                person=account.person,
                at=now,
                by=by,
                until=until,
            )

    async def rehash(self, account_id: UUID, *, old: str, new: str) -> None:
        if self._accounts[account_id].password_hash == old:
            self._set(account_id, password_hash=new)

    async def attempt(self, account_id: UUID, *, now: datetime) -> int | None:
        account, count = self._accounts.get(account_id), self._counts.get(account_id, _Count())
        if account is None:
            return None
        known = _Count(account.failures, account.locked_until, count.failed_at)
        counted = _counted(known, now)
        if counted is None:
            return None
        self._counts[account_id] = counted
        self._set(account_id, failures=counted.failures, locked_until=counted.locked_until)
        return counted.failures

    async def attempt_key(self, key: bytes, *, now: datetime) -> int | None:
        counted = _counted(self._keys.get(key, _Count()), now)
        if counted is None:
            return None
        self._keys[key] = counted
        return counted.failures

    async def undo_attempt(self, account_id: UUID) -> None:
        failures = self._accounts[account_id].failures
        self._set(account_id, failures=max(failures - 1, 0), locked_until=None)

    async def undo_key(self, key: bytes) -> None:
        if (count := self._keys.get(key)) is not None:
            self._keys[key] = _Count(max(count.failures - 1, 0), None, count.failed_at)

    async def key_locked_until(self, key: bytes) -> datetime | None:
        return self._keys.get(key, _Count()).locked_until

    async def forget_key(self, key: bytes) -> None:
        self._keys.pop(key, None)

    async def signed_in(self, account_id: UUID, *, now: datetime) -> None:
        self._set(account_id, failures=0, locked_until=None, signed_in_at=now)

    async def forget_factor(self, account_id: UUID) -> None:
        self.recovery_codes.pop(account_id, None)
        self.set_factor(account_id, None)

    def set_factor(self, account_id: UUID, factor: SecondFactor | None) -> None:
        """Store or remove a second factor, and end the sessions; for MemorySecondFactors."""
        self.factors.pop(account_id, None)
        if factor is not None:
            self.factors[account_id] = factor
        self._set(account_id, second_factor=factor is not None)
        self._end(account_id)

    async def open(self, session: Session) -> None:
        self.sessions[session.hash] = session

    async def find(self, hashes: Collection[bytes]) -> tuple[Session, Account | None] | None:
        self.faults.meet("find")
        session = next((self.sessions[hashe] for hashe in hashes if hashe in self.sessions), None)
        if session is None:
            return None
        return session, None if session.account_id is None else self._accounts[session.account_id]

    async def enabled(self, hashes: Collection[bytes]) -> Sequence[Session]:
        kept = [self.sessions[key] for key in hashes if key in self.sessions]
        return [
            one for one in kept if one.account_id is None or not self._accounts[one.account_id].disabled_at
        ]

    async def seen(self, session_hash: bytes, *, now: datetime) -> None:
        session = self.sessions.get(session_hash)
        if session is not None and session.seen_at < now:
            self.sessions[session_hash] = replace(session, seen_at=now)

    async def close(self, session_hash: bytes) -> None:
        self.sessions.pop(session_hash, None)

    async def sweep(self, *, now: datetime, idle_since: datetime) -> None:
        over = [
            session.hash
            for session in self.sessions.values()
            if session.ends_at <= now or session.seen_at <= idle_since
        ]
        for key in over:
            del self.sessions[key]

    def _set(self, account_id: UUID, **fields: Any) -> None:
        self._accounts[account_id] = replace(self._accounts[account_id], **fields)

    def _reduce_rights(self, account_id: UUID, **fields: Any) -> None:
        before, old = self._administrators(), self._accounts[account_id]
        self._set(account_id, **fields)
        if before and not self._administrators():
            self._accounts[account_id] = old
            raise LastAdministrator
        self._end(account_id)

    def _administrators(self) -> bool:
        return any(
            _ALL in account.grants and account.disabled_at is None for account in self._accounts.values()
        )

    def _end(self, account_id: UUID) -> None:
        self.sessions = {
            key: session for key, session in self.sessions.items() if session.account_id != account_id
        }


def _counted(before: _Count, now: datetime) -> _Count | None:
    """Count a failure; None during a lock."""
    if before.locked_until is not None and before.locked_until > now:
        return None
    old = before.failed_at is not None and before.failed_at <= now - FORGOTTEN_AFTER
    failures = 1 if old else before.failures + 1
    lock = lock_after(failures)
    return _Count(failures, None if lock is None else now + lock, now)


def _sorted(grants: Collection[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(grants, key=lambda grant: (grant.copropiedad_id, grant.office)))


class MemorySecondFactors:
    """`hub.ports.SecondFactorStore` of the accounts in memory."""

    def __init__(self, accounts: MemoryAccounts) -> None:
        self._accounts = accounts

    async def factor(self, account_id: UUID) -> SecondFactor | None:
        factor = self._accounts.factors.get(account_id)
        return factor and replace(factor, codes_left=len(self._accounts.recovery_codes[account_id]))

    async def enrol(
        self, account_id: UUID, factor: SecondFactor, codes: Collection[bytes], *, again: bool
    ) -> bool:
        if account_id in self._accounts.factors and not again:
            return False
        await self.renew_codes(account_id, codes)
        self._accounts.set_factor(account_id, factor)
        return True

    async def accept(self, account_id: UUID, step: int, *, sealed: str) -> bool:
        factor = self._accounts.factors.get(account_id)
        if factor is None or factor.sealed != sealed or factor.last_step >= step:
            return False
        self._accounts.factors[account_id] = replace(factor, last_step=step)
        return True

    async def count_code(self, account_id: UUID, *, now: datetime) -> CodeAttempt | None:
        factor = self._accounts.factors.get(account_id)
        if factor is None:
            return None
        today = factor.since is not None and factor.since > now - CODES_WITHIN
        if today and factor.tries >= CODES:
            return None
        counted = CodeAttempt(
            tries=factor.tries + 1 if today else 1, since=factor.since if today and factor.since else now
        )
        self._accounts.factors[account_id] = replace(factor, tries=counted.tries, since=counted.since)
        return counted

    async def undo_code(self, account_id: UUID, counted: CodeAttempt) -> None:
        factor = self._accounts.factors.get(account_id)
        if factor is not None and factor.since == counted.since and factor.tries > 0:
            tries = factor.tries - 1
            self._accounts.factors[account_id] = replace(
                factor, tries=tries, since=factor.since if tries else None
            )

    async def reseal(self, account_id: UUID, *, old: str, new: str) -> None:
        factor = self._accounts.factors.get(account_id)
        if factor is not None and factor.sealed == old:
            self._accounts.factors[account_id] = replace(factor, sealed=new)

    async def spend(self, account_id: UUID, code: bytes) -> int | None:
        codes = self._accounts.recovery_codes.get(account_id, set())
        if code not in codes:
            return None
        codes.remove(code)
        return len(codes)

    async def renew_codes(self, account_id: UUID, codes: Collection[bytes]) -> None:
        self._accounts.recovery_codes[account_id] = set(codes)
