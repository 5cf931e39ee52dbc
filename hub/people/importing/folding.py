"""Normalize words, so that accents, case and blanks make no difference."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_BLANKS: Final = re.compile(r"[\s_]+")
_MARK: Final = "Mn"
_UNIT: Final = re.compile(r"^(?:apartamento|aparta|apto|apt|ap)\b[\s.:#-]*(?=\S)|^(?:no|n°|#)[\s.]*(?=\d)")
_NO_WORD: Final = re.compile(r"[^a-z0-9%]+")
_TOWER: Final = re.compile(r"^(?:torre|bloque|tr|t)[\s.:#-]*(?=\d|\b\S)")


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Fold a word: `  Correo_Electrónico ` → `correo electronico`."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != _MARK)
    return _BLANKS.sub(" ", bare.casefold()).strip(" .:*")


def fold_heading(text: str) -> str:
    """Fold a column's name: `C.C. / NIT` → `c c nit`."""
    return _NO_WORD.sub(" ", fold(text)).strip()


def fold_unit(text: str) -> str:
    """Fold a unit's name: `Apto. 101`, `Apartamento 101` and `101` are one."""
    return _UNIT.sub("", fold(text))


def fold_tower(text: str | None) -> str:
    """Fold a tower's name: `Torre 1`, `T1` and `1` are one."""
    return _TOWER.sub("", fold(text or ""))


def slug(text: str) -> str:
    """Make the part of an id that people can read: `Altos del Rosal` → `altos-del-rosal`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
