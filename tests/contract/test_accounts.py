"""The contract of the stores of accounts and sessions."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.access import sessions
from hub.access.lockout import FAILURES, FORGOTTEN_AFTER, LOCKS
from hub.errors import LastAdministrator
from hub.model import Account, AccountReset, Grant, Office, Session
from hub.model.ids import uuid8
from tests.contract.stores import Stores
from tests.contract.values import copropiedad, now, person

NOW = now()
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
ADMIN = Grant(office=Office.ADMINISTRATOR)
HERE = Grant(office=Office.OPERATOR, copropiedad_id="ph-1")


def made(name: str = "ana", *grants: Grant, **fields: Any) -> Account:
    values: dict[str, Any] = {
        "id": uuid8(NOW, name),
        "display_name": name.title(),
        "password_hash": f"hash of {name}",
        "must_change": True,
        "created_at": NOW,
        "created_by": "cli:test",
    }
    return Account(name=name, grants=grants, **{**values, **fields})


async def added(stores: Stores, name: str = "ana", *grants: Grant) -> Account:
    account = made(name, *grants)
    assert await stores.accounts.add(account)
    return account


async def opened(stores: Stores, account: Account) -> Session:
    session, _ = sessions.begin(account.id, now=NOW)
    await stores.sessions.open(session)
    return session


async def is_open(stores: Stores, session: Session) -> bool:
    return await stores.sessions.find([session.hash]) is not None


async def test_account_is_read_as_stored_with_its_roles(stores: Stores) -> None:
    account = made("ana", ADMIN, HERE, password_until=NOW + MINUTE)
    assert await stores.accounts.add(account)
    await added(stores, "abel")

    assert await stores.accounts.named("ana") == account
    assert [each.name for each in await stores.accounts.accounts()] == ["abel", "ana"]
    assert await stores.accounts.named("nobody") is None


async def test_account_name_is_unique(stores: Stores) -> None:
    first = await added(stores, "ana", HERE)

    assert not await stores.accounts.add(replace(made("ana", ADMIN), id=uuid8(NOW, "other")))
    assert await stores.accounts.named("ana") == first


async def test_names_has_only_known_copropiedades(stores: Stores) -> None:
    await stores.apply_directory(copropiedad("ph-1", name="Altos"))

    assert {"ph-1": "Altos"} == await stores.accounts.names(["ph-1", "ph-2"])


async def test_roles_are_granted_once_and_revoked(stores: Stores) -> None:
    account = await added(stores)
    await stores.accounts.grant(account.id, [HERE, ADMIN])
    await stores.accounts.grant(account.id, [HERE])
    await added(stores, "luis", ADMIN)
    taken = await stores.accounts.take(account.id, [ADMIN, Grant(office=Office.VIEWER)])

    assert taken == 1
    found = await stores.accounts.named("ana")
    assert found is not None
    assert found.grants == (HERE,)


@pytest.mark.parametrize("way", ["disable", "take", "set_password"])
async def test_loss_of_rights_ends_only_the_sessions_of_that_account(stores: Stores, way: str) -> None:
    await added(stores, "root", ADMIN)
    account, other = await added(stores, "ana", HERE), await added(stores, "luis")
    mine, theirs = await opened(stores, account), await opened(stores, other)
    match way:
        case "disable":
            await stores.accounts.disable(account.id, now=NOW)
        case "take":
            await stores.accounts.take(account.id, [HERE])
        case _:
            await stores.accounts.set_password(account.id, "new", must_change=False)

    assert not await is_open(stores, mine)
    assert await is_open(stores, theirs)


async def test_the_last_administrator_stays(stores: Stores) -> None:
    ana, luis = await added(stores, "ana", ADMIN), await added(stores, "luis", ADMIN)
    await stores.accounts.disable(luis.id, now=NOW)
    session = await opened(stores, ana)

    with pytest.raises(LastAdministrator):
        await stores.accounts.disable(ana.id, now=NOW)
    with pytest.raises(LastAdministrator):
        await stores.accounts.take(ana.id, [ADMIN])
    assert await stores.accounts.named("ana") == ana
    assert await is_open(stores, session)

    await stores.accounts.enable(luis.id)
    await stores.accounts.disable(ana.id, now=NOW)


async def test_an_administrator_of_one_copropiedad_is_not_the_last(stores: Stores) -> None:
    local = await added(stores, "local", Grant(office=Office.ADMINISTRATOR, copropiedad_id="ph-1"))

    await stores.accounts.disable(local.id, now=NOW)

    found = await stores.accounts.named("local")
    assert found is not None
    assert found.disabled_at == NOW


async def test_two_administrators_who_disable_each_other_at_once_do_not_both_succeed(stores: Stores) -> None:
    both = [await added(stores, name, ADMIN) for name in ("ana", "luis")]

    ended = await asyncio.gather(
        *(stores.accounts.disable(account.id, now=NOW) for account in both), return_exceptions=True
    )

    assert [type(result) for result in ended].count(LastAdministrator) == 1


async def test_locks_grow_to_the_longest_and_end_to_the_instant(stores: Stores) -> None:
    account, at = await added(stores), NOW
    for number in range(1, FAILURES):
        assert await stores.accounts.attempt(account.id, now=at) == number
    for number, lock in enumerate([*LOCKS, LOCKS[-1]], start=FAILURES):
        assert await stores.accounts.attempt(account.id, now=at) == number
        found = await stores.accounts.named("ana")
        assert found is not None
        assert found.locked_until == at + lock
        assert await stores.accounts.attempt(account.id, now=at + lock - timedelta(microseconds=1)) is None
        at += lock


async def test_what_is_no_account_is_locked_like_one(stores: Stores) -> None:
    at = NOW
    for number in range(1, FAILURES):
        assert await stores.accounts.attempt_key(b"key", now=at) == number
        assert await stores.accounts.key_locked_until(b"key") is None
    for number, lock in enumerate([*LOCKS, LOCKS[-1]], start=FAILURES):
        assert await stores.accounts.attempt_key(b"key", now=at) == number
        assert await stores.accounts.key_locked_until(b"key") == at + lock
        assert await stores.accounts.attempt_key(b"key", now=at + lock - TICK) is None
        at += lock
    assert await stores.accounts.attempt_key(b"another", now=at) == 1
    await stores.accounts.forget_key(b"key")
    assert await stores.accounts.key_locked_until(b"key") is None
    assert await stores.accounts.attempt_key(b"key", now=at) == 1


async def test_failures_are_counted_anew_after_a_day_without_one(stores: Stores) -> None:
    account, later = await added(stores), NOW + FORGOTTEN_AFTER
    for at, expected in ((NOW, 1), (later - TICK, 2), (later - TICK + FORGOTTEN_AFTER, 1)):
        assert await stores.accounts.attempt(account.id, now=at) == expected
        assert await stores.accounts.attempt_key(b"key", now=at) == expected


async def test_only_the_first_of_many_concurrent_tries_of_one_key_are_checked(stores: Stores) -> None:
    tries = await asyncio.gather(*(stores.accounts.attempt_key(b"key", now=NOW) for _ in range(50)))

    assert sorted(attempt for attempt in tries if attempt is not None) == list(range(1, FAILURES + 1))


async def test_only_the_first_of_a_thousand_concurrent_tries_are_checked(stores: Stores) -> None:
    account = await added(stores)
    tries = await asyncio.gather(*(stores.accounts.attempt(account.id, now=NOW) for _ in range(50)))

    assert sorted(attempt for attempt in tries if attempt is not None) == list(range(1, FAILURES + 1))


@pytest.mark.parametrize("way", ["signed_in", "unlock", "set_password"])
async def test_end_of_a_lock_resets_the_failures(stores: Stores, way: str) -> None:
    account = await added(stores)
    for _ in range(FAILURES):
        await stores.accounts.attempt(account.id, now=NOW)
    match way:
        case "signed_in":
            await stores.accounts.signed_in(account.id, now=NOW)
        case "unlock":
            await stores.accounts.unlock(account.id)
        case _:
            await stores.accounts.set_password(account.id, "new", must_change=True)
    found = await stores.accounts.named("ana")

    assert found is not None
    assert (found.failures, found.locked_until) == (0, None)
    assert found.signed_in_at == (NOW if way == "signed_in" else None)


async def test_a_one_time_password_has_its_end_and_the_next_one_its_own(stores: Stores) -> None:
    account, ends = await added(stores), []
    for until in (NOW + MINUTE, None):
        await stores.accounts.set_password(account.id, "new", must_change=until is not None, until=until)
        found = await stores.accounts.named("ana")
        ends.append(found and (found.must_change, found.password_until))

    assert ends == [(True, NOW + MINUTE), (False, None)]


async def test_reset_password_says_who_reset_it_and_a_changed_one_goes_on_saying_so(stores: Stores) -> None:
    account = await added(stores)
    for _ in range(FAILURES):
        await stores.accounts.attempt(account.id, now=NOW)
    session = await opened(stores, account)
    await stores.accounts.reset_password(account.id, "new", until=NOW + MINUTE, by="account:luis", now=NOW)
    reset = await stores.accounts.named("ana")
    await stores.accounts.set_password(account.id, "own", must_change=False)
    own = await stores.accounts.named("ana")

    assert reset is not None
    assert (reset.password_hash, reset.must_change, reset.password_until) == ("new", True, NOW + MINUTE)
    assert (reset.failures, reset.locked_until, await is_open(stores, session)) == (0, None, False)
    assert own is not None
    assert (reset.reset_by, reset.reset_at) == (own.reset_by, own.reset_at) == ("account:luis", NOW)


async def test_each_reset_is_to_be_told_to_whose_account_it_was_until_it_is_told(stores: Stores) -> None:
    await stores.apply_directory(person("p-ana"))
    account, nobodys = await added(stores), await added(stores, "abel")
    assert await stores.accounts.set_person(account.id, "p-ana")
    for minutes, one in ((2, account), (1, account), (0, nobodys)):
        at = NOW + minutes * MINUTE
        await stores.accounts.reset_password(one.id, "new", until=at + MINUTE, by="account:luis", now=at)
    await stores.accounts.set_person(account.id, None)
    first = await stores.timers.untold_resets(1)
    await stores.timers.mark_told(first)
    left = await stores.timers.untold_resets(9)
    await stores.timers.mark_told([*first, *left])

    at = NOW + MINUTE
    told = AccountReset(
        account_id=account.id, account="ana", person="p-ana", at=at, by="account:luis", until=at + MINUTE
    )
    assert [told] == list(first)
    assert [NOW + 2 * MINUTE] == [one.at for one in left]
    assert [] == list(await stores.timers.untold_resets(9))


async def test_enabled_sessions_are_those_stored_of_no_disabled_account(stores: Stores) -> None:
    ana, luis = await added(stores, "ana", ADMIN), await added(stores, "luis")
    mine, theirs = await opened(stores, ana), await opened(stores, luis)
    keys, _ = sessions.begin(None, key="key", now=NOW)
    await stores.sessions.open(keys)
    hashes = {mine.hash, theirs.hash, keys.hash, b"nosuch"}
    before = await stores.sessions.enabled(hashes)
    await stores.accounts.disable(luis.id, now=NOW)
    late = await opened(stores, luis)
    after = await stores.sessions.enabled({*hashes, late.hash})

    assert {mine, theirs, keys} == set(before)
    assert {mine, keys} == set(after)
    assert await stores.sessions.enabled(()) == []


async def test_unknown_account_counts_no_failures(stores: Stores) -> None:
    assert await stores.accounts.attempt(uuid8(NOW, "nobody"), now=NOW) is None


async def test_a_hash_is_renewed_only_where_the_password_is_still_the_same(stores: Stores) -> None:
    account = await added(stores)
    await stores.accounts.rehash(account.id, old="another", new="lost")
    await stores.accounts.rehash(account.id, old="hash of ana", new="renewed")
    found = await stores.accounts.named("ana")

    assert found is not None
    assert found.password_hash == "renewed"


async def test_a_session_is_found_with_its_account_as_it_is_now(stores: Stores) -> None:
    account = await added(stores)
    session = await opened(stores, account)
    await stores.accounts.grant(account.id, [HERE])

    found = await stores.sessions.find([b"other", session.hash])

    assert found == (session, replace(account, grants=(HERE,)))
    assert await stores.sessions.find([b"other"]) is None


async def test_session_of_the_api_key_has_no_account(stores: Stores) -> None:
    session, _ = sessions.begin(None, key="a key", now=NOW)
    await stores.sessions.open(session)

    assert await stores.sessions.find([session.hash]) == (session, None)


async def test_a_session_is_seen_never_earlier_than_before_and_closed(stores: Stores) -> None:
    session = await opened(stores, await added(stores))
    await stores.sessions.seen(session.hash, now=NOW + MINUTE)
    await stores.sessions.seen(session.hash, now=NOW)
    found = await stores.sessions.find([session.hash])
    await stores.sessions.close(session.hash)

    assert found is not None
    assert found[0].seen_at == NOW + MINUTE
    assert not await is_open(stores, session)


async def test_only_expired_sessions_are_swept(stores: Stores) -> None:
    account = await added(stores)
    busy, idle = await opened(stores, account), await opened(stores, account)
    await stores.sessions.seen(busy.hash, now=NOW + MINUTE)

    await stores.sessions.sweep(now=NOW + MINUTE, idle_since=NOW)
    left = await is_open(stores, busy), await is_open(stores, idle)
    await stores.sessions.sweep(now=busy.ends_at, idle_since=NOW)

    assert left == (True, False)
    assert not await is_open(stores, busy)
