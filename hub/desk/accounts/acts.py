"""
Accounts of the console: list, show, create, grant, take, reset, close, unlock.

Nobody gains by giving. An administrator of some copropiedades grants offices only in those, and changes only
accounts without an office elsewhere. Everybody grants only rights of their own, never to themselves, and
opens no account with more rights. Otherwise a giver of accounts would soon have everything.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from hub.access.passwords import ONE_TIME, one_time
from hub.desk.accounts.rows import (
    AccountBody,
    AccountMade,
    AccountRow,
    GrantsBody,
    PersonBody,
    grants_of,
    made,
    row,
)
from hub.doors.operator import Operator
from hub.errors import BeyondOwnRights, InvalidAccount, UnknownAccount
from hub.model import EVERYWHERE, Account, Grant, Json, PropertyScope, Scope, covers, reach_of
from hub.model.actors import canonical, of_account
from hub.model.ids import uuid8
from hub.model.pages import ListQuery, Rows, rows_by

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_DISPLAY: Final = 120


async def list_accounts(by: Operator, query: ListQuery) -> Rows[AccountRow]:
    """List the accounts and their offices, by name."""
    shown = [_row(by, account) for account in await by.stores.accounts.accounts() if _reaches(by, account)]
    return rows_by(shown, query, lambda account: (account.name,))


async def show_account(by: Operator, name: str) -> AccountRow:
    """Show an account that the operator may change."""
    return _row(by, await _account(by, name))


async def create(by: Operator, body: AccountBody) -> AccountMade:
    """Create an account; only this response has its one-time password."""
    name, display_name, grants = canonical(body.name), body.display_name.strip(), grants_of(body.grants)
    _require_names(name, display_name)
    if not grants:
        raise InvalidAccount("An account without an office opens nothing.")
    await _require_grantable(by, grants)
    if await by.stores.accounts.named(name) is not None:
        raise _taken(name)
    password = one_time()
    account = Account(
        id=uuid8(by.now, "account", name),
        name=name,
        display_name=display_name,
        password_hash=await by.stores.passwords.hash(password),
        grants=tuple(grants),
        must_change=True,
        password_until=by.now + ONE_TIME,
        created_at=by.now,
        created_by=by.who,
    )
    await _audit(by, "create", account, grants=_grant_labels(grants))
    if not await by.stores.accounts.add(account):
        raise _taken(name)
    return made(_row(by, account), password)


async def grant(by: Operator, name: str, body: GrantsBody) -> AccountRow:
    """Grant offices; safe to repeat."""
    account, grants = await _account(by, name), grants_of(body.grants)
    _require_other(by, account)
    await _require_grantable(by, grants)
    await _audit(by, "grant", account, grants=_grant_labels(grants))
    await by.stores.accounts.grant(account.id, grants)
    return await show_account(by, name)


async def take(by: Operator, name: str, body: GrantsBody) -> AccountRow:
    """Revoke offices; the sessions end."""
    account, grants = await _account(by, name), grants_of(body.grants)
    _require_other(by, account)
    if not set(grants) & set(account.grants):
        raise InvalidAccount(f"{account.name} has no such office there.")
    await _audit(by, "take", account, grants=_grant_labels(grants))
    await by.stores.accounts.take(account.id, grants)
    # An administrator of some copropiedades cannot reach an account without its last office.
    return _row(by, await by.stores.accounts.named(account.name) or account)


async def reset(by: Operator, name: str) -> AccountMade:
    """
    Set a new one-time password; the sessions end.

    One's own password is changed with the old one: a session that somebody left open does not suffice. The
    account's person is told who did it, by the timers.
    """
    account, password = await _account(by, name), one_time()
    _require_other(by, account)
    _require_no_gain(by, account)
    await _audit(by, "reset", account)
    now, password_hash = by.now, await by.stores.passwords.hash(password)
    await by.stores.accounts.reset_password(
        account.id, password_hash, until=now + ONE_TIME, by=by.who, now=now
    )
    return made(await show_account(by, name), password)


async def disable(by: Operator, name: str) -> AccountRow:
    """Disable an account; its sessions end."""
    account = await _account(by, name)
    await _audit(by, "disable", account)
    await by.stores.accounts.disable(account.id, now=by.now)
    return await show_account(by, name)


async def enable(by: Operator, name: str) -> AccountRow:
    """Enable an account again; safe to repeat."""
    account = await _account(by, name)
    _require_no_gain(by, account)
    await _audit(by, "enable", account)
    await by.stores.accounts.enable(account.id)
    return await show_account(by, name)


async def unlock(by: Operator, name: str) -> AccountRow:
    """
    Unlock an account early; safe to repeat.

    The maker of a one-time password knows it. Nobody else knows a password of one's own.
    """
    account = await _account(by, name)
    if account.must_change:
        _require_no_gain(by, account)
    await _audit(by, "unlock", account)
    await by.stores.accounts.unlock(account.id)
    return await show_account(by, name)


async def forget_factor(by: Operator, name: str) -> AccountRow:
    """
    Remove the second factor of an account that may do no more than the caller; its sessions end.

    With the password of an account with more rights the caller would gain those. One's own factor is replaced
    on the page of one's own account, against the password. Where a factor is required, it is enrolled anew.
    """
    account = await _account(by, name)
    _require_other(by, account)
    _require_no_gain(by, account)
    await _audit(by, "forget_factor", account)
    await by.stores.accounts.forget_factor(account.id)
    return await show_account(by, name)


async def set_person(by: Operator, name: str, body: PersonBody) -> AccountRow:
    """
    Name the person of the directory to whom the account belongs, and whose inbox it reads; safe to repeat.

    An administrator of some copropiedades may not, since the person's messages are about any place. An
    administrator who sees people masked may not either: through the account they would read anybody's
    messages.
    """
    account = await _account(by, name)
    if _places(by) is not None:
        raise BeyondOwnRights(
            "Whose inbox an account reads is said by an administrator of the whole company."
        )
    if by.places_with(Scope.PRIVACY) is not None:
        raise BeyondOwnRights("Whose inbox an account reads is said by who sees all people whole.")
    await _audit(by, "person", account, person=body.person)
    if not await by.stores.accounts.set_person(account.id, body.person):
        raise InvalidAccount(f"The directory has no person {body.person!r}.")
    return await show_account(by, name)


def opens(by: Operator, account: AccountRow) -> bool:
    """Return whether the operator may reset, enable and unlock it: it may do no more than they may."""
    return _covers(by, grants_of(account.grants))


def _row(by: Operator, account: Account) -> AccountRow:
    return row(account, locked=account.locked_until is not None and account.locked_until > by.now)


def _places(by: Operator) -> PropertyScope:
    """Return the copropiedades where the operator is an administrator."""
    return by.places_with(Scope.ADMIN)


async def _account(by: Operator, name: str) -> Account:
    """Return an account that the operator may change. Raises UnknownAccount."""
    account = await by.stores.accounts.named(canonical(name))
    if account is None or not _reaches(by, account):
        raise UnknownAccount(f"there is no account {canonical(name)!r}")
    return account


def _reaches(by: Operator, account: Account) -> bool:
    return _places(by) is None or (bool(account.grants) and _administers(by, account.grants))


def _administers(by: Operator, grants: Collection[Grant]) -> bool:
    places = _places(by)
    return places is None or all(grant.copropiedad_id in places for grant in grants)


async def _audit(by: Operator, action: str, account: Account, **detail: Json) -> None:
    await by.audit(f"account.{action}", of_account(account.name), **detail)


def _covers(by: Operator, grants: Collection[Grant]) -> bool:
    return covers(by.reach, reach_of(tuple(grants)))


def _require_no_gain(by: Operator, account: Account) -> None:
    """
    Raise BeyondOwnRights if the operator could do more with this account than without it.

    Also where a second factor is enrolled: who has the password needs only to guess six digits.
    """
    if not _covers(by, account.grants):
        raise BeyondOwnRights(f"{account.name} may do more than you: only who may do as much opens it.")


def _require_other(by: Operator, account: Account) -> None:
    if by.who == of_account(account.name):
        raise BeyondOwnRights(
            "Another administrator changes your offices; your password you change at /account."
        )


async def _require_grantable(by: Operator, grants: Collection[Grant]) -> None:
    if not _administers(by, grants):
        raise InvalidAccount("Offices are given where one is an administrator oneself, and nowhere else.")
    if not _covers(by, grants):
        raise BeyondOwnRights("Offices are given by who may do all that they allow, in the same copropiedad.")
    named = {grant.copropiedad_id for grant in grants} - {EVERYWHERE}
    if missing := sorted(named - (await by.stores.accounts.names(named)).keys()):
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
