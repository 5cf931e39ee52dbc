"""
Passwords: what will do, and how they are kept.

NIST SP 800-63B: length instead of rules of composition, no expiry, none that everybody tries first.
Kept by Argon2id with the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB, two rounds, one lane.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.errors import InvalidAccount

SHORTEST: Final = 12
LONGEST: Final = 256
MEMORY: Final = 19_456  # KiB
ROUNDS: Final = 2
AT_ONCE: Final = 2
"""How many are computed at a time: who tries many may take no more memory and no more cores."""
FEWEST: Final = 5
"""Different characters."""

_COMMON: Final = frozenset(
    Path(__file__).with_name("common_passwords.txt").read_text(encoding="ascii").splitlines()
)
"""Of 12 characters and more, from lists of leaked ones, with what is tried first in Colombia."""
_STEMS: Final = frozenset(
    {
        *("contrasena", "clave", "password", "secreto", "bienvenido", "bienvenida", "temporal", "cambiame"),
        *("administrador", "administracion", "copropiedad", "coproservicios", "conjunto", "edificio"),
        *("colombia", "bogota", "medellin", "cali", "usuario", "qwertyuiop", "comunicaciones"),
    }
)
"""None of these with only digits and signs around it."""
_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without what is mistaken for something else when it is read aloud."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORT: Final = 3


def require_good(password: str, *, name: str, display_name: str) -> None:
    """Raise InvalidAccount, with what to do in Spanish, for a password that is guessed too easily."""
    if len(_plain(password)) < SHORTEST:
        raise InvalidAccount(f"Use al menos {SHORTEST} caracteres: una frase de varias palabras sirve.")
    if len(password) > LONGEST:
        raise InvalidAccount(f"Use como máximo {LONGEST} caracteres.")
    folded = _folded(password)
    if _own(folded, name, display_name):
        raise InvalidAccount("La contraseña no puede contener su nombre ni su usuario.")
    if _common(folded):
        raise InvalidAccount("Es una de las contraseñas que se prueban primero. Use una frase que sea suya.")


def one_time() -> str:
    """Make a password of 80 random bits that can be read aloud; it must be changed at the first sign-in."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


class Passwords:
    """Makes hashes and looks at them, in threads: each takes tens of milliseconds and 19 MiB."""

    def __init__(self, *, memory: int = MEMORY, rounds: int = ROUNDS) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(32))

    async def hash(self, password: str) -> str:
        """Answer what is kept of a password; it carries its salt and parameters."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, _plain(password))

    async def matches(self, kept: str | None, password: str) -> bool:
        """Tell whether this is the password; for nobody (None) it takes as long and is no."""
        async with self._room:
            return await asyncio.to_thread(self._matches, kept or self._nobody, password) and kept is not None

    def outdated(self, kept: str) -> bool:
        """Tell whether it was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _plain(password))
        except (VerificationError, InvalidHashError):
            return False


def _plain(password: str) -> str:
    # NFKC, as NIST says: the same keys give other bytes on another system. A stranger may send anything.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _folded(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in bare if not unicodedata.combining(each))


def _own(folded: str, name: str, display_name: str) -> bool:
    # "ana" is in "manzana": short parts count only as a word, of three letters and more.
    parts = set(_WORD.findall(_folded(f"{name} {display_name}")))
    long = any(part in folded for part in parts if len(part) > _SHORT)
    return long or any(len(word) == _SHORT for word in parts & set(_WORD.findall(folded)))


def _common(folded: str) -> bool:
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    return folded in _COMMON or stem in _STEMS or len(set(folded)) < FEWEST
