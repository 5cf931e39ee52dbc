"""The contract of the store of second factors."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from hub.access.lockout import CODES, CODES_WITHIN
from hub.model import Account, CodeAttempt, SecondFactor
from hub.model.ids import uuid8
from tests.contract.stores import Stores
from tests.contract.test_accounts import ADMIN, NOW, added, is_open, opened

CODES_OF_PAPER = [b"one", b"two", b"three"]
TICK = timedelta(microseconds=1)
FACTOR = SecondFactor(sealed="aes-256-gcm:key:abc", last_step=7, enrolled_at=NOW, codes_left=3)


async def enrolled(stores: Stores, name: str = "ana") -> Account:
    account = await added(stores, name, ADMIN)
    assert await stores.factors.enrol(account.id, FACTOR, CODES_OF_PAPER, again=False)
    return account


async def named(stores: Stores, name: str = "ana") -> Account:
    account = await stores.accounts.named(name)
    assert account is not None
    return account


async def test_factor_is_read_as_stored_and_the_account_says_that_it_has_one(stores: Stores) -> None:
    luis = await added(stores, "luis")
    account = await enrolled(stores)
    session = await opened(stores, account)
    found = await stores.sessions.find([session.hash])

    assert await stores.factors.factor(account.id) == FACTOR
    assert await stores.factors.factor(luis.id) is None
    assert [each.second_factor for each in await stores.accounts.accounts()] == [True, False]
    assert found is not None
    assert found[1] == await named(stores) == replace(account, second_factor=True)


async def test_enrolment_ends_the_sessions_of_that_account(stores: Stores) -> None:
    ana, luis = await added(stores, "ana"), await added(stores, "luis")
    mine, theirs = await opened(stores, ana), await opened(stores, luis)
    await stores.factors.enrol(ana.id, FACTOR, CODES_OF_PAPER, again=False)

    assert (await is_open(stores, mine), await is_open(stores, theirs)) == (False, True)


async def test_factor_is_replaced_only_where_that_is_meant(stores: Stores) -> None:
    account, other = await enrolled(stores), replace(FACTOR, sealed="aes-256-gcm:key:xyz", codes_left=1)
    session = await opened(stores, account)

    assert not await stores.factors.enrol(account.id, other, [b"four"], again=False)
    assert await stores.factors.factor(account.id) == FACTOR
    assert await is_open(stores, session)

    assert await stores.factors.enrol(account.id, other, [b"four"], again=True)
    assert await stores.factors.factor(account.id) == other
    assert await stores.factors.spend(account.id, b"one") is None


async def test_step_is_accepted_once_and_none_before_it(stores: Stores) -> None:
    account = await enrolled(stores)
    accepted = [
        await stores.factors.accept(account.id, step, sealed=FACTOR.sealed) for step in (7, 9, 9, 8, 10)
    ]

    assert accepted == [False, True, False, False, True]
    assert not await stores.factors.accept(account.id, 11, sealed="of another secret")


async def test_one_of_two_that_accept_the_same_code_succeeds(stores: Stores) -> None:
    account = await enrolled(stores)
    accepted = await asyncio.gather(
        *(stores.factors.accept(account.id, 8, sealed=FACTOR.sealed) for _ in range(10))
    )

    assert accepted.count(True) == 1


async def test_recovery_code_is_spent_once(stores: Stores) -> None:
    account, luis = await enrolled(stores), await enrolled(stores, "luis")
    left = [
        await stores.factors.spend(account.id, code) for code in (b"two", b"two", b"four", b"one", b"three")
    ]

    assert left == [2, None, None, 1, 0]
    assert await stores.factors.factor(luis.id) == FACTOR


async def test_one_of_two_that_spend_the_same_recovery_code_succeeds(stores: Stores) -> None:
    account = await enrolled(stores)
    left = await asyncio.gather(*(stores.factors.spend(account.id, b"two") for _ in range(10)))

    assert [number for number in left if number is not None] == [2]


async def test_new_recovery_codes_replace_all(stores: Stores) -> None:
    account = await enrolled(stores)
    await stores.factors.renew_codes(account.id, [b"four"])

    assert await stores.factors.factor(account.id) == replace(FACTOR, codes_left=1)
    assert await stores.factors.spend(account.id, b"one") is None


async def test_secret_is_sealed_anew_only_where_it_is_still_the_same(stores: Stores) -> None:
    account = await enrolled(stores)
    await stores.factors.reseal(account.id, old="another", new="lost")
    await stores.factors.reseal(account.id, old=FACTOR.sealed, new="anew")

    assert await stores.factors.factor(account.id) == replace(FACTOR, sealed="anew")


async def test_forgotten_factor_is_gone_with_its_codes_and_the_sessions(stores: Stores) -> None:
    account, luis = await enrolled(stores), await enrolled(stores, "luis")
    mine, theirs = await opened(stores, account), await opened(stores, luis)
    for _ in range(2):
        await stores.accounts.forget_factor(account.id)

    assert not (await named(stores)).second_factor
    assert await stores.factors.factor(account.id) is None
    assert await stores.factors.spend(account.id, b"one") is None
    assert (await is_open(stores, mine), await is_open(stores, theirs)) == (False, True)
    assert await stores.factors.factor(luis.id) == FACTOR


async def test_codes_of_a_day_are_counted_from_the_first_on(stores: Stores) -> None:
    account, later = await enrolled(stores), NOW + CODES_WITHIN
    times = [NOW, *[later - TICK] * CODES, later, later]
    counted = [await stores.factors.count_code(account.id, now=at) for at in times]

    assert counted == [
        *(CodeAttempt(tries=tries, since=NOW) for tries in range(1, CODES + 1)),
        None,
        *(CodeAttempt(tries=tries, since=later) for tries in (1, 2)),
    ]
    assert await stores.factors.count_code(uuid8(NOW, "nobody"), now=NOW) is None


async def test_of_a_thousand_concurrent_codes_only_those_of_the_day_are_checked(stores: Stores) -> None:
    account = await enrolled(stores)
    counted = await asyncio.gather(*(stores.factors.count_code(account.id, now=NOW) for _ in range(50)))

    assert sorted(each.tries for each in counted if each is not None) == list(range(1, CODES + 1))


async def test_right_code_is_given_back_in_its_own_day_alone(stores: Stores) -> None:
    account, later = await enrolled(stores), NOW + CODES_WITHIN
    first = await stores.factors.count_code(account.id, now=NOW)
    assert first is not None
    await stores.factors.undo_code(account.id, first)
    assert await stores.factors.factor(account.id) == FACTOR

    late = await stores.factors.count_code(account.id, now=NOW)
    assert late is not None
    await stores.factors.count_code(account.id, now=later)
    await stores.factors.undo_code(account.id, late)
    assert await stores.factors.factor(account.id) == replace(FACTOR, tries=1, since=later)


async def test_new_factor_has_no_counted_codes(stores: Stores) -> None:
    account = await enrolled(stores)
    await stores.factors.count_code(account.id, now=NOW)
    await stores.factors.enrol(account.id, FACTOR, CODES_OF_PAPER, again=True)

    assert await stores.factors.factor(account.id) == FACTOR


async def test_new_password_and_unlocking_leave_the_counted_codes(stores: Stores) -> None:
    account = await enrolled(stores)
    await stores.factors.count_code(account.id, now=NOW)
    await stores.accounts.reset_password(account.id, "new", until=NOW, by="account:luis", now=NOW)
    await stores.accounts.set_password(account.id, "newer", must_change=False)
    await stores.accounts.unlock(account.id)

    assert await stores.factors.factor(account.id) == replace(FACTOR, tries=1, since=NOW)


async def test_counted_failure_and_its_lock_are_undone(stores: Stores) -> None:
    account, key = await added(stores), b"key"
    for _ in range(5):
        await stores.accounts.attempt(account.id, now=NOW)
        await stores.accounts.attempt_key(key, now=NOW)
    await stores.accounts.undo_attempt(account.id)
    await stores.accounts.undo_key(key)

    assert ((await named(stores)).failures, (await named(stores)).locked_until) == (4, None)
    assert await stores.accounts.key_locked_until(key) is None
    assert await stores.accounts.attempt(account.id, now=NOW) == 5
    assert await stores.accounts.attempt_key(key, now=NOW) == 5


async def test_undoing_counts_never_below_zero(stores: Stores) -> None:
    account = await added(stores)
    await stores.accounts.undo_attempt(account.id)
    await stores.accounts.undo_key(b"nobody")

    assert (await named(stores)).failures == 0
    assert await stores.accounts.attempt_key(b"nobody", now=NOW) == 1
