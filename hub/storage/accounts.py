"""Accounts of the console and their sessions as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from hub.access.lockout import CODES, CODES_WITHIN, FAILURES, FORGOTTEN_AFTER, LOCKS
from hub.errors import LastAdministrator
from hub.model import Account, AccountReset, CodeAttempt, Grant, Office, SecondFactor, Session
from hub.storage.database import Runner, Store, Transaction, load, read, storable, write

_SQL = load("accounts")


class PostgresAccounts(Store):
    """The AccountStore."""

    async def accounts(self) -> Sequence[Account]:
        return [_account(row) for row in await self.rows(_SQL["accounts"], None)]

    async def named(self, name: str) -> Account | None:
        rows = await self.rows(_SQL["accounts"], storable(name))
        return _account(rows[0]) if rows else None

    async def add(self, account: Account) -> bool:
        async with self._database.transaction() as transaction:
            columns = (
                account.id,
                account.created_at,
                account.must_change,
                account.password_until,
                account.name,
            )
            words = storable(account.display_name), account.password_hash, storable(account.created_by)
            if not await transaction.rows(_SQL["add"], *columns, *words):
                return False
            await transaction.rows(_SQL["grant"], account.id, *_pairs(account.grants))
        return True

    async def names(self, copropiedades: Collection[str]) -> Mapping[str, str]:
        rows = await self.rows(_SQL["names"], [storable(copropiedad) for copropiedad in copropiedades])
        return {row["id"]: row["name"] for row in rows}

    async def grant(self, account_id: UUID, grants: Collection[Grant]) -> None:
        await self.rows(_SQL["grant"], account_id, *_pairs(grants))

    async def take(self, account_id: UUID, grants: Collection[Grant]) -> int:
        async with self._database.transaction() as transaction:
            return len(await _reduce_rights(transaction, "take", account_id, *_pairs(grants)))

    async def disable(self, account_id: UUID, *, now: datetime) -> None:
        async with self._database.transaction() as transaction:
            await _reduce_rights(transaction, "disable", account_id, now)

    async def enable(self, account_id: UUID) -> None:
        await self.rows(_SQL["enable"], account_id)

    async def unlock(self, account_id: UUID) -> None:
        await self.rows(_SQL["unlock"], account_id)

    async def set_person(self, account_id: UUID, person: str | None) -> bool:
        return bool(await self.rows(_SQL["set_person"], account_id, storable(person)))

    async def set_password(
        self, account_id: UUID, password_hash: str, *, must_change: bool, until: datetime | None = None
    ) -> None:
        await self.rows(_SQL["set_password"], account_id, password_hash, must_change, until)

    async def reset_password(
        self, account_id: UUID, password_hash: str, *, until: datetime, by: str, now: datetime
    ) -> None:
        await self.rows(_SQL["reset_password"], account_id, password_hash, until, now, storable(by))

    async def rehash(self, account_id: UUID, *, old: str, new: str) -> None:
        await self.rows(_SQL["rehash"], account_id, old, new)

    async def attempt(self, account_id: UUID, *, now: datetime) -> int | None:
        return await self._attempt("attempt", account_id, now)

    async def attempt_key(self, key: bytes, *, now: datetime) -> int | None:
        return await self._attempt("attempt_key", key, now)

    async def _attempt(self, statement: str, whose: UUID | bytes, now: datetime) -> int | None:
        given = whose, now, list(LOCKS), FAILURES - 1, FORGOTTEN_AFTER
        rows = await self.rows(_SQL[statement], *given)
        return rows[0]["failures"] if rows else None

    async def undo_attempt(self, account_id: UUID) -> None:
        await self.rows(_SQL["undo_attempt"], account_id)

    async def undo_key(self, key: bytes) -> None:
        await self.rows(_SQL["undo_key"], key)

    async def key_locked_until(self, key: bytes) -> datetime | None:
        rows = await self.rows(_SQL["key_locked_until"], key)
        return rows[0]["locked_until"] if rows else None

    async def forget_key(self, key: bytes) -> None:
        await self.rows(_SQL["forget_key"], key)

    async def signed_in(self, account_id: UUID, *, now: datetime) -> None:
        await self.rows(_SQL["signed_in"], account_id, now)

    async def forget_factor(self, account_id: UUID) -> None:
        await self.rows(_SQL["forget_factor"], account_id)


class PostgresSessions(Store):
    """The SessionStore."""

    async def open(self, session: Session) -> None:
        times = session.created_at, session.seen_at, session.ends_at
        await self.rows(_SQL["open_session"], session.hash, session.account_id, *times)

    async def find(self, hashes: Collection[bytes]) -> tuple[Session, Account | None] | None:
        rows = await self.rows(_SQL["find_session"], list(hashes))
        if not rows:
            return None
        (row,) = rows
        session = read(Session, row, account_id=row["id"], created_at=row["began_at"])
        return session, None if row["id"] is None else _account(row)

    async def enabled(self, hashes: Collection[bytes]) -> Sequence[Session]:
        return [read(Session, row) for row in await self.rows(_SQL["enabled_sessions"], list(hashes))]

    async def seen(self, session_hash: bytes, *, now: datetime) -> None:
        await self.rows(_SQL["see_session"], session_hash, now)

    async def close(self, session_hash: bytes) -> None:
        await self.rows(_SQL["close_session"], session_hash)

    async def sweep(self, *, now: datetime, idle_since: datetime) -> None:
        await self.rows(_SQL["sweep_sessions"], now, idle_since)


async def _reduce_rights(
    transaction: Transaction, what: str, account_id: UUID, *values: object
) -> list[Record]:
    """Run a statement that removes rights. Raises LastAdministrator, which rolls it back."""
    await transaction.rows(_SQL["guard_administrators"])
    before = await transaction.rows(_SQL["administrators"], Office.ADMINISTRATOR)
    taken = await transaction.rows(_SQL[what], account_id, *values)
    if before and not await transaction.rows(_SQL["administrators"], Office.ADMINISTRATOR):
        raise LastAdministrator
    await transaction.rows(_SQL["end_sessions"], account_id)
    return taken


def _account(row: Record) -> Account:
    """Make an account from its columns and those of its roles."""
    pairs = zip(row["roles"] or (), row["places"] or (), strict=True)
    grants = tuple(Grant(office=Office(role), copropiedad_id=place) for role, place in pairs)
    return read(Account, row, grants=grants)


def _pairs(grants: Collection[Grant]) -> tuple[list[str], list[str | None]]:
    return [grant.office for grant in grants], [storable(grant.copropiedad_id) for grant in grants]


class PostgresSecondFactors(Store):
    """The SecondFactorStore."""

    async def factor(self, account_id: UUID) -> SecondFactor | None:
        rows = await self.rows(_SQL["factor"], account_id)
        return read(SecondFactor, rows[0]) if rows else None

    async def enrol(
        self, account_id: UUID, factor: SecondFactor, codes: Collection[bytes], *, again: bool
    ) -> bool:
        columns = factor.sealed, factor.last_step, factor.enrolled_at
        async with self._database.transaction() as transaction:
            if not await transaction.rows(_SQL["enrol"], account_id, *columns, again):
                return False
            await transaction.rows(_SQL["forget_codes"], account_id)
            await transaction.rows(_SQL["add_codes"], account_id, list(codes))
            await transaction.rows(_SQL["end_sessions"], account_id)
        return True

    async def accept(self, account_id: UUID, step: int, *, sealed: str) -> bool:
        return bool(await self.rows(_SQL["accept"], account_id, step, sealed))

    async def count_code(self, account_id: UUID, *, now: datetime) -> CodeAttempt | None:
        rows = await self.rows(_SQL["count_code"], account_id, now, CODES, CODES_WITHIN)
        return read(CodeAttempt, rows[0]) if rows else None

    async def undo_code(self, account_id: UUID, counted: CodeAttempt) -> None:
        await self.rows(_SQL["undo_code"], account_id, counted.since)

    async def reseal(self, account_id: UUID, *, old: str, new: str) -> None:
        await self.rows(_SQL["reseal"], account_id, old, new)

    async def spend(self, account_id: UUID, code: bytes) -> int | None:
        spent = await self.rows(_SQL["spend"], account_id, code)
        factor = await self.factor(account_id) if spent else None
        return factor.codes_left if factor else None

    async def renew_codes(self, account_id: UUID, codes: Collection[bytes]) -> None:
        async with self._database.transaction() as transaction:
            await transaction.rows(_SQL["forget_codes"], account_id)
            await transaction.rows(_SQL["add_codes"], account_id, list(codes))


async def untold(run: Runner, limit: int) -> Sequence[AccountReset]:
    return [read(AccountReset, row) for row in await run.rows(_SQL["untold_resets"], limit)]


async def mark_told(run: Runner, resets: Sequence[AccountReset]) -> None:
    await write(run, _SQL["mark_told"], sorted((reset.account_id, reset.at) for reset in resets))
