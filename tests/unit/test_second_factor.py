"""Codes of a second factor and recovery codes, and how they open an account."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access import enrolment, sessions
from hub.access.attempts import Refused
from hub.access.keyring import KeyRing, Sealed
from hub.access.lockout import CODES, CODES_WITHIN, FAILURES, LOCKS
from hub.access.second_factor import (
    DRIFT,
    RECOVERY_CODES,
    SECONDS,
    address,
    is_time_code,
    matching_step,
    recovery_codes,
    recovery_hash,
    secret_text,
)
from hub.access.sign_in import CodeAccepted, PendingSignIn, enter_code, require_password, sign_in
from hub.desk.accounts import acts
from hub.doors.operator import Operator
from hub.errors import InvalidAccount
from hub.model import Account, Grant, Office, SecondFactor
from hub.settings import Secret
from hub.testing import MemorySecondFactors
from tests.unit.test_sign_in import GOOD, TICK, House

RFC_SECRET = b"12345678901234567890"
RFC_VECTORS = (
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
)
"""RFC 6238, appendix B, SHA-1. Its codes have eight digits; ours are the last six of them."""
NEW, OLD = Secret("a new secret that is long enough"), Secret("an old secret that is long enough")
STEP = timedelta(seconds=SECONDS)


def code_at(secret: bytes, at: datetime) -> str:
    """Find the code by trying, which is possible with the secret."""
    from pyotp import TOTP  # noqa: PLC0415 - as the hub does

    return TOTP(secret_text(secret).replace(" ", "")).at(at)


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert matching_step(RFC_SECRET, code[-6:], now=at) == seconds // SECONDS


@given(
    st.binary(min_size=20, max_size=20),
    st.floats(1.7e9, 4e9),
    st.integers(-4, 4),
)
def test_code_counts_in_its_own_step_and_one_before_and_after(
    secret: bytes, seconds: float, steps: int
) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    code, here = code_at(secret, now + steps * STEP), int(now.timestamp()) // SECONDS
    near = {code_at(secret, now + near * STEP) for near in range(-DRIFT, DRIFT + 1)}
    found = matching_step(secret, code, now=now)

    assert (found is not None) == (code in near)
    if found is not None and len(near) == 2 * DRIFT + 1:
        assert found == here + steps


@given(st.text(max_size=12))
def test_any_typed_text_is_a_code_or_refused(text: str) -> None:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    if matching_step(RFC_SECRET, text, now=now) is not None:
        assert is_time_code(text)
    assert len(recovery_hash(UUID(int=1), text)) == 32


def test_code_may_be_typed_with_blanks() -> None:
    at = datetime.fromtimestamp(59, UTC)

    assert matching_step(RFC_SECRET, " 287 082 ", now=at) == 1
    assert matching_step(RFC_SECRET, "287-082", now=at) == 1


@pytest.mark.parametrize(
    "typed", ["", "28708", "2870822", "28708a", "\u0662\u0668\u0667\u0660\u0668\u0662", "\udcff"]
)
def test_what_has_no_six_digits_is_no_time_code(typed: str) -> None:
    assert not is_time_code(typed)
    assert matching_step(RFC_SECRET, typed, now=datetime.fromtimestamp(59, UTC)) is None


def test_recovery_codes_are_ten_readable_and_of_eighty_random_bits() -> None:
    codes = [code for _ in range(50) for code in recovery_codes()]

    assert len(recovery_codes()) == RECOVERY_CODES == 10
    assert len(set(codes)) == len(codes)
    assert {len(code) for code in codes} == {19}
    letters = set("".join(codes)) - {"-"}
    assert len(letters) == 32  # five bits for each of sixteen
    assert not letters & set("01loIO")


def test_hash_of_a_recovery_code_is_of_one_account_and_of_what_is_meant() -> None:
    ana, luis = uuid4(), uuid4()

    assert recovery_hash(ana, "abcd-efgh") == recovery_hash(ana, " ABCD EFGH ")
    assert recovery_hash(ana, "abcd-efgh") != recovery_hash(luis, "abcd-efgh")


def test_app_reads_the_same_secret_as_people() -> None:
    parts = urlsplit(address(RFC_SECRET, name="ana.ruiz", company="Coproservicios S. A. S."))
    query = parse_qs(parts.query)

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/Coproservicios S. A. S.:ana.ruiz"
    assert b32decode(query["secret"][0]) == RFC_SECRET == b32decode(secret_text(RFC_SECRET).replace(" ", ""))


@dataclass
class Factored(House):
    """Where ana has a second factor."""

    secret: bytes = b""
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factors = MemorySecondFactors(self.store)

    @classmethod
    async def of_ana(cls) -> Factored:
        house = cls(ring=KeyRing([OLD]))
        account = await house.account(office=Office.MANAGER)
        session, _ = sessions.begin(account.id, now=house.clock())
        house.secret = enrolment.offered(house.deps.ring, account, session.hash)
        enrolled = await enrolment.enrol(house.deps, account, house.secret, house.code())
        house.codes = enrolled.codes
        house.clock.at += STEP
        house.audit.rows.clear()
        return house

    def code(self, steps: int = 0) -> str:
        return code_at(self.secret, self.clock() + steps * STEP)

    async def enter(self, code: str, *, device: str | None = None) -> CodeAccepted | Refused:
        return await enter_code(self.deps, await self.named(), code, device=device)

    async def kept(self) -> SecondFactor:
        factor = await self.factors.factor((await self.named()).id)
        assert factor is not None
        return factor


@pytest.fixture
async def house() -> Factored:
    return await Factored.of_ana()


async def test_password_alone_opens_nothing(house: Factored) -> None:
    before = set(house.store.sessions)
    waiting = await sign_in(house.deps, "ana", GOOD)

    assert isinstance(waiting, PendingSignIn)
    assert await house.store.find([sessions.hash_of(waiting.token)]) is None
    [pending] = [row for key, row in house.store.sessions.items() if key not in before]
    assert pending.hash == sessions.pending_hash_of(waiting.token)
    assert pending.ends_at == house.clock() + sessions.CODE_WITHIN
    assert house.noted() == []
    assert waiting.token not in repr(waiting)


async def test_code_after_the_password_opens_a_session(house: Factored) -> None:
    entered = await house.enter(house.code())

    assert isinstance(entered, CodeAccepted)
    assert await house.store.find([sessions.hash_of(entered.token)]) is not None
    assert entered.codes_left is None
    assert house.noted() == ["account.sign_in"]


async def test_code_opens_once_and_no_earlier_one_after_it(house: Factored) -> None:
    codes = [house.code(steps) for steps in (1, 1, 0, -1)]
    answers = [await house.enter(code) for code in codes]

    assert isinstance(answers[0], CodeAccepted)
    assert answers[1:] == [Refused()] * 3


async def test_code_of_the_enrolment_does_not_open_again() -> None:
    house = await Factored.of_ana()

    assert await house.enter(house.code(-1)) == Refused()


async def test_recovery_code_opens_once_and_says_how_many_are_left(house: Factored) -> None:
    first, again = await house.enter(house.codes[3].upper()), await house.enter(house.codes[3])

    assert isinstance(first, CodeAccepted)
    assert first.codes_left == RECOVERY_CODES - 1
    assert again == Refused()
    assert house.noted() == ["account.recovery_code", "account.sign_in", "account.refused"]
    assert house.audit.rows[0].detail == {"left": 9}


async def test_wrong_codes_lock_like_wrong_passwords_and_apart_from_them(house: Factored) -> None:
    for _ in range(FAILURES - 1):
        await sign_in(house.deps, "ana", "guess")
    answers = [await house.enter(code) for code in ("000000", "no-code", "111111", "222222", "333333")]
    during = await house.enter(house.code())

    assert answers == [*[Refused()] * 4, Refused(until=house.clock() + LOCKS[0])]
    assert during == Refused(until=house.clock() + LOCKS[0])
    assert house.noted() == [*["account.refused"] * 8, "account.lock"]
    assert house.audit.rows[-1].detail == {"failures": 5, "minutes": 1.0, "what": "code"}
    assert isinstance(await sign_in(house.deps, "ana", GOOD), PendingSignIn)


@pytest.mark.parametrize("way", [acts.reset, acts.unlock], ids=lambda way: way.__name__)
async def test_new_or_unlocked_password_clears_no_failure_of_codes(
    house: Factored, way: Callable[[Operator, str], Awaitable[object]]
) -> None:
    for _ in range(FAILURES):
        await house.enter("000000")
    before = await house.kept()
    await way(house.admin(), "ana")

    assert await house.enter(house.code()) == Refused(until=house.clock() + LOCKS[0])
    assert await house.kept() == before
    assert before.tries == FAILURES


async def test_codes_of_the_day_are_used_up_whatever_the_device_and_come_back(house: Factored) -> None:
    began = house.clock()
    guesses = [await house.enter("000000", device=f"d{number}") for number in range(CODES)]
    house.clock.at = began + CODES_WITHIN - TICK
    refused = [await house.enter(code) for code in (house.code(), house.codes[0])]
    house.clock.at = began + CODES_WITHIN
    right = await house.enter(house.code())

    end = Refused(until=began + CODES_WITHIN, used_up=True)
    assert guesses == [*[Refused()] * (CODES - 1), end]
    assert refused == [end] * 2
    assert isinstance(right, CodeAccepted)
    assert house.noted() == [*["account.refused"] * CODES, "account.codes_used_up", "account.sign_in"]


async def test_right_code_costs_nothing_and_gives_none_back(house: Factored) -> None:
    for number in range(CODES - 1):
        await house.enter("000000", device=f"d{number}")
    for code in house.codes[:3]:
        assert isinstance(await house.enter(code), CodeAccepted)
    last = await house.enter("000000")

    assert (last.used_up, (await house.kept()).tries) == (True, CODES)  # type: ignore[union-attr]


async def test_new_factor_has_all_its_codes(house: Factored) -> None:
    for number in range(CODES):
        await house.enter("000000", device=f"d{number}")
    await enrolment.enrol(house.deps, await house.named(), house.secret, house.code())

    assert (await house.kept()).tries == 0
    house.clock.at += STEP
    assert isinstance(await house.enter(house.code()), CodeAccepted)


async def test_right_password_between_wrong_codes_clears_nothing(house: Factored) -> None:
    for _ in range(FAILURES - 1):
        assert isinstance(await sign_in(house.deps, "ana", GOOD), PendingSignIn)
        assert await house.enter("000000") == Refused()
    waiting = await sign_in(house.deps, "ana", GOOD)

    assert isinstance(waiting, PendingSignIn)
    assert await house.enter("000000") == Refused(until=house.clock() + LOCKS[0])


async def test_lock_by_others_locks_no_known_device_out_at_the_code(house: Factored) -> None:
    for _ in range(FAILURES):
        await sign_in(house.deps, "ana", "guess")

    assert isinstance(await sign_in(house.deps, "ana", GOOD, device="d1"), PendingSignIn)
    assert isinstance(await house.enter(house.code(), device="d1"), CodeAccepted)


async def test_known_device_is_locked_by_its_own_wrong_codes(house: Factored) -> None:
    for _ in range(FAILURES - 1):
        assert isinstance(await sign_in(house.deps, "ana", GOOD, device="d1"), PendingSignIn)
        assert await house.enter("000000", device="d1") == Refused()
    last = await house.enter("000000", device="d1")

    assert last == Refused(until=house.clock() + LOCKS[0])
    assert isinstance(await house.enter(house.code()), CodeAccepted)


async def test_sign_in_with_a_code_forgets_the_failures(house: Factored) -> None:
    for _ in range(FAILURES - 1):
        await house.enter("000000")
    await house.enter(house.code())

    assert (await house.named()).failures == 0


async def test_factor_of_an_older_key_opens_and_goes_over_to_the_first(house: Factored) -> None:
    rotated = House(clock=house.clock, store=house.store, ring=KeyRing([NEW, OLD]))
    before = await house.kept()
    entered = await enter_code(rotated.deps, await house.named(), house.code())
    after = await house.kept()
    house.clock.at += STEP
    only_new = House(clock=house.clock, store=house.store, ring=KeyRing([NEW]))

    assert isinstance(entered, CodeAccepted)
    assert (before.sealed.split(":")[1], after.sealed.split(":")[1]) == rotated.deps.ring.ids[::-1]
    assert isinstance(await enter_code(only_new.deps, await house.named(), house.code()), CodeAccepted)


@pytest.mark.parametrize("ring", [KeyRing([]), KeyRing([NEW])], ids=["no key", "another key"])
async def test_without_its_key_codes_are_refused_and_recovery_codes_open(
    house: Factored, ring: KeyRing
) -> None:
    lost = House(clock=house.clock, store=house.store, ring=ring)

    assert isinstance(await sign_in(lost.deps, "ana", GOOD), PendingSignIn)
    assert await enter_code(lost.deps, await house.named(), house.code()) == Refused()
    assert isinstance(await enter_code(lost.deps, await house.named(), house.codes[0]), CodeAccepted)


async def test_secret_of_another_account_opens_nothing(house: Factored) -> None:
    """An attacker who can write the database copies a factor of his own to another account."""
    luis = await house.account("luis", office=Office.MANAGER)
    stolen = await house.kept()
    await house.factors.enrol(luis.id, stolen, [], again=False)

    assert await enter_code(house.deps, await house.named("luis"), house.code()) == Refused()


async def test_secret_is_stored_encrypted_and_no_code_in_the_clear(house: Factored) -> None:
    factor = await house.kept()

    assert house.deps.ring.unseal(Sealed.SECOND_FACTOR, factor.sealed, str((await house.named()).id))
    assert secret_text(house.secret).replace(" ", "") not in factor.sealed
    assert factor.sealed not in repr(factor)
    stored = str(house.store.recovery_codes) + str(house.audit.rows)
    assert not any(code in stored for code in house.codes)


async def test_session_is_offered_one_secret_until_it_enrols(house: Factored) -> None:
    account = await house.named()
    first, second = (sessions.begin(account.id, now=house.clock())[0] for _ in range(2))
    offers = [enrolment.offered(house.deps.ring, account, each.hash) for each in (first, first, second)]

    assert offers[0] == offers[1] != offers[2]
    assert [len(offer) for offer in offers] == [20] * 3


async def test_wrong_first_code_enrols_nothing(house: Factored) -> None:
    luis = await house.account("luis", office=Office.MANAGER)
    with pytest.raises(InvalidAccount, match="no es correcto"):
        await enrolment.enrol(house.deps, luis, b"x" * 20, "000000")

    assert not (await house.named("luis")).second_factor


async def test_session_from_before_an_enrolment_does_not_enrol_over_it(house: Factored) -> None:
    """One that need give no password, because nothing was enrolled when its request came."""
    luis = await house.account("luis", office=Office.MANAGER)
    await enrolment.enrol(house.deps, luis, house.secret, house.code())
    with pytest.raises(InvalidAccount, match="ya tiene"):
        await enrolment.enrol(house.deps, luis, house.secret, house.code())


async def test_new_recovery_codes_end_those_before(house: Factored) -> None:
    fresh = await enrolment.renew_codes(house.deps, await house.named())

    assert not set(fresh) & set(house.codes)
    assert await house.enter(house.codes[0]) == Refused()
    assert isinstance(await house.enter(fresh[0]), CodeAccepted)
    assert house.noted()[0] == "account.recovery_codes"


@pytest.mark.parametrize("office", list(Office))
def test_second_factor_is_required_of_those_who_give_access_or_see_people_whole(office: Office) -> None:
    needed = {Office.ADMINISTRATOR, Office.MANAGER, Office.PRIVACY_OFFICER}
    account = Account(
        id=uuid4(),
        name="ana",
        display_name="Ana",
        password_hash="",
        grants=(Grant(office=office),),
        must_change=False,
        created_at=datetime(2026, 3, 9, tzinfo=UTC),
        created_by="test",
    )

    assert enrolment.must_enrol(account, KeyRing([NEW])) == (office in needed)
    assert not enrolment.must_enrol(account, KeyRing([]))


async def test_right_password_at_a_known_device_is_no_failure(house: Factored) -> None:
    for _ in range(FAILURES + 1):
        await require_password(house.deps, await house.named(), GOOD, device="d1")

    with pytest.raises(InvalidAccount):
        await require_password(house.deps, await house.named(), "guess", device="d1")
