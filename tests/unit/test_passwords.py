"""Passwords that are accepted, and hashing that does not block the loop."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
import time

import pytest
from argon2.exceptions import VerifyMismatchError
from hypothesis import given
from hypothesis import strategies as st

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


ENOUGH = """
el perro duerme|lluvia sobre tejas|viento entre pinos|manzanas y peras|perro mesa luna|sol luna mar
caballo verde ventana|gato zapato lápiz arena|tortuga lámpara martillo río|cafetera elefante cordillera
casa perro luna|arepa queso balcón|la tía Rosa compró 4 mangos|llovió tres veces en agosto
crumpet dwindle oxidize|k7wq-m2xr-p9tn-hh3c|Vq8#tLz0pWn4|xK29vbQm7RtL|aj3kd92mslq0|3f9a1c77e2bd
"""
"""Random words, diceware, a phrase of one's own, what a password manager makes."""
GUESSABLE = """
123456789012|987654321098|0123456789ab|abcdefghijkl|zyxwvutsrqpo|654321qwerty|123456789abc|3001234567300
aaaaaaaaaaaa|abababababababab|aaaabbbbccccdddde|111222333444|abcabcabcabcabc|xxxxxxxxyzwq|hola hola hola
qwertyuiop12|QWERTYUIOP123|1q2w3e4r5t6y|1qaz2wsx3edc4rfv|asdfghjklñ123|mnbvcxzlkjhg|asdf1234asdf1234
zxcvbnm,./zxc|123qweasdzxc|15081985 1985|31-12-1999!!|password12345|P@ssw0rd2026!|drowssap123456|letmein123456
contrasena123|Contraseña2026!|C0ntr4s3ñ4123|micontraseñasegura|claveclave123|bienvenido2026|cambiame12345
losmillonarios1|Millonarios1946|M1ll0n4r10s2024|AtleticoNacional1947|AméricaDeCali27|SantaFe2025!!|realmadrid2026
Bogota2026!!!|Medellin2026*|Barranquilla1|Colombia2026!|JuniorDeBarranquilla|colombiatierraquerida
¡coproservicios!2026|administrador2026|ConjuntoResidencial1|edificiotorre2|Porteria#2026|recepcion1234
MariaFernanda1990|JuanCarlos2026|teamomucho123|TeAmoPorSiempre|DiosEsAmor2026|diostebendiga1|virgendelcarmen
lamejormama1|mifamilia2026|princesa123456|elefante2026!|Diciembre2026!|Navidad2026!!|felizcumpleanos
correcthorsebatterystaple|xantria10315|stefangreil1983|ZarAgOza2026
"""
"""Guesses that are tried first: sequences, walks, dates, and the choices of people in Colombia."""


def listed(table: str) -> list[str]:
    return [password for line in table.split("\n") for password in line.split("|") if password]


@pytest.mark.parametrize("password", listed(ENOUGH))
def test_long_password_needs_no_composition_rules(password: str) -> None:
    assert will_do(password)


@pytest.mark.parametrize("password", listed(GUESSABLE))
def test_password_that_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(InvalidAccount, match="tres o cuatro palabras"):
        require_good(password, name="ana.ruiz", display_name="Ana Ruiz Peña")


@pytest.mark.parametrize(
    "password",
    [
        *("", "corta1234!A", "            ", "\ud800" * 12),
        *("soy anarúiz de noche", "PEÑA contra viento", "la casa de ana ya", "p\u0065n\u0303a contra viento"),
        "x" * 200 + "abcde" * 20,
    ],
)
def test_short_too_long_and_own_name_passwords_are_refused(password: str) -> None:
    assert not will_do(password)


def test_what_was_guessed_from_the_own_name_is_refused() -> None:
    assert will_do("Wladek Kowalczuk 8")
    assert not will_do("kowa1czuk-W1adek", name="wladek", display_name="Wladek Kowalczuk")


@given(st.text(max_size=300))
def test_any_text_is_judged(password: str) -> None:
    will_do(password)


@pytest.mark.parametrize("password", ["P4ssw0rd!" * 28, "1/1/1999 " * 28, "qwertyasdf" * 25, "ab1" * 85])
def test_judging_a_long_password_takes_no_time(password: str) -> None:
    will_do("warm up the word lists")
    began = time.process_time()
    will_do(password)

    assert time.process_time() - began < 0.25


def test_the_words_are_read_only_when_a_password_is_chosen() -> None:
    code = "import hub.access.sign_in, sys; sys.exit('zxcvbn_rs_py' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode


def test_short_name_inside_another_word_is_allowed() -> None:
    assert will_do("manzanas y peras", name="ana", display_name="Ana")


def test_every_guessed_word_is_refused_with_a_year_behind_it() -> None:
    assert not any(will_do(f"{word.title()}2026!") for word in passwords._words())


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


async def test_hash_of_nobody_is_verified_like_that_of_an_account() -> None:
    """Else the time of the answer would tell that the account is unknown."""
    made = Passwords()

    assert not made.outdated(made._nobody)
    assert made._hasher.verify(await made.hash("el perro duerme"), "el perro duerme")
    with pytest.raises(VerifyMismatchError):
        made._hasher.verify(made._nobody, "el perro duerme")
    assert made._nobody != Passwords()._nobody


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
