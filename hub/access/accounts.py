"""
Administration of accounts. Each change writes an audit entry.

An administrator of some copropiedades grants offices only in those, and changes only accounts without an
office elsewhere. Otherwise, resetting the password of a more powerful account would give them its power.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.access import audit, passwords
from hub.access.passwords import Passwords
from hub.errors import InvalidAccount, UnknownAccount
from hub.model import EVERYWHERE, Account, Grant, Json, PropertyScope
from hub.model.ids import uuid8
from hub.ports import AccountStore, AuditStore

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_DISPLAY: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAdmin:
    """The dependencies of account administration, the administrator, and their copropiedades."""

    store: AccountStore
    audit: AuditStore
    passwords: Passwords
    who: str
    places: PropertyScope
    now: datetime

    def reaches(self, account: Account) -> bool:
        """Return whether the administrator may change this account."""
        return self.places is None or (bool(account.grants) and self.covers(account.grants))

    def covers(self, grants: Collection[Grant]) -> bool:
        """Return whether the administrator may grant these offices."""
        return self.places is None or all(grant.copropiedad_id in self.places for grant in grants)

    async def note(self, action: str, account: Account, **detail: Json) -> None:
        """Write the audit entry before the change. Raises StorageUnavailable, which prevents the change."""
        subject = f"account:{account.name}"
        await audit.note(self.audit, who=self.who, action=f"account.{action}", subject=subject, **detail)


def canonical(name: str) -> str:
    """Return the stored form of an account name, in lower case without outer blanks."""
    return name.strip().casefold()


async def listed(admin: AccountAdmin) -> list[Account]:
    """Return the accounts that the administrator may change, by name."""
    return [account for account in await admin.store.accounts() if admin.reaches(account)]


async def create(
    admin: AccountAdmin, name: str, display_name: str, grants: Collection[Grant]
) -> tuple[Account, str]:
    """
    Make an account and its one-time password.

    Raises InvalidAccount, also for a name in use.
    """
    name, display_name = canonical(name), display_name.strip()
    _require_names(name, display_name)
    if not grants:
        raise InvalidAccount("An account without an office opens nothing.")
    await _require_grantable(admin, grants)
    if await admin.store.named(name) is not None:
        raise _taken(name)
    password = passwords.one_time()
    account = Account(
        id=uuid8(admin.now, "account", name),
        name=name,
        display_name=display_name,
        password_hash=await admin.passwords.hash(password),
        grants=tuple(grants),
        must_change=True,
        created_at=admin.now,
        created_by=admin.who,
    )
    await admin.note("create", account, grants=_grant_labels(grants))
    if not await admin.store.add(account):
        raise _taken(name)
    return account, password


async def grant(admin: AccountAdmin, name: str, grants: Collection[Grant]) -> Account:
    """Grant offices. Raises InvalidAccount, UnknownAccount."""
    account = await _account(admin, name)
    await _require_grantable(admin, grants)
    await admin.note("grant", account, grants=_grant_labels(grants))
    await admin.store.grant(account.id, grants)
    return await _account(admin, name)


async def take(admin: AccountAdmin, name: str, grants: Collection[Grant]) -> Account:
    """Revoke offices and end the sessions. Raises InvalidAccount, LastAdministrator, UnknownAccount."""
    account = await _account(admin, name)
    if not set(grants) & set(account.grants):
        raise InvalidAccount(f"{account.name} has no such office there.")
    await admin.note("take", account, grants=_grant_labels(grants))
    await admin.store.take(account.id, grants)
    return await admin.store.named(account.name) or account


async def reset(admin: AccountAdmin, name: str) -> tuple[Account, str]:
    """Set a one-time password and end the account's sessions. Raises UnknownAccount."""
    account, password = await _account(admin, name), passwords.one_time()
    await admin.note("reset", account)
    password_hash = await admin.passwords.hash(password)
    await admin.store.set_password(account.id, password_hash, must_change=True)
    return await _account(admin, name), password


async def disable(admin: AccountAdmin, name: str) -> Account:
    """Block sign-in and end the account's sessions. Raises LastAdministrator, UnknownAccount."""
    account = await _account(admin, name)
    await admin.note("disable", account)
    await admin.store.disable(account.id, now=admin.now)
    return await _account(admin, name)


async def enable(admin: AccountAdmin, name: str) -> Account:
    """Allow sign-in again. Raises UnknownAccount."""
    account = await _account(admin, name)
    await admin.note("enable", account)
    await admin.store.enable(account.id)
    return await _account(admin, name)


async def unlock(admin: AccountAdmin, name: str) -> Account:
    """End the account's lock early. Raises UnknownAccount."""
    account = await _account(admin, name)
    await admin.note("unlock", account)
    await admin.store.unlock(account.id)
    return await _account(admin, name)


async def set_person(admin: AccountAdmin, name: str, person: str | None) -> Account:
    """
    Say who of the directory signs in by it, whose inbox it reads. Raises InvalidAccount, UnknownAccount.

    An administrator of some copropiedades may not: the person's messages are about any place.
    """
    account = await _account(admin, name)
    if admin.places is not None:
        raise InvalidAccount("Whose inbox an account reads is said by an administrator of the whole company.")
    await admin.note("person", account, person=person)
    if not await admin.store.set_person(account.id, person):
        raise InvalidAccount(f"The directory has no person {person!r}.")
    return await _account(admin, name)


async def _account(admin: AccountAdmin, name: str) -> Account:
    account = await admin.store.named(canonical(name))
    if account is None or not admin.reaches(account):
        raise UnknownAccount(f"there is no account {canonical(name)!r}")
    return account


async def _require_grantable(admin: AccountAdmin, grants: Collection[Grant]) -> None:
    if not admin.covers(grants):
        raise InvalidAccount("Offices are given where one is an administrator oneself, and nowhere else.")
    named = {grant.copropiedad_id for grant in grants} - {EVERYWHERE}
    if missing := sorted(named - (await admin.store.names(named)).keys()):
        raise InvalidAccount(f"There is no copropiedad {missing[0]!r}.")


def _require_names(name: str, display_name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidAccount("A name has 2 to 64 letters, digits, dots, dashes and underscores.")
    if not display_name or len(display_name) > _DISPLAY or not display_name.isprintable():
        raise InvalidAccount(f"Describe in 1 to {_DISPLAY} characters who it is.")


def _taken(name: str) -> InvalidAccount:
    return InvalidAccount(f"The name {name} is taken, and names are never given twice.")


def _grant_labels(grants: Collection[Grant]) -> list[str]:
    return sorted(f"{grant.office}:{grant.copropiedad_id or '*'}" for grant in grants)
