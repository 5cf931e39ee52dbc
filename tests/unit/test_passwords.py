"""Which passwords are accepted, and that hashing does not block the loop."""

from __future__ import annotations

import asyncio
import re
import threading

import pytest

from hub.access import passwords
from hub.access.passwords import Passwords, one_time, require_good
from hub.errors import InvalidAccount

CHEAP = {"memory": 8, "rounds": 1}


def will_do(password: str, *, name: str = "ana.ruiz", display_name: str = "Ana Ruiz Peña") -> bool:
    try:
        require_good(password, name=name, display_name=display_name)
    except InvalidAccount:
        return False
    return True


@pytest.mark.parametrize(
    "password",
    ["el perro duerme", "lluvia sobre tejas", "aaaabbbbccccdddde", "ñandú ñandú pío", "x" * 8 + "yzwq"],
)
def test_long_password_needs_no_composition_rules(password: str) -> None:
    assert will_do(password)


@pytest.mark.parametrize(
    "password",
    [
        *("", "corta1234!A", "aaaaaaaaaaaa", "abababababababab"),
        *("qwerty123456", "Contraseña2026!", "¡coproservicios!2026", "1q2w3e4r5t6y", "QWERTYUIOP123"),
        *("soy anarúiz de noche", "PEÑA contra viento", "la casa de ana ya", "p\u0065n\u0303a contra viento"),
        "x" * 200 + "abcde" * 20,
    ],
)
def test_short_common_too_long_and_own_name_passwords_are_refused(password: str) -> None:
    assert not will_do(password)


def test_short_name_inside_another_word_is_allowed() -> None:
    assert will_do("manzanas y peras", name="ana", display_name="Ana")


def test_listed_common_passwords_are_refused() -> None:
    assert not any(will_do(password) or will_do(password.upper()) for password in passwords._COMMON)
    assert all(len(password) >= passwords.SHORTEST for password in passwords._COMMON)


def test_a_refused_password_is_never_quoted() -> None:
    with pytest.raises(InvalidAccount) as refusal:
        require_good("qwerty123456", name="ana", display_name="Ana")

    assert "qwerty" not in str(refusal.value)


def test_one_time_passwords_can_be_read_aloud_and_do_not_repeat() -> None:
    made = {one_time() for _ in range(1000)}

    assert len(made) == 1000
    assert all(re.fullmatch(r"([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}", password) for password in made)
    assert len(passwords._ALPHABET) ** 16 == 2**80


async def test_hash_matches_only_its_password_and_never_without_account() -> None:
    made = Passwords(**CHEAP)
    kept = await made.hash("el perro duerme")

    assert await made.matches(kept, "el perro duerme")
    assert not await made.matches(kept, "el perro duerma")
    assert not await made.matches(None, "el perro duerme")
    assert not await made.matches("not a hash", "el perro duerme")
    assert not await made.matches(kept, "\ud800\0")


async def test_password_is_the_same_in_every_unicode_form() -> None:
    made = Passwords(**CHEAP)

    assert await made.matches(await made.hash("una pe\u00f1a lejana"), "una pen\u0303a lejana")


async def test_two_hashes_of_a_password_differ() -> None:
    made = Passwords(**CHEAP)

    assert await made.hash("el perro duerme") != await made.hash("el perro duerme")


async def test_parameters_are_owasps_and_older_hashes_are_outdated() -> None:
    old, today = Passwords(**CHEAP), Passwords()
    kept = await today.hash("el perro duerme")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert today.outdated(await old.hash("el perro duerme"))
    assert not today.outdated(kept)


class Held(Passwords):
    """Verifies a hash only once a gate is open."""

    def __init__(self) -> None:
        super().__init__(memory=8, rounds=1)
        self.gate = threading.Event()
        self.threads: list[int] = []

    def _matches(self, kept: str, password: str) -> bool:
        self.threads.append(threading.get_ident())
        self.gate.wait(10)
        return super()._matches(kept, password)


async def test_hashing_never_blocks_the_loop_and_limits_threads() -> None:
    made = Held()
    tries = [asyncio.create_task(made.matches("kept", "x")) for _ in range(6)]
    async with asyncio.timeout(10):
        while len(made.threads) < passwords.AT_ONCE:  # noqa: ASYNC110 - a thread emits no event
            await asyncio.sleep(0.005)
    at_once = len(made.threads)
    made.gate.set()
    await asyncio.gather(*tries)

    assert at_once == passwords.AT_ONCE
    assert threading.get_ident() not in made.threads
