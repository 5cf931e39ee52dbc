"""
Passwords: which are accepted, and how they are stored.

NIST SP 800-63B: length and an estimate of guesses instead of composition rules, no expiry. Stored with
Argon2id and the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB, two rounds, one lane.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import DEFAULT_HASH_LENGTH, DEFAULT_RANDOM_SALT_LENGTH, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from hub.errors import InvalidAccount

SHORTEST: Final = 12
LONGEST: Final = 256
ONE_TIME: Final = timedelta(hours=72)
"""How long a one-time password opens: over a weekend with a holiday, and not for a later finder."""
MEMORY: Final = 19_456  # KiB
ROUNDS: Final = 2
AT_ONCE: Final = 2
"""Hashes computed at a time for strangers, so that many attempts cannot take all memory and cores."""
KEPT_FREE: Final = 1
"""
Hashes at a time beside those, for known devices and for people who are signed in: no crowd keeps them
waiting.
"""

_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without characters that are ambiguous when read aloud."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORT: Final = 3
_ADVICE: Final = "tres o cuatro palabras que no suelan ir juntas"
_GUESSABLE: Final = (
    "Es fácil de adivinar: lo primero que se prueba son nombres, palabras comunes, fechas, secuencias y "
    f"repeticiones. Use {_ADVICE}."
)


def require_good(password: str, *, name: str, display_name: str) -> None:
    """
    Raise InvalidAccount, with advice in Spanish, for a password that is too easy to guess.

    It takes some milliseconds: call it in a thread.
    """
    if len(_plain(password)) < SHORTEST:
        raise InvalidAccount(f"Use al menos {SHORTEST} caracteres: sirven {_ADVICE}.")
    if len(password) > LONGEST:
        raise InvalidAccount(f"Use como máximo {LONGEST} caracteres.")
    folded, own = _folded(_plain(password)), _words_of(name, display_name)
    if _contains(folded, own):
        raise InvalidAccount("La contraseña no puede contener su nombre ni su usuario.")
    if is_guessable(folded, [_folded(name), *own]):
        raise InvalidAccount(_GUESSABLE)


def one_time() -> str:
    """Make a password of 80 random bits that can be read aloud; valid for the first sign-in only."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


class Passwords:
    """Makes and verifies hashes in threads: each takes tens of milliseconds and 19 MiB."""

    def __init__(self, *, memory: int = MEMORY, rounds: int = ROUNDS) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._kept_room = asyncio.Semaphore(KEPT_FREE)
        self._nobody = _hash_of_nobody(memory, rounds)

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with its salt and parameters."""
        async with self._kept_room:
            return await asyncio.to_thread(self._hasher.hash, _plain(password))

    async def matches(self, kept: str | None, password: str, *, known: bool = False) -> bool:
        """
        Return whether the password matches; for None (no account) it takes as long and is false.

        `known` is for a known device, or somebody who is inside already.
        """
        async with self._kept_room if known else self._room:
            return await asyncio.to_thread(self._matches, kept or self._nobody, password) and kept is not None

    def outdated(self, kept: str) -> bool:
        """Return whether the hash has other parameters than the current ones."""
        return self._hasher.check_needs_rehash(kept)

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _plain(password))
        except (VerificationError, InvalidHashError):
            return False


def _hash_of_nobody(memory: int, rounds: int) -> str:
    """Make a hash of no known password: none is computed for it, and to verify against it takes as long."""
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (DEFAULT_RANDOM_SALT_LENGTH, DEFAULT_HASH_LENGTH)
    )
    return f"$argon2id$v={ARGON2_VERSION}$m={memory},t={rounds},p=1${salt}${digest}"


def _plain(password: str) -> str:
    # NFKC, as NIST requires: systems encode the same characters differently. A stranger may send anything.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _words_of(name: str, display_name: str) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(_folded(f"{name} {display_name}"))))


def _contains(folded: str, own: Collection[str]) -> bool:
    # "ana" is in "manzana": parts of three letters count only as a whole word, shorter ones never.
    long = any(part in folded for part in own if len(part) > _SHORT)
    return long or any(len(word) == _SHORT for word in {*own} & {*_WORD.findall(folded)})


ENOUGH: Final = 10**10
"""
Guesses, zxcvbn's highest grade: should hashes leak, a graphics card needs about a week for one such password.

Online the locks leave some tens of tries a day. Three common words that are chosen at random are above it.
"""
_ESTIMATED: Final = 72
"""
Characters: the work grows with the square of the length. Later characters are left out of the estimate.
"""


def is_guessable(folded: str, own: Sequence[str]) -> bool:
    """
    Return whether a password, in lower case without accents, is found with too few guesses.

    zxcvbn estimates, and knows English; `guessed_words.txt` has words of Colombia and of property management.
    `own` are the words of whoever chooses it. It takes milliseconds, the first time also 10 MB: call it in a
    thread.
    """
    from zxcvbn_rs_py import zxcvbn  # noqa: PLC0415 - most processes never check a new password

    return zxcvbn(folded[:_ESTIMATED], [*own, *_words()]).guesses < ENOUGH


@cache
def _words() -> Sequence[str]:
    lines = Path(__file__).with_name("guessed_words.txt").read_text(encoding="ascii").splitlines()
    return [word for line in lines if not line.startswith("# ") for word in line.split()]
