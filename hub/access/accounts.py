"""
Administration of accounts. Each change writes an audit entry.

Nobody gains by giving. An administrator of some copropiedades grants offices only in those, and changes only
accounts without an office elsewhere. Everybody grants only rights of their own, never to themselves, and
opens no account with more rights. Otherwise a giver of accounts would soon have everything.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.access import audit
from hub.access.passwords import ONE_TIME, Passwords, one_time
from hub.errors import BeyondOwnRights, InvalidAccount, UnknownAccount
from hub.model import EVERYWHERE, NOWHERE, Account, Grant, Json, PropertyScope, Reach, Scope, covers, reach_of
from hub.model.actors import of_account
from hub.model.ids import uuid8
from hub.ports import AccountStore, AuditStore

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_DISPLAY: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAdmin:
    """The dependencies of account administration, and the administrator with what they may do where."""

    store: AccountStore
    audit: AuditStore
    passwords: Passwords
    who: str
    reach: Reach
    now: datetime

    @property
    def places(self) -> PropertyScope:
        """The copropiedades where they are an administrator."""
        return self.reach.get(Scope.ADMIN, NOWHERE)

    def reaches(self, account: Account) -> bool:
        """Return whether the administrator may change this account."""
        return self.places is None or (bool(account.grants) and self.covers(account.grants))

    def covers(self, grants: Collection[Grant]) -> bool:
        """Return whether the administrator may grant these offices."""
        return self.places is None or all(grant.copropiedad_id in self.places for grant in grants)

    async def note(self, action: str, account: Account, **detail: Json) -> None:
        """Write the audit entry before the change. Raises StorageUnavailable, which prevents the change."""
        subject = account_label(account)
        await audit.note(self.audit, who=self.who, action=f"account.{action}", subject=subject, **detail)


def account_label(account: Account) -> str:
    """Return the audit's name of an account."""
    return of_account(account.name)


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

    Raises BeyondOwnRights, InvalidAccount; this also for a name in use.
    """
    name, display_name = canonical(name), display_name.strip()
    _require_names(name, display_name)
    if not grants:
        raise InvalidAccount("An account without an office opens nothing.")
    await _require_grantable(admin, grants)
    if await admin.store.named(name) is not None:
        raise _taken(name)
    password = one_time()
    account = Account(
        id=uuid8(admin.now, "account", name),
        name=name,
        display_name=display_name,
        password_hash=await admin.passwords.hash(password),
        grants=tuple(grants),
        must_change=True,
        password_until=admin.now + ONE_TIME,
        created_at=admin.now,
        created_by=admin.who,
    )
    await admin.note("create", account, grants=_grant_labels(grants))
    if not await admin.store.add(account):
        raise _taken(name)
    return account, password


async def grant(admin: AccountAdmin, name: str, grants: Collection[Grant]) -> Account:
    """Grant offices. Raises BeyondOwnRights, InvalidAccount, UnknownAccount."""
    account = await account_of(admin, name)
    _require_other(admin, account)
    await _require_grantable(admin, grants)
    await admin.note("grant", account, grants=_grant_labels(grants))
    await admin.store.grant(account.id, grants)
    return await account_of(admin, name)


async def take(admin: AccountAdmin, name: str, grants: Collection[Grant]) -> Account:
    """
    Revoke offices and end the sessions.

    Raises BeyondOwnRights, InvalidAccount, LastAdministrator, UnknownAccount.
    """
    account = await account_of(admin, name)
    _require_other(admin, account)
    if not set(grants) & set(account.grants):
        raise InvalidAccount(f"{account.name} has no such office there.")
    await admin.note("take", account, grants=_grant_labels(grants))
    await admin.store.take(account.id, grants)
    return await admin.store.named(account.name) or account


async def reset(admin: AccountAdmin, name: str) -> tuple[Account, str]:
    """
    Set a one-time password and end the account's sessions. Raises BeyondOwnRights, UnknownAccount.

    One's own password is changed with the old one: a session that somebody left open does not suffice.
    """
    account, password = await account_of(admin, name), one_time()
    _require_other(admin, account)
    _require_no_gain(admin, account)
    await admin.note("reset", account)
    password_hash, until = await admin.passwords.hash(password), admin.now + ONE_TIME
    await admin.store.set_password(account.id, password_hash, must_change=True, until=until)
    return await account_of(admin, name), password


async def disable(admin: AccountAdmin, name: str) -> Account:
    """Block sign-in and end the account's sessions. Raises LastAdministrator, UnknownAccount."""
    account = await account_of(admin, name)
    await admin.note("disable", account)
    await admin.store.disable(account.id, now=admin.now)
    return await account_of(admin, name)


async def enable(admin: AccountAdmin, name: str) -> Account:
    """Allow sign-in again. Raises BeyondOwnRights, UnknownAccount."""
    account = await account_of(admin, name)
    _require_no_gain(admin, account)
    await admin.note("enable", account)
    await admin.store.enable(account.id)
    return await account_of(admin, name)


async def unlock(admin: AccountAdmin, name: str) -> Account:
    """
    End the account's lock early. Raises BeyondOwnRights, UnknownAccount.

    The maker of a one-time password knows it. Nobody else knows a password of one's own.
    """
    account = await account_of(admin, name)
    if account.must_change:
        _require_no_gain(admin, account)
    await admin.note("unlock", account)
    await admin.store.unlock(account.id)
    return await account_of(admin, name)


async def forget_factor(admin: AccountAdmin, name: str) -> Account:
    """
    Remove the second factor and end the sessions; it must be enrolled anew where it is required.

    Raises BeyondOwnRights for an account with more rights: somebody who also has its password would gain
    them. Raises it for one's own account too: the page replaces its factor against the password. Raises
    UnknownAccount.
    """
    account = await account_of(admin, name)
    _require_other(admin, account)
    if not _covers(admin, account.grants):
        raise _does_more(account)
    await admin.note("forget_factor", account)
    await admin.store.forget_factor(account.id)
    return await account_of(admin, name)


async def set_person(admin: AccountAdmin, name: str, person: str | None) -> Account:
    """
    Set the person of the directory who signs in by it, and whose inbox it reads.

    An administrator of some copropiedades may not, since the person's messages are about any place. An
    administrator who sees people masked may not either, since such an account reads as anybody. Raises
    BeyondOwnRights, InvalidAccount, UnknownAccount.
    """
    account = await account_of(admin, name)
    if admin.places is not None:
        raise BeyondOwnRights(
            "Whose inbox an account reads is said by an administrator of the whole company."
        )
    if admin.reach.get(Scope.PRIVACY, NOWHERE) is not None:
        raise BeyondOwnRights("Whose inbox an account reads is said by who sees all people whole.")
    await admin.note("person", account, person=person)
    if not await admin.store.set_person(account.id, person):
        raise InvalidAccount(f"The directory has no person {person!r}.")
    return await account_of(admin, name)


async def account_of(admin: AccountAdmin, name: str) -> Account:
    """Return an account that the administrator may change. Raises UnknownAccount."""
    account = await admin.store.named(canonical(name))
    if account is None or not admin.reaches(account):
        raise UnknownAccount(f"there is no account {canonical(name)!r}")
    return account


def _gains_by(admin: AccountAdmin, account: Account) -> bool:
    """
    Return whether the administrator could do more with this account's password than without it.

    Where a second factor is enrolled the password alone opens nothing.
    """
    return not account.second_factor and not _covers(admin, account.grants)


def _covers(admin: AccountAdmin, grants: Collection[Grant]) -> bool:
    return covers(admin.reach, reach_of(tuple(grants)))


def _require_no_gain(admin: AccountAdmin, account: Account) -> None:
    if _gains_by(admin, account):
        raise _does_more(account)


def _does_more(account: Account) -> BeyondOwnRights:
    return BeyondOwnRights(f"{account.name} may do more than you: only who may do as much opens it.")


def _require_other(admin: AccountAdmin, account: Account) -> None:
    if admin.who == account_label(account):
        raise BeyondOwnRights(
            "Another administrator changes your offices; your password you change at /account."
        )


async def _require_grantable(admin: AccountAdmin, grants: Collection[Grant]) -> None:
    if not admin.covers(grants):
        raise InvalidAccount("Offices are given where one is an administrator oneself, and nowhere else.")
    if not _covers(admin, grants):
        raise BeyondOwnRights("Offices are given by who may do all that they allow, in the same copropiedad.")
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
