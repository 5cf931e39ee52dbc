"""Sign-ins with a password, accepted and refused."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from hub.access import sessions
from hub.access.attempts import Refused, SignInDeps
from hub.access.keyring import KeyRing
from hub.access.lockout import FAILURES, FORGOTTEN_AFTER, LOCKS
from hub.access.passwords import ONE_TIME, Passwords
from hub.access.sign_in import change_password, sign_in, sign_in_with_key
from hub.desk.accounts import acts
from hub.doors.operator import Operator
from hub.errors import InvalidAccount, StorageUnavailable
from hub.model import Account, Grant, Office
from hub.testing import MemoryAccounts, MemoryAudit, MemorySecondFactors, MemoryStore, SettableClock
from tests.operators import operator
from tests.unit.test_accounts import create

NOON = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
GOOD = "lluvia sobre tejas"


class Counting(Passwords):
    """Counts the verified hashes, which determine the time of an answer."""

    def __init__(self) -> None:
        super().__init__(memory=8, rounds=1)
        self.looks = 0

    async def matches(self, kept: str | None, password: str, *, known: bool = False) -> bool:
        self.looks += 1
        return await super().matches(kept, password, known=known)


@dataclass
class House:
    clock: SettableClock = field(default_factory=lambda: SettableClock(NOON))
    passwords: Counting = field(default_factory=Counting)
    store: MemoryAccounts = field(default_factory=lambda: MemoryAccounts(MemoryStore(lambda: NOON)))
    audit: MemoryAudit = field(default_factory=MemoryAudit)
    ring: KeyRing = field(default_factory=lambda: KeyRing([]))

    def __post_init__(self) -> None:
        self.deps = SignInDeps(
            accounts=self.store,
            sessions=self.store,
            factors=MemorySecondFactors(self.store),
            audit=self.audit,
            passwords=self.passwords,
            ring=self.ring,
            now=self.clock,
        )

    def admin(self) -> Operator:
        return operator(
            None,
            who="cli:test",
            now=lambda: NOON,
            accounts=self.store,
            audit=self.audit,
            passwords=self.passwords,
        )

    async def account(self, name: str = "ana", office: Office = Office.OPERATOR) -> Account:
        await create(self.admin(), name, name.title(), [Grant(office=office)])
        account = await self.named(name)
        await self.store.set_password(account.id, await self.passwords.hash(GOOD), must_change=False)
        return await self.named(name)

    async def named(self, name: str = "ana") -> Account:
        account = await self.store.named(name)
        assert account is not None
        return account

    async def fail(self, times: int, name: str = "ana") -> Refused:
        last = [await sign_in(self.deps, name, "guess") for _ in range(times)][-1]
        assert isinstance(last, Refused)
        return last

    def noted(self) -> list[str]:
        return [note.action for note in self.audit.rows]


@pytest.fixture
async def house() -> House:
    house = House()
    await house.account()
    house.audit.rows.clear()
    return house


async def test_the_right_password_opens_a_session_and_is_noted(house: House) -> None:
    token = await sign_in(house.deps, "ana", GOOD)

    assert isinstance(token, str)
    found = await house.store.find([sessions.hash_of(token)])
    assert found is not None
    assert found[1] == await house.named()
    assert (await house.named()).signed_in_at == NOON
    assert house.noted() == ["account.sign_in"]


async def test_wrong_password_unknown_name_and_disabled_account_look_alike(house: House) -> None:
    luis = await house.account("luis")
    await house.store.disable(luis.id, now=NOON)
    answers, looks = [], []
    for name, password in (
        ("ana", "guess"),
        ("nobody", GOOD),
        ("luis", GOOD),
        ("", ""),
        ("ñ\udcff", "\udcff"),
    ):
        house.passwords.looks = 0
        answers.append(await sign_in(house.deps, name, password))
        looks.append(house.passwords.looks)

    assert answers == [Refused()] * 5
    assert looks == [1] * 5


@pytest.mark.parametrize("name", ["ana", "nobody"])
async def test_fifth_failure_locks_known_and_unknown_names_alike(house: House, name: str) -> None:
    before = await house.fail(FAILURES - 1, name)
    locked = await house.fail(1, name)
    house.passwords.looks = 0
    during = await sign_in(house.deps, name, GOOD)

    assert before == Refused()
    assert locked == during == Refused(until=NOON + LOCKS[0])
    assert house.passwords.looks == 1


async def test_the_right_password_does_not_open_during_a_lock_and_does_after_it(house: House) -> None:
    await house.fail(FAILURES)
    house.clock.at = NOON + LOCKS[0] - TICK
    during = await sign_in(house.deps, "ana", GOOD)
    house.clock.at = NOON + LOCKS[0]
    after = await sign_in(house.deps, "ana", GOOD)

    assert isinstance(during, Refused)
    assert isinstance(after, str)
    assert (await house.named()).failures == 0


async def test_each_failure_after_a_lock_locks_longer(house: House) -> None:
    await house.fail(FAILURES - 1)
    until = []
    for lock in (*LOCKS, LOCKS[-1]):
        refused = await house.fail(1)
        assert refused.until is not None
        until.append(refused.until - house.clock())
        house.clock.at += lock

    assert until == [*LOCKS, LOCKS[-1]]


async def test_refusals_and_locks_are_audited_without_unknown_names_or_passwords(
    house: House,
) -> None:
    await house.fail(FAILURES)
    await house.fail(FAILURES, "mi-secreto")

    refused, locked = ("account.refused", "account:ana"), ("account.lock", "account:ana")
    noted = [(note.action, note.subject) for note in house.audit.rows]
    assert noted == [*[refused] * (FAILURES - 1), locked]
    assert "secreto" not in str(house.audit.rows)
    assert "guess" not in str(house.audit.rows)


async def test_concurrent_brute_force_checks_five_passwords(house: House) -> None:
    house.passwords.looks = 0
    tries = [sign_in(house.deps, "ana", f"guess {number}") for number in range(40)]
    answers = await asyncio.gather(*tries, sign_in(house.deps, "ana", GOOD))
    account = await house.named()

    assert all(isinstance(answer, Refused) for answer in answers)
    assert account.failures == FAILURES


async def one_time(house: House) -> str:
    """Reset the password; return the one-time password."""
    password = (await acts.reset(house.admin(), "ana")).password
    house.audit.rows.clear()
    return password


async def test_one_time_password_opens_until_its_end_and_not_from_then_on(house: House) -> None:
    password = await one_time(house)
    house.clock.at = NOON + ONE_TIME - TICK
    before = await sign_in(house.deps, "ana", password)
    house.clock.at = NOON + ONE_TIME
    after = await sign_in(house.deps, "ana", password)

    assert isinstance(before, str)
    assert after == Refused(ended=True)
    assert house.noted() == ["account.sign_in", "account.expired"]


@pytest.mark.parametrize("device", [None, "d1"])
async def test_the_right_password_that_has_ended_locks_nobody(house: House, device: str | None) -> None:
    password = await one_time(house)
    house.clock.at = NOON + ONE_TIME
    answers = [await sign_in(house.deps, "ana", password, device=device) for _ in range(2 * FAILURES)]

    assert answers == [Refused(ended=True)] * len(answers)
    assert (await house.named()).failures == 0


async def test_who_guesses_does_not_hear_that_a_password_has_ended(house: House) -> None:
    await one_time(house)
    fresh = [await house.fail(1) for _ in range(FAILURES)]
    await house.store.unlock((await house.named()).id)
    house.clock.at = NOON + ONE_TIME
    house.passwords.looks = 0
    ended = [await house.fail(1) for _ in range(FAILURES)]

    assert ended[:-1] == fresh[:-1] == [Refused()] * (FAILURES - 1)
    assert ended[-1] == Refused(until=NOON + ONE_TIME + LOCKS[0])
    assert house.passwords.looks == FAILURES


async def test_a_lock_hides_that_the_right_password_has_ended(house: House) -> None:
    password = await one_time(house)
    house.clock.at = NOON + ONE_TIME
    await house.fail(FAILURES)

    assert await sign_in(house.deps, "ana", password) == Refused(until=house.clock.at + LOCKS[0])


async def test_a_password_of_ones_own_never_ends(house: House) -> None:
    password = await one_time(house)
    await change_password(house.deps, await house.named(), password, "viento entre pinos")
    house.clock.at = NOON + 1000 * ONE_TIME

    assert (await house.named()).password_until is None
    assert isinstance(await sign_in(house.deps, "ana", "viento entre pinos"), str)


async def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(house: House) -> None:
    account = await house.named()
    old = await Passwords(memory=16, rounds=1).hash(GOOD)
    await house.store.rehash(account.id, old=account.password_hash, new=old)
    await sign_in(house.deps, "ana", GOOD)
    renewed = (await house.named()).password_hash

    assert renewed != old
    assert not house.passwords.outdated(renewed)
    assert isinstance(await sign_in(house.deps, "ana", GOOD), str)


async def test_database_outage_prevents_sign_in(house: House) -> None:
    house.store.faults.script("named", StorageUnavailable())

    with pytest.raises(StorageUnavailable):
        await sign_in(house.deps, "ana", GOOD)


async def test_signing_in_removes_ended_sessions(house: House) -> None:
    await sign_in(house.deps, "ana", GOOD)
    house.clock.at += sessions.IDLE
    await sign_in_with_key(house.deps, "a key")

    assert len(house.store.sessions) == 1
    assert house.noted() == ["account.sign_in", "console.sign_in"]


async def test_changed_password_ends_all_sessions_and_starts_a_new_one(house: House) -> None:
    tokens = [await sign_in(house.deps, "ana", GOOD) for _ in range(2)]
    fresh = await change_password(house.deps, await house.named(), GOOD, "viento entre pinos")

    assert set(house.store.sessions) == {sessions.hash_of(fresh)}
    assert fresh not in tokens
    assert isinstance(await sign_in(house.deps, "ana", GOOD), Refused)
    assert isinstance(await sign_in(house.deps, "ana", "viento entre pinos"), str)
    assert "account.password" in house.noted()


@pytest.mark.parametrize(
    ("old", "new"), [("guess", "viento entre pinos"), (GOOD, GOOD), (GOOD, "corta"), (GOOD, "qwerty123456")]
)
async def test_password_change_needs_the_old_one_and_a_good_new_one(house: House, old: str, new: str) -> None:
    await sign_in(house.deps, "ana", GOOD)
    with pytest.raises(InvalidAccount) as refusal:
        await change_password(house.deps, await house.named(), old, new)

    assert len(house.store.sessions) == 1
    assert not any(word in str(refusal.value) for word in ("guess", "corta1", "qwerty"))
    assert isinstance(await sign_in(house.deps, "ana", GOOD), str)


async def test_guessing_the_old_password_is_locked_like_sign_in(house: House) -> None:
    account = await house.named()
    for _ in range(FAILURES):
        with pytest.raises(InvalidAccount, match="actual no es correcta") as refusal:
            await change_password(house.deps, account, "guess", "viento entre pinos")

    assert "bloqueada" in str(refusal.value)
    assert await sign_in(house.deps, "ana", GOOD) == Refused(until=NOON + LOCKS[0])


async def test_lock_by_others_does_not_lock_out_a_known_device(house: House) -> None:
    await house.fail(FAILURES)
    stranger = await sign_in(house.deps, "ana", GOOD)
    known = await sign_in(house.deps, "ana", GOOD, device="d1")

    assert stranger == Refused(until=NOON + LOCKS[0])
    assert isinstance(known, str)


async def test_known_device_is_locked_by_its_own_failures_alone(house: House) -> None:
    guesses = [await sign_in(house.deps, "ana", "guess", device="d1") for _ in range(FAILURES)]
    right = await sign_in(house.deps, "ana", GOOD, device="d1")

    assert guesses == [*[Refused()] * (FAILURES - 1), Refused(until=NOON + LOCKS[0])]
    assert right == Refused(until=NOON + LOCKS[0])
    assert isinstance(await sign_in(house.deps, "ana", GOOD, device="d2"), str)
    assert isinstance(await sign_in(house.deps, "ana", GOOD), str)


async def test_known_device_that_signs_in_starts_anew(house: House) -> None:
    for _ in range(FAILURES):
        assert await sign_in(house.deps, "ana", "guess", device="d1") != Refused(until=NOON + LOCKS[0])
        assert isinstance(await sign_in(house.deps, "ana", GOOD, device="d1"), str)


@pytest.mark.parametrize("name", ["ana", "nobody"])
async def test_lock_of_any_name_holds_in_every_process(house: House, name: str) -> None:
    await house.fail(FAILURES - 1, name)
    elsewhere = House(clock=house.clock, store=house.store)

    assert await elsewhere.fail(1, name) == Refused(until=NOON + LOCKS[0])
    assert await sign_in(house.deps, name, GOOD) == Refused(until=NOON + LOCKS[0])


@pytest.mark.parametrize("name", ["ana", "nobody"])
async def test_failures_are_forgotten_after_a_day_for_any_name(house: House, name: str) -> None:
    await house.fail(FAILURES - 1, name)
    house.clock.at += FORGOTTEN_AFTER

    assert await house.fail(FAILURES - 1, name) == Refused()
    assert await house.fail(1, name) == Refused(until=house.clock.at + LOCKS[0])


async def test_strangers_do_not_keep_a_known_device_waiting() -> None:
    """A crowd takes all places for passwords; one is kept for known devices."""
    passwords = Blocked()
    crowd = [asyncio.create_task(passwords.matches("kept", "x")) for _ in range(50)]
    try:
        await asyncio.wait_for(passwords.matches("kept", "right", known=True), 5)
    finally:
        passwords.go.set()
        await asyncio.gather(*crowd)


class Blocked(Passwords):
    """Strangers' passwords take until `go`."""

    def __init__(self) -> None:
        super().__init__(memory=8, rounds=1)
        self.go = threading.Event()

    def _matches(self, _kept: str, password: str) -> bool:
        return password == "right" or self.go.wait(10)
