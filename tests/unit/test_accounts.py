"""Administration of accounts: the right to change each, and the audit of each change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.access.passwords import Passwords
from hub.desk.accounts import acts
from hub.desk.accounts.rows import AccountBody, AccountMade, AccountRow, GrantsBody, bodies_of
from hub.doors.operator import Operator
from hub.errors import InvalidAccount, LastAdministrator, UnknownName
from hub.model import Account, Grant, Office, PropertyScope, Scope, reach_of
from hub.model.pages import ListQuery
from hub.testing import MemoryAccounts, MemoryAudit, MemoryStore
from tests.contract.values import copropiedad
from tests.operators import operator

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
ADMIN = Grant(office=Office.ADMINISTRATOR)
HERE = Grant(office=Office.OPERATOR, copropiedad_id="ph-1")
THERE = Grant(office=Office.OPERATOR, copropiedad_id="ph-2")
OF_HERE = frozenset({"ph-1"})


async def create(by: Operator, name: str, display_name: str, grants: Collection[Grant]) -> AccountMade:
    body = AccountBody(name=name, display_name=display_name, grants=bodies_of(grants))
    return await acts.create(by, body)


async def grant(by: Operator, name: str, grants: Collection[Grant]) -> AccountRow:
    return await acts.grant(by, name, GrantsBody(grants=bodies_of(grants)))


async def take(by: Operator, name: str, grants: Collection[Grant]) -> AccountRow:
    return await acts.take(by, name, GrantsBody(grants=bodies_of(grants)))


class House:
    def __init__(self) -> None:
        store = MemoryStore(lambda: NOON)
        for ref in ("ph-1", "ph-2"):
            store.tables.directory.apply(copropiedad(ref))
        self.store = MemoryAccounts(store)
        self.audit = MemoryAudit()

    def admin(self, places: PropertyScope = None, *, by: Account | None = None) -> Operator:
        """Return an operator who may do everything in these places, or as much as an account may."""
        return operator(
            None,
            who="cli:root" if by is None else f"account:{by.name}",
            reach=dict.fromkeys(Scope, places) if by is None else reach_of(by.grants),
            accounts=self.store,
            audit=self.audit,
            passwords=Passwords(memory=8, rounds=1),
            now=lambda: NOON,
        )

    async def with_account(self, name: str, *grants: Grant) -> Account:
        await create(self.admin(), name, name.title(), grants)
        account = await self.store.named(name)
        assert account is not None
        return account


CHANGES: dict[str, Callable[[Operator, str], Awaitable[Any]]] = {
    "grant": lambda by, name: grant(by, name, [HERE]),
    "take": lambda by, name: take(by, name, [HERE]),
    "reset": acts.reset,
    "disable": acts.disable,
    "enable": acts.enable,
    "unlock": acts.unlock,
}
every_change = pytest.mark.parametrize("change", CHANGES)


async def test_new_account_has_a_one_time_password_that_is_not_stored() -> None:
    house = House()
    made = await create(house.admin(), " Ana.Ruiz ", "Ana Ruiz", [HERE])
    account = await house.store.named("ana.ruiz")

    assert account is not None
    assert (made.name, made.must_change, account.grants) == ("ana.ruiz", True, (HERE,))
    assert account.password_until == NOON + timedelta(hours=72)
    assert await house.admin().stores.passwords.matches(account.password_hash, made.password)
    assert made.password not in repr(account) + repr(house.audit.rows)
    [note] = house.audit.rows
    assert (note.action, note.subject, note.detail) == (
        "account.create",
        "account:ana.ruiz",
        {"grants": ["operator:ph-1"]},
    )


@pytest.mark.parametrize(
    ("name", "display_name", "grants"),
    [
        *(
            ("", "Ana", [HERE]),
            ("a", "Ana", [HERE]),
            ("ana ruiz", "Ana", [HERE]),
            ("ana@x.co", "Ana", [HERE]),
        ),
        *(
            ("ana", " ", [HERE]),
            ("ana", "A\nB", [HERE]),
            ("ana", "A\u202e", [HERE]),
            ("ana", "x" * 121, [HERE]),
        ),
        *(("ana", "Ana", []), ("ana", "Ana", [Grant(office=Office.VIEWER, copropiedad_id="ph-9")])),
        ("taken", "Ana", [HERE]),
    ],
)
async def test_invalid_account_is_refused(name: str, display_name: str, grants: list[Grant]) -> None:
    house = House()
    await house.with_account("taken", HERE)
    with pytest.raises(InvalidAccount):
        await create(house.admin(), name, display_name, grants)

    assert [account.name for account in await house.store.accounts()] == ["taken"]
    # A refused act was not done: the audit does not say that it was.
    assert [note.subject for note in house.audit.rows] == ["account:taken"]


@every_change
async def test_each_account_change_is_audited_before_it_is_made(change: str) -> None:
    house = House()
    await house.with_account("ana", HERE, THERE)
    await CHANGES[change](house.admin(), "ANA")

    assert [(note.who, note.action, note.subject) for note in house.audit.rows[1:]] == [
        ("cli:root", f"account.{change}", "account:ana")
    ]


@every_change
async def test_unknown_account_is_reported(change: str) -> None:
    with pytest.raises(UnknownName):
        await CHANGES[change](House().admin(), "nobody")


@every_change
@pytest.mark.parametrize("grants", [(ADMIN,), (THERE,), (HERE, THERE), ()], ids=str)
async def test_local_administrator_cannot_change_accounts_with_more_offices(
    change: str, grants: tuple[Grant, ...]
) -> None:
    house = House()
    await house.with_account("root", ADMIN)
    account = await house.with_account("ana", *(grants or (HERE,)))
    if not grants:
        await house.store.take(account.id, [HERE])
    before = await house.store.named("ana")

    with pytest.raises(UnknownName):
        await CHANGES[change](house.admin(OF_HERE), "ana")
    assert await house.store.named("ana") == before


@pytest.mark.parametrize("elsewhere", [ADMIN, THERE, Grant(office=Office.VIEWER)], ids=str)
async def test_local_administrator_cannot_grant_offices_elsewhere(elsewhere: Grant) -> None:
    house = House()
    await house.with_account("ana", HERE)
    with pytest.raises(InvalidAccount):
        await grant(house.admin(OF_HERE), "ana", [HERE, elsewhere])
    with pytest.raises(InvalidAccount):
        await create(house.admin(OF_HERE), "luis", "Luis", [elsewhere])

    assert (await house.store.accounts())[0].grants == (HERE,)


async def test_local_administrator_sees_only_local_accounts() -> None:
    house = House()
    for name, grants in {"a": (HERE,), "b": (HERE, THERE), "c": (ADMIN,)}.items():
        await house.with_account(f"{name}{name}", *grants)

    admins = house.admin(OF_HERE), house.admin()
    here, all_of_them = [(await acts.list_accounts(by, ListQuery())).items for by in admins]

    assert [account.name for account in here] == ["aa"]
    assert len(all_of_them) == 3


async def test_last_administrator_cannot_be_removed_and_error_gives_advice() -> None:
    house = House()
    await house.with_account("root", ADMIN)

    for refused in (
        acts.disable(house.admin(), "root"),
        take(house.admin(), "root", [ADMIN]),
    ):
        with pytest.raises(LastAdministrator, match="make another administrator"):
            await refused


async def test_office_that_was_not_granted_cannot_be_revoked() -> None:
    house = House()
    await house.with_account("ana", HERE)

    with pytest.raises(InvalidAccount):
        await take(house.admin(), "ana", [THERE])


async def test_reset_password_opens_once_and_ends_the_lock() -> None:
    house = House()
    account = await house.with_account("ana", HERE)
    for _ in range(5):
        await house.store.attempt(account.id, now=NOON)
    made = await acts.reset(house.admin(), "ana")
    fresh = await house.store.named("ana")

    assert fresh is not None
    assert fresh.must_change
    assert fresh.password_until == NOON + timedelta(hours=72)
    assert fresh.locked_until is None
    assert await house.admin().stores.passwords.matches(fresh.password_hash, made.password)
